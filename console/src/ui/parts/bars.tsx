// How the last runs ended, one bar each: what failed is tall and loud, what went well is quiet.
import { amount } from "../words/amounts";
import styles from "./bars.module.css";

const WIDTH = 4;
const GAP = 1;

export function Bars({ statuses }: { statuses: readonly string[] }) {
  const failed = statuses.filter((status) => status === "FAILED").length;
  const words = `${amount(statuses.length, "run")}, ${failed} failed`;
  return (
    <svg className={styles.bars} width={statuses.length * (WIDTH + GAP)} height="16" role="img" aria-label={words}>
      <title>{words}</title>
      {[...statuses].reverse().map((status, place) => {
        const isFailed = status === "FAILED";
        return <rect key={`${place} ${status}`} className={isFailed ? styles.failed : styles.quiet} x={place * (WIDTH + GAP)} y={isFailed ? 0 : 6} width={WIDTH} height={isFailed ? 16 : 10} rx="1" />;
      })}
    </svg>
  );
}
