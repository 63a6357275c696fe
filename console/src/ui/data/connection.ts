// Whether the service is heard, since when it is not, and what is done once it is heard again.
import { useEffect, useRef, useSyncExternalStore } from "react";

/** `live`: the socket is open. `idle`: it was not open yet, or is not wanted. `lost`: it was open, and is tried again. */
export interface Connection {
  state: "idle" | "live" | "lost";
  /** When it was last heard, in milliseconds. */
  heardAt: number;
  tries: number;
  /** How often it was heard again after it was not. */
  returns: number;
}

const NEVER: Connection = { state: "idle", heardAt: 0, tries: 0, returns: 0 };

let present = NEVER;
const listeners = new Set<() => void>();

function change(next: Connection): void {
  present = next;
  for (const listener of listeners) listener();
}

/** The socket is open. */
export const connected = (): void => change({ state: "live", heardAt: Date.now(), tries: 0, returns: present.returns + (present.heardAt ? 1 : 0) });

/** It was closed, and is opened again. Who has never been heard is not lost: a proxy may let no socket through. */
export function lost(): void {
  if (present.state === "live") change({ ...present, state: "lost", heardAt: Date.now(), tries: 1 });
  else if (present.state === "idle" && present.heardAt > 0) change({ ...present, state: "lost", tries: 1 });
  else change({ ...present, tries: present.tries + 1 });
}

/** It was closed, as nobody looks. */
export const away = (): void => change({ ...present, state: "idle", heardAt: present.state === "live" ? Date.now() : present.heardAt });

/** Somebody else looks: nothing of before counts. */
export const begun = (): void => change({ ...NEVER, returns: present.returns });

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The connection as it is now; a part that uses it is drawn again when that changes. */
export const useConnection = (): Connection => useSyncExternalStore(listen, () => present);

let hurrying: (() => void) | undefined;

/** Whether the service is heard at this moment. */
export const isHeard = (): boolean => present.state === "live";

/** Waits before it is tried again, until `hurry` is called at the longest. */
export const patience = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    hurrying = resolve;
    setTimeout(resolve, milliseconds);
  });

/** Tries at once. */
export const hurry = (): void => hurrying?.();

window.addEventListener("online", hurry);

/** Whether the service is not heard, so that nothing can be changed. */
export const useIsLost = (): boolean => useSyncExternalStore(listen, () => present.state === "lost");

/** Calls `deed` each time that the service is heard again: what is on the page may be old. */
export function useOnReturn(deed: () => void): void {
  const latest = useRef(deed);
  latest.current = deed;
  const returns = useSyncExternalStore(listen, () => present.returns);
  const seen = useRef(returns);
  useEffect(() => {
    if (seen.current === returns) return;
    seen.current = returns;
    latest.current();
  }, [returns]);
}
