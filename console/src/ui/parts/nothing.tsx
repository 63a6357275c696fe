// What stands where nothing is, where something is on its way, or where it did not come.
import { type ReactNode, useEffect, useState } from "react";
import type { Problem } from "../data/asking";
import { Button } from "./button";
import { Icon } from "./icon";
import styles from "./nothing.module.css";

/** Nothing is there: said, with what to do. */
export function Empty({ icon, title, children }: { icon?: string; title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      {icon && <Icon name={icon} size="l" />}
      <b className={styles.title}>{title}</b>
      {children}
    </div>
  );
}

const PATIENCE_MS = 200;

/** The shape of what comes, once it has taken a while. */
export function Bones({ rows = 4 }: { rows?: number }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.bones} role="status" aria-label="Loading">
      {isLate && Array.from({ length: rows }, (_, row) => <span key={`row ${row}`} />)}
    </div>
  );
}

/** It did not come: what, why, what to do, and an id to quote. */
export function ErrorBox({ title, problem, onAgain }: { title: string; problem: Problem; onAgain?: () => void }) {
  return (
    <div className={styles.error} role="alert">
      <Icon name="warn" />
      <div className="grow">
        <b className={styles.title}>{title}</b>
        <p>
          {problem.message} <code>{problem.code}</code>
        </p>
        {problem.requestId && <p className="t3 sm">request {problem.requestId}</p>}
      </div>
      {onAgain && (
        <Button isSmall icon="rerun" onClick={onAgain}>
          Again
        </Button>
      )}
    </div>
  );
}
