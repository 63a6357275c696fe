// A choice of a few, of which one holds.
import styles from "./seg.module.css";

interface Props<Value extends string> {
  label: string;
  value: Value;
  choices: readonly { value: Value; name: string }[];
  onChange: (value: Value) => void;
  /** Whether it is as wide as its place, and its choices alike. */
  isWide?: boolean;
}

export function Seg<Value extends string>({ label, value, choices, onChange, isWide }: Props<Value>) {
  return (
    <div className={`${styles.seg} ${isWide ? styles.wide : ""}`} role="group" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" aria-pressed={choice.value === value} onClick={() => onChange(choice.value)}>
          {choice.name}
        </button>
      ))}
    </div>
  );
}
