// A value that changes often, told at most once in a while: the first change at once, the last one in the end.
import { useEffect, useRef, useState } from "react";

/** `value`, which changes at most once in so many milliseconds. */
export function usePaced<Value>(value: Value, milliseconds: number): Value {
  const [paced, setPaced] = useState(value);
  const changedAt = useRef(0);
  useEffect(() => {
    if (value === paced) return;
    const rest = Math.max(0, changedAt.current + milliseconds - Date.now());
    const timer = setTimeout(() => {
      changedAt.current = Date.now();
      setPaced(value);
    }, rest);
    return () => clearTimeout(timer);
  }, [value, paced, milliseconds]);
  return paced;
}
