// Holds who the page is signed in as, until the browser tab is closed.
import { DEMO_USER } from "./user";

export type Kind = "X-User-ID" | "Authorization" | "X-API-Key";

/** One credential; of a bearer token the `secret` is the token alone. */
export interface Credential {
  kind: Kind;
  secret: string;
}

type Headers = Record<string, string>;

const PLACE = "orchestrator:credential";
const KINDS = ["x-user-id", "authorization", "x-api-key"];

/** What was signed in with; at first the user whom the test environment trusts. */
export function credential(): Credential {
  const kept = sessionStorage.getItem(PLACE);
  return kept ? (JSON.parse(kept) as Credential) : { kind: "X-User-ID", secret: DEMO_USER };
}

export function signIn(fresh: Credential): void {
  sessionStorage.setItem(PLACE, JSON.stringify(fresh));
}

/** The headers of a request: credentials that are written in the header editor win over those of the sign-in. */
export function withCredential(written: Headers = {}): Headers {
  if (Object.keys(written).some((name) => KINDS.includes(name.toLowerCase()))) return written;
  const { kind, secret } = credential();
  return { ...written, [kind]: kind === "Authorization" ? `Bearer ${secret}` : secret };
}
