// A JSON value as a tree: what is large opens on demand, and a value, its path or its expression can be copied.
import { useState } from "react";
import { CopyButton } from "./id";
import { Icon } from "./icon";
import styles from "./json-tree.module.css";

const MOST_CHILDREN = 100;
const OPEN_DEPTH = 2;
const MOST_TEXT = 400;

interface Props {
  value: unknown;
  /** The expression that gives this value, such as `reserve.response`; without it none can be copied. */
  expression?: string;
}

export function JsonTree({ value, expression }: Props) {
  return (
    <ul className={styles.tree}>
      <Node name={null} value={value} expression={expression} depth={0} />
    </ul>
  );
}

/** The expression of a part: `a.b`, `a[0]`, and none where the language has no word for it. */
function below(expression: string | undefined, key: string | number): string | undefined {
  if (expression === undefined) return undefined;
  if (typeof key === "number") return `${expression}[${key}]`;
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${expression}.${key}` : undefined;
}

function childrenOf(value: object): [string | number, unknown][] {
  return Array.isArray(value) ? value.map((child, index) => [index, child]) : Object.entries(value);
}

function Node({ name, value, expression, depth }: { name: string | number | null; value: unknown; expression?: string; depth: number }) {
  const children = value !== null && typeof value === "object" ? childrenOf(value) : null;
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && (children?.length ?? 0) <= MOST_CHILDREN);
  const [most, setMost] = useState(MOST_CHILDREN);
  const key = name !== null && <span className={styles.key}>{name}: </span>;
  if (!children?.length)
    return (
      <li className={styles.leaf}>
        {key}
        <Scalar value={children ? (Array.isArray(value) ? "[]" : "{}") : value} isEmpty={children !== null} />
        <Copies value={value} expression={expression} />
      </li>
    );
  return (
    <li>
      <div className={styles.leaf}>
        <button type="button" className={styles.twist} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? "down" : "right"} size="s" />
          {key}
          <span className="t3">{Array.isArray(value) ? `${children.length} items` : isOpen ? "" : `${children.length} fields`}</span>
        </button>
        <Copies value={value} expression={expression} />
      </div>
      {isOpen && (
        <ul>
          {children.slice(0, most).map(([childName, child]) => (
            <Node key={childName} name={childName} value={child} expression={below(expression, childName)} depth={depth + 1} />
          ))}
          {children.length > most && (
            <li>
              <button type="button" className={styles.more} onClick={() => setMost(most + 10 * MOST_CHILDREN)}>
                {children.length - most} more
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Scalar({ value, isEmpty }: { value: unknown; isEmpty: boolean }) {
  const [isWhole, setWhole] = useState(false);
  if (isEmpty) return <span className="t3">{String(value)}</span>;
  if (typeof value !== "string") return <span className={value === null ? "t3" : styles.number}>{JSON.stringify(value)}</span>;
  const text = JSON.stringify(value);
  if (text.length <= MOST_TEXT || isWhole) return <span className={styles.text}>{text}</span>;
  return (
    <span className={styles.text}>
      {text.slice(0, MOST_TEXT)}…{" "}
      <button type="button" className={styles.more} onClick={() => setWhole(true)}>
        {value.length.toLocaleString()} characters
      </button>
    </span>
  );
}

function Copies({ value, expression }: { value: unknown; expression?: string }) {
  return (
    <span className={styles.copies}>
      <CopyButton text={typeof value === "string" ? value : JSON.stringify(value, null, 2)} label="Copy the value" />
      {expression && <CopyButton text={`{{${expression}}}`} label={`Copy {{${expression}}}`} />}
    </span>
  );
}
