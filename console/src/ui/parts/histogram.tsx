// How many there were in each part of a time, and how many of these failed: counted, never sampled; hovering gives the numbers.
import { type CSSProperties, useState } from "react";
import { moment } from "../words/times";
import { type BrushProps, useBrush } from "./brush";
import styles from "./histogram.module.css";

/** A part of the time; what is not known counts as nothing. */
export interface Column {
  readonly since: string;
  readonly until: string;
  readonly all: number;
  readonly failed: number;
}

interface Props {
  columns: readonly Column[];
  /** What it is of, such as "The last 24 hours". */
  label: string;
  /** What happened to those that are counted: "ended", "started". */
  happened: string;
  /** Where it is there, a range can be chosen by the pointer and by arrows. */
  brush?: BrushProps;
}

const HEIGHT = 46;
/** It ends now where its end is so near, in milliseconds. */
const NEAR_MS = 90_000;

export function Histogram({ columns, label, happened, brush }: Props) {
  const [over, setOver] = useState<number | null>(null);
  const { marked, parts } = useBrush(columns.length, brush);
  const now = new Date();
  const most = Math.max(1, ...columns.map((column) => column.all));
  const counted = (some: readonly Column[]) => {
    const [all, failed] = [some.reduce((sum, one) => sum + one.all, 0), some.reduce((sum, one) => sum + one.failed, 0)];
    return `${all.toLocaleString()} ${happened}, ${failed.toLocaleString()} failed`;
  };
  const inWords = (from: number, to: number) => {
    const [first, last] = [columns[from], columns[to]];
    if (!first || !last) return "";
    const ends = from === to ? "" : ` – ${moment(new Date(last.until), now)}`;
    return `${moment(new Date(first.since), now)}${ends}: ${counted(columns.slice(from, to + 1))}`;
  };
  const [first, last] = [columns[0], columns.at(-1)];
  const end = last && (Math.abs(Date.parse(last.until) - now.getTime()) < NEAR_MS ? "now" : moment(new Date(last.until), now));
  const told = over !== null ? inWords(over, over) : marked ? inWords(...marked) : `${first ? moment(new Date(first.since), now) : ""}`;
  const plot = (
    <svg
      className={styles.plot}
      viewBox={`0 0 ${Math.max(1, columns.length)} ${HEIGHT}`}
      preserveAspectRatio="none"
      {...(brush ? { "aria-hidden": true } : { role: "img", "aria-label": `${label}: ${counted(columns)}` })}
      onPointerLeave={() => setOver(null)}
    >
      {columns.map((column, place) => {
        const [all, bad] = [(HEIGHT * column.all) / most, (HEIGHT * Math.min(column.failed, column.all)) / most];
        return (
          <g key={column.since} onPointerEnter={() => setOver(place)}>
            <rect className={styles.ground} x={place} width="1" height={HEIGHT} />
            <rect className={styles.quiet} x={place + 0.1} width="0.8" y={HEIGHT - all} height={all} />
            <rect className={styles.failed} x={place + 0.1} width="0.8" y={HEIGHT - bad} height={bad} />
          </g>
        );
      })}
    </svg>
  );
  const style: CSSProperties | undefined = marked ? { left: `${(100 * marked[0]) / columns.length}%`, width: `${(100 * (marked[1] - marked[0] + 1)) / columns.length}%` } : undefined;
  return (
    <figure className={styles.figure}>
      {brush ? (
        <div
          className={styles.brush}
          role="slider"
          tabIndex={0}
          aria-label={`${label}: choose a range`}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, columns.length - 1)}
          aria-valuenow={marked?.[0] ?? Math.max(0, columns.length - 1)}
          aria-valuetext={marked ? inWords(...marked) : `All of it: ${counted(columns)}`}
          {...parts}
        >
          {plot}
          {marked && <span className={styles.marked} style={style} />}
        </div>
      ) : (
        plot
      )}
      <figcaption className={styles.axis}>
        <span>{told}</span>
        {brush && <span className="no-phone">{counted(columns)}</span>}
        <span>{end}</span>
      </figcaption>
    </figure>
  );
}
