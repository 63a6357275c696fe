// What is going on, why, and what to do about it.
import type { ReactNode } from "react";
import type { Tone } from "../words/tones";
import { Icon } from "./icon";
import styles from "./note.module.css";

interface Props {
  tone?: Tone;
  icon?: string;
  title: ReactNode;
  children?: ReactNode;
  /** The buttons of what can be done. */
  deeds?: ReactNode;
}

export function Note({ tone = "idle", icon = "info", title, children, deeds }: Props) {
  return (
    <div className={`${styles.note} tone-${tone}`}>
      <Icon name={icon} />
      <div className="grow">
        <p className={styles.title}>{title}</p>
        {children && <div className={styles.text}>{children}</div>}
      </div>
      {deeds && <div className="row wrap">{deeds}</div>}
    </div>
  );
}
