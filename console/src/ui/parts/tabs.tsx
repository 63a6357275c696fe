// The areas of a page, each with an address of its own.
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
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={`${tab.name} ${tab.href}`} href={tab.href} aria-current={tab.isHere ? "page" : undefined}>
          {tab.name}
          {tab.aside != null && <span className={styles.aside}>{tab.aside}</span>}
        </Link>
      ))}
    </nav>
  );
}
