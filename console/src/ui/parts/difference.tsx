// What differs between two values, place by place: what was stands above what is, each by its sign and its colour.
import { JsonText } from "./json-text";
import styles from "./difference.module.css";

export interface Place {
  readonly kind: string;
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One place where two values differ. */
export function PlaceLines({ place }: { place: Place }) {
  const name = place.path.join(".");
  return (
    <div className={styles.place}>
      {name && <code className={styles.name}>{name}</code>}
      {place.kind !== "ADDED" && <Line sign="-" value={place.before} />}
      {place.kind !== "REMOVED" && <Line sign="+" value={place.after} />}
    </div>
  );
}

const WORDS = { "+": "Now", "-": "Before" } as const;

function Line({ sign, value }: { sign: "+" | "-"; value: unknown }) {
  return (
    <div className={`${styles.line} ${sign === "+" ? styles.added : styles.removed}`}>
      <span className={styles.sign} aria-label={WORDS[sign]}>
        {sign === "+" ? "+" : "−"}
      </span>
      <JsonText value={value} />
    </div>
  );
}

/** A whole value that is there on one side alone. */
export function WholeLines({ value, isAdded }: { value: unknown; isAdded: boolean }) {
  return <Line sign={isAdded ? "+" : "-"} value={value} />;
}

export interface Counted {
  readonly kind: string;
}

/** How large a change is: `+1 ~2 −1`, and in words for who does not see it. */
export function ChangeSize({ differences }: { differences: readonly Counted[] }) {
  const count = (...kinds: string[]) => differences.filter((one) => kinds.includes(one.kind)).length;
  const parts = [
    ["+", count("ADDED"), "added"],
    ["~", count("CHANGED", "MOVED"), "changed"],
    ["−", count("REMOVED"), "removed"],
  ] as const;
  const there = parts.filter(([, number]) => number > 0);
  return (
    <span title={there.map(([, number, word]) => `${number} ${word}`).join(", ")}>
      {there.map(([sign, number]) => `${sign}${number}`).join(" ") || "="}
    </span>
  );
}
