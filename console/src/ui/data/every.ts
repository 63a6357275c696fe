// Does something every so often, as long as the page is seen.
import { useEffect, useRef } from "react";

/** Calls `deed` every `milliseconds` while the page is not hidden, and when it is seen again. */
export function useEvery(milliseconds: number, deed: () => void): void {
  const latest = useRef(deed);
  latest.current = deed;
  useEffect(() => {
    const act = () => !document.hidden && latest.current();
    const timer = setInterval(act, milliseconds);
    document.addEventListener("visibilitychange", act);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", act);
    };
  }, [milliseconds]);
}
