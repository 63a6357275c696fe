// A label or a short fact: its key is quieter than its value.
import type { ReactNode } from "react";
import styles from "./tag.module.css";

export function Tag({ name, children, isOutlined }: { name?: string; children: ReactNode; isOutlined?: boolean }) {
  return (
    <span className={`${styles.tag} ${isOutlined ? styles.outlined : ""}`}>
      {name && <i>{name}</i>}
      {children}
    </span>
  );
}

/** A short fact about how something went. */
export function Chip({ tone = "idle", children }: { tone?: string; children: ReactNode }) {
  return <span className={`${styles.chip} tone-${tone}`}>{children}</span>;
}

/** The labels of an execution, as they are stored: an object of texts. */
export function Labels({ labels }: { labels: unknown }) {
  if (labels === null || typeof labels !== "object") return null;
  return (
    <>
      {Object.entries(labels).map(([key, value]) => (
        <Tag key={key} name={key}>
          {String(value)}
        </Tag>
      ))}
    </>
  );
}
