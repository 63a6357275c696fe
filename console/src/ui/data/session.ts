// Whether the service takes the credential of this tab: where it does not, the sign-in opens over the page.
import { useSyncExternalStore } from "react";
import { credential, onSignIn } from "../../credentials";

let isRefused = credential() === null;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

/** The service did not take the credential. */
export function refused(): void {
  if (isRefused) return;
  isRefused = true;
  tell();
}

onSignIn(() => {
  isRefused = false;
  tell();
});

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether somebody has to sign in before anything is answered. */
export const useNeedsSignIn = (): boolean => useSyncExternalStore(listen, () => isRefused);
