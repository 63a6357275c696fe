// The areas of a page, each with an address of its own.
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import styles from "./tabs.module.css";

export interface Tab {
  name: string;
  href: string;
  isHere: boolean;
  /** A count or a share beside its name. */
  aside?: string | number | null;
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const all = useRef<HTMLElement>(null);
  const here = tabs.find((tab) => tab.isHere)?.name;
  useEffect(() => {
    all.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [here]);
  return (
    <nav className={styles.tabs} aria-label={label} ref={all}>
      {tabs.map((tab) => (
        <Link key={`${tab.name} ${tab.href}`} href={tab.href} aria-current={tab.isHere ? "page" : undefined}>
          {tab.name}
          {tab.aside != null && <span className={styles.aside}>{tab.aside}</span>}
        </Link>
      ))}
    </nav>
  );
}
