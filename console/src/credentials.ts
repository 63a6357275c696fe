// Holds who the page is signed in as, until the browser tab is closed.
import { inThisTab } from "./keeping";
import { DEMO_USER } from "./user";

export type Kind = "X-User-ID" | "Authorization" | "X-API-Key";

/** One credential; of a bearer token the `secret` is the token alone. */
export interface Credential {
  kind: Kind;
  secret: string;
}

type Headers = Record<string, string>;

const PLACE = "orchestrator:credential";

/** Whether the service believes a user id without a proof: it writes that into the page. */
const TRUSTS_USER_ID = document.querySelector<HTMLMetaElement>('meta[name="user-id"]')?.content === "trusted";

/** What the service takes, the usual one first. */
export const KINDS: readonly Kind[] = [...(TRUSTS_USER_ID ? (["X-User-ID"] as const) : []), "Authorization", "X-API-Key"];

const listeners = new Set<() => void>();

/** What was signed in with; at first the user whom the test environment trusts, and nobody elsewhere. */
export function credential(): Credential | null {
  const kept = inThisTab.read(PLACE);
  if (kept) return JSON.parse(kept) as Credential;
  return TRUSTS_USER_ID ? { kind: "X-User-ID", secret: DEMO_USER } : null;
}

export const isSignedIn = (): boolean => credential() !== null;

export function signIn(fresh: Credential): void {
  inThisTab.write(PLACE, JSON.stringify(fresh));
  for (const listener of listeners) listener();
}

/** Calls `listener` after each sign-in; returns how to stop that. */
export function onSignIn(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The headers of a request: credentials that are written in the header editor win over those of the sign-in. */
export function withCredential(written: Headers = {}): Headers {
  const named = Object.keys(written).map((name) => name.toLowerCase());
  const mine = credential();
  if (!mine || ["x-user-id", "authorization", "x-api-key"].some((name) => named.includes(name))) return written;
  return { ...written, [mine.kind]: mine.kind === "Authorization" ? `Bearer ${mine.secret}` : mine.secret };
}
