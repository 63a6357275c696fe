// A panel with a heading: each loads and fails alone.
import type { ReactNode } from "react";
import styles from "./card.module.css";

interface Props {
  title: string;
  /** What the heading says beside its title, small. */
  aside?: ReactNode;
  /** What stands at the right of the heading. */
  end?: ReactNode;
  children: ReactNode;
}

export function Card({ title, aside, end, children }: Props) {
  return (
    <section className={styles.card} aria-label={title}>
      <header className={styles.head}>
        <h2 className="cut">{title}</h2>
        {aside && <span className="t3 sm cut">{aside}</span>}
        <span className="grow" />
        {end}
      </header>
      {children}
    </section>
  );
}
