// Whether a media query holds, as it changes.
import { useCallback, useSyncExternalStore } from "react";

export const PHONE = "(max-width: 640px)";

/** Whether `query` holds now. */
export function useMedia(query: string): boolean {
  const listen = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(listen, () => matchMedia(query).matches);
}
