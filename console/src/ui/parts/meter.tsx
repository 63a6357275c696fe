// How much of a limit is used: a bar, with the numbers beside it.
import type { Tone } from "../words/tones";
import styles from "./meter.module.css";

export function Meter({ used, of, tone = "run" }: { used: number; of: number; tone?: Tone }) {
  const part = of > 0 ? Math.min(1, used / of) : 0;
  return (
    <span className={styles.meter}>
      <svg className={`tone-${tone}`} width="90" height="4" aria-hidden="true">
        <rect className={styles.all} width="90" height="4" rx="2" />
        <rect className={styles.used} width={90 * part} height="4" rx="2" />
      </svg>
      {used.toLocaleString()} of {of.toLocaleString()}
    </span>
  );
}
