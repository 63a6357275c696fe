// One clock for the whole page: all that shows a length of time ticks together, once a second, and not while hidden.
import { useSyncExternalStore } from "react";

let now = new Date();
let timer: number | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}

function wind(): void {
  clearInterval(timer);
  timer = undefined;
  if (listeners.size === 0 || document.hidden) return;
  tick();
  timer = window.setInterval(tick, 1000);
}

document.addEventListener("visibilitychange", wind);

function listen(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) wind();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) wind();
  };
}

/** The present moment, to the second. */
export const useNow = (): Date => useSyncExternalStore(listen, () => now);
