// A choice of a few, of which one holds.
import styles from "./seg.module.css";

interface Props<Value extends string> {
  label: string;
  value: Value;
  choices: readonly { value: Value; name: string }[];
  onChange: (value: Value) => void;
  /** Whether it is as wide as its place, and its choices alike. */
  isWide?: boolean;
  /** The field of a form that it is; its first choice is where the focus goes. */
  field?: string;
  /** The id of what is said of it. */
  describedBy?: string;
}

export function Seg<Value extends string>({ label, value, choices, onChange, isWide, field, describedBy }: Props<Value>) {
  return (
    <div className={`${styles.seg} ${isWide ? styles.wide : ""}`} role="group" aria-label={label}>
      {choices.map((choice, place) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          data-field={place === 0 ? field : undefined}
          aria-describedby={place === 0 ? describedBy : undefined}
          onClick={() => onChange(choice.value)}
        >
          {choice.name}
        </button>
      ))}
    </div>
  );
}
