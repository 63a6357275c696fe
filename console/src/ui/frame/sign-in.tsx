// The sign-in, over the page that was open: nothing that was typed there is lost.
import { type FormEvent, useState } from "react";
import { credential, KINDS, type Kind, signIn } from "../../credentials";
import { graphql } from "../data/place";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Choice, TextField } from "../parts/field";

const NAMES: Record<Kind, string> = {
  Authorization: "Token",
  "X-API-Key": "API key",
  "X-User-ID": "User's name (test environment)",
};

/** What the service says to a credential; null where it takes it. */
async function refusal(kind: Kind, secret: string): Promise<string | null> {
  try {
    const answer = await fetch(graphql, {
      method: "POST",
      headers: { "Content-Type": "application/json", [kind]: kind === "Authorization" ? `Bearer ${secret}` : secret },
      body: JSON.stringify({ query: "{ viewer { userId } }" }),
    });
    const { errors } = (await answer.json()) as { errors?: { message: string }[] };
    return errors?.[0]?.message ?? null;
  } catch {
    return "The service was not reached. Is it running?";
  }
}

/** `isNeeded`: without it nothing is answered, so that it stays until somebody has signed in. */
export function SignIn({ isNeeded, onClose }: { isNeeded: boolean; onClose: () => void }) {
  const [kind, setKind] = useState<Kind>(credential()?.kind ?? "X-API-Key");
  const [secret, setSecret] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const problem = await refusal(kind, secret.trim());
    setBusy(false);
    setFault(problem);
    if (problem) return;
    signIn({ kind, secret: secret.trim() });
    onClose();
  };
  return (
    <Dialog title="Sign in" onClose={onClose}>
      <form className="stack gap-4" onSubmit={submit}>
        <Choice
          label="By"
          value={kind}
          onChange={(event) => {
            setKind(event.target.value as Kind);
            setSecret("");
          }}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {NAMES[one]}
            </option>
          ))}
        </Choice>
        <TextField
          label={NAMES[kind]}
          type={kind === "X-User-ID" ? "text" : "password"}
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          fault={fault}
          hint="Kept in this tab alone, and forgotten when it is closed."
          autoComplete="off"
          spellCheck={false}
          data-focus-first
          required
        />
        {isNeeded && credential() !== null && <p className="t2">The service takes the last credential no longer. What is on the page stays as it is.</p>}
        <div className="row">
          <span className="grow" />
          <Button kind="ink" type="submit" isBusy={isBusy}>
            Sign in
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
