// Whether the service is heard, since when it is not, and when the next try comes.
import { useSyncExternalStore } from "react";

/** `live`: the socket is open. `idle`: nobody listens. `lost`: it was open, and is being tried again. */
export interface Connection {
  state: "idle" | "live" | "lost";
  /** When it was last heard, in milliseconds. */
  heardAt: number;
  tries: number;
}

let present: Connection = { state: "idle", heardAt: Date.now(), tries: 0 };
const listeners = new Set<() => void>();

function change(next: Connection): void {
  present = next;
  for (const listener of listeners) listener();
}

export const connected = (): void => change({ state: "live", heardAt: Date.now(), tries: 0 });
export const closed = (isWanted: boolean): void => {
  if (!isWanted) change({ ...present, state: "idle" });
  else change({ state: "lost", heardAt: present.state === "live" ? Date.now() : present.heardAt, tries: present.tries + 1 });
};

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The connection as it is now; a part that uses it is drawn again when that changes. */
export const useConnection = (): Connection => useSyncExternalStore(listen, () => present);
