// The frame of one page: its bar with a heading and its buttons, and what it shows.
import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { useConnection } from "../data/connection";
import { Icon } from "../parts/icon";
import styles from "./page.module.css";

interface Props {
  title: string;
  /** Whether the heading is an id. */
  isId?: boolean;
  /** What stands beside the heading, small. */
  aside?: ReactNode;
  /** The pages above this one. */
  above?: readonly { name: string; href: string }[];
  /** The buttons of the page. */
  deeds?: ReactNode;
  /** Whether the content scrolls by itself, in parts. */
  isWhole?: boolean;
  children: ReactNode;
}

export function Page({ title, isId, aside, above = [], deeds, isWhole, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Orchestrator`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        {above.length > 0 && (
          <nav className={styles.crumbs} aria-label="Where you are">
            {above.map((page) => (
              <span key={page.href} className="row gap-1">
                <Link href={page.href}>{page.name}</Link>
                <Icon name="right" size="s" />
              </span>
            ))}
          </nav>
        )}
        <h1 className={`cut ${isId ? "mono" : ""}`}>{title}</h1>
        {aside && <span className="t3 cut">{aside}</span>}
        <span className="grow" />
        <Live />
        {deeds}
      </header>
      <main className={`${styles.main} ${isWhole ? styles.whole : ""}`} id="main" tabIndex={isWhole ? -1 : 0}>
        {children}
      </main>
    </div>
  );
}

/** Whether what is shown is live. */
function Live() {
  const { state } = useConnection();
  if (state === "idle") return null;
  return <span className={`${styles.live} ${state === "lost" ? styles.lost : ""} no-phone`}>{state === "lost" ? "Not live" : "Live"}</span>;
}
