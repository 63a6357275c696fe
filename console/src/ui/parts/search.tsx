// A field to search in, with its key.
import type { Ref } from "react";
import { Icon } from "./icon";
import { Key } from "./keys";
import styles from "./search.module.css";

interface Props {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  /** Why nothing can be looked for. */
  offBecause?: string | null;
  ref?: Ref<HTMLInputElement>;
}

export function Search({ label, placeholder, value, onChange, offBecause, ref }: Props) {
  return (
    <div className={styles.search}>
      <Icon name="search" />
      <input
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={offBecause ?? placeholder}
        title={offBecause ?? undefined}
        disabled={Boolean(offBecause)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <Key>/</Key>
    </div>
  );
}
