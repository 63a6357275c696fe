// How marks on a scale of time are called.
import { duration } from "../../../words/times";

/** `0`, `200 ms`, `3 s`, `4 m`, `2 h`: round times without what is nothing of them. */
export function axisWords(milliseconds: number): string {
  if (milliseconds < 1) return "0";
  return duration(milliseconds).replace(/ 00 [sm]$/, "").replace(/\.0 s$/, " s");
}
