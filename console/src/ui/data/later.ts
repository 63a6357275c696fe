// A value as it was a moment ago, so that nothing is asked at each key.
import { useEffect, useState } from "react";

/** `value` once it has not changed for some milliseconds. */
export function useLater<Value>(value: Value, milliseconds: number): Value {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return late;
}
