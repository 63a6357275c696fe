// The side panel that signs in: every request and every subscription carries what is entered here.
import { type GraphiQLPlugin, useGraphiQLActions } from "@graphiql/react";
import { type FormEvent, useState } from "react";
import { credential, KINDS, type Kind, signIn } from "./credentials";
import { refusal } from "./fetcher";

const NAMES: Record<Kind, string> = {
  "X-User-ID": "User id (test environment)",
  Authorization: "Bearer token",
  "X-API-Key": "API key",
};

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21c0-4 3.5-7 8-7s8 3 8 7" />
    </svg>
  );
}

function Panel() {
  const { introspect } = useGraphiQLActions();
  const [kind, setKind] = useState<Kind>(credential()?.kind ?? "Authorization");
  const [secret, setSecret] = useState(credential()?.secret ?? "");
  const [said, setSaid] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    signIn({ kind, secret: secret.trim() });
    try {
      const problem = await refusal();
      setSaid(problem ?? "Signed in");
      // What the schema shows may depend on who asks.
      if (!problem) await introspect();
    } catch (error) {
      setSaid(`No answer: ${error instanceof Error ? error.message : error}`);
    }
  };
  return (
    <section aria-label="Sign in" className="console-panel">
      <h2>Sign in</h2>
      <form onSubmit={submit}>
        <label>
          By
          <select
            value={kind}
            onChange={(event) => {
              setKind(event.target.value as Kind);
              setSecret("");
            }}
          >
            {KINDS.map((header) => (
              <option key={header} value={header}>
                {NAMES[header]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {NAMES[kind]}
          <input
            type={kind === "X-User-ID" ? "text" : "password"}
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            required
          />
        </label>
        <button type="submit">Sign in</button>
        <output>{said}</output>
      </form>
      <p>
        It is sent with every request and subscription as <code>{kind}</code>, and forgotten when this browser tab is
        closed. A credential in a tab’s own headers wins over it.
      </p>
    </section>
  );
}

export const SIGN_IN_PLUGIN: GraphiQLPlugin = { title: "Sign in", icon: Icon, content: Panel };
