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
  ref?: Ref<HTMLInputElement>;
}

export function Search({ label, placeholder, value, onChange, ref }: Props) {
  return (
    <div className={styles.search}>
      <Icon name="search" />
      <input
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <Key>/</Key>
    </div>
  );
}
