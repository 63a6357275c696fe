// A choice of a few, of which one holds.
import styles from "./seg.module.css";

interface Props<Value extends string> {
  label: string;
  value: Value;
  choices: readonly { value: Value; name: string }[];
  onChange: (value: Value) => void;
}

export function Seg<Value extends string>({ label, value, choices, onChange }: Props<Value>) {
  return (
    <div className={styles.seg} role="group" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" aria-pressed={choice.value === value} onClick={() => onChange(choice.value)}>
          {choice.name}
        </button>
      ))}
    </div>
  );
}
