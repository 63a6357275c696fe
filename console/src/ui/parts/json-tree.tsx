// A JSON value as a tree: what is large opens on demand, and a value, its path or its expression can be copied.
import { useState } from "react";
import { amount } from "../words/amounts";
import { inBrief } from "../words/values";
import { CopyButton } from "./id";
import { Icon } from "./icon";
import styles from "./json-tree.module.css";

const MOST_CHILDREN = 100;
const OPEN_DEPTH = 2;
const MOST_TEXT = 400;

interface Props {
  value: unknown;
  /** The expression that gives this value, such as `reserve.response`, or "" where its fields are names of their own; without it none can be copied. */
  expression?: string;
  /** Whether the fields stand by themselves, without the object round them. */
  isBare?: boolean;
  /** So many levels are open at first. */
  openDepth?: number;
}

export function JsonTree({ value, expression, isBare, openDepth = OPEN_DEPTH }: Props) {
  const children = isBare && value !== null && typeof value === "object" ? childrenOf(value) : null;
  return (
    <ul className={`${styles.tree} ${isBare ? styles.bare : ""}`}>
      {children ? (
        <Children of={children} expression={expression} depth={0} openDepth={openDepth} />
      ) : (
        <Node name={null} value={value} expression={expression} depth={0} openDepth={openDepth} />
      )}
    </ul>
  );
}

/** The expression of a part: `a.b`, `a[0]`, and none where the language has no word for it. */
function below(expression: string | undefined, key: string | number): string | undefined {
  if (expression === undefined) return undefined;
  if (expression === "") return /^[A-Za-z_][\w-]*$/.test(String(key)) ? String(key) : undefined;
  if (typeof key === "number") return `${expression}[${key}]`;
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${expression}.${key}` : undefined;
}

type Child = [name: string | number, value: unknown];

function childrenOf(value: object): Child[] {
  return Array.isArray(value) ? value.map((child, index) => [index, child]) : Object.entries(value);
}

interface NodeProps {
  name: string | number | null;
  value: unknown;
  expression?: string;
  depth: number;
  openDepth: number;
}

function Node({ name, value, expression, depth, openDepth }: NodeProps) {
  const children = value !== null && typeof value === "object" ? childrenOf(value) : null;
  const [isOpen, setOpen] = useState(depth < openDepth && (children?.length ?? 0) <= MOST_CHILDREN);
  const key = name !== null && <span className={styles.key}>{name}: </span>;
  if (!children?.length)
    return (
      <li className={`${styles.leaf} ${styles.single}`}>
        {key}
        <Scalar value={children ? (Array.isArray(value) ? "[]" : "{}") : value} isEmpty={children !== null} />
        <Copies value={value} expression={expression} />
      </li>
    );
  return (
    <li>
      <div className={styles.leaf}>
        <button type="button" className={styles.twist} aria-expanded={isOpen} aria-label={name === null ? "The value" : undefined} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? "down" : "right"} size="s" />
          {key}
          <span className="t3 cut">{isOpen ? (Array.isArray(value) ? amount(children.length, "item") : "") : inBrief(value)}</span>
        </button>
        <Copies value={value} expression={expression} />
      </div>
      {isOpen && (
        <ul>
          <Children of={children} expression={expression} depth={depth + 1} openDepth={openDepth} />
        </ul>
      )}
    </li>
  );
}

interface ChildrenProps {
  of: readonly Child[];
  expression?: string;
  depth: number;
  openDepth: number;
}

/** What is in a value: at first the beginning of it, where it is much. */
function Children({ of, expression, depth, openDepth }: ChildrenProps) {
  const [most, setMost] = useState(MOST_CHILDREN);
  return (
    <>
      {of.slice(0, most).map(([name, child]) => (
        <Node key={name} name={name} value={child} expression={below(expression, name)} depth={depth} openDepth={openDepth} />
      ))}
      {of.length > most && (
        <li>
          <button type="button" className={styles.more} onClick={() => setMost(most + 10 * MOST_CHILDREN)}>
            {of.length - most} more
          </button>
        </li>
      )}
    </>
  );
}

function Scalar({ value, isEmpty }: { value: unknown; isEmpty: boolean }) {
  const [isWhole, setWhole] = useState(false);
  if (isEmpty) return <span className="t3">{String(value)}</span>;
  if (typeof value !== "string") return <span className={value === null ? "t3" : styles.number}>{JSON.stringify(value)}</span>;
  const text = JSON.stringify(value);
  if (text.length <= MOST_TEXT || isWhole) return <span className={value.includes("{{") ? styles.template : styles.text}>{text}</span>;
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
      {expression && (
        <>
          <CopyButton text={expression} label="Copy the path" icon="link" />
          <CopyButton text={`{{${expression}}}`} label="Copy the expression" icon="code" words={`{{${expression}}}`} />
        </>
      )}
    </span>
  );
}
