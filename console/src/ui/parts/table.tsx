// A plain table: what it holds is small enough to be drawn whole.
import type { ReactNode } from "react";
import styles from "./table.module.css";

export interface Column<Row> {
  name: string;
  /** Numbers stand at the right. */
  isNumber?: boolean;
  /** Whether it is a shape alone, which stands before what the row is about. */
  isMark?: boolean;
  /** Whether it needs no name beside it on a phone, where there is no heading above it. */
  isPlain?: boolean;
  /** Whether a phone leaves it out. */
  isExtra?: boolean;
  /** Its width in pixels; without one it shares what is left. */
  width?: number;
  cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}

const MARK_WIDTH = 60;

export function Table<Row>({ label, columns, rows, keyOf }: Props<Row>) {
  // What a row is about is its first column of no fixed width.
  const main = columns.find((column) => !column.isMark && column.width === undefined);
  const classOf = (column: Column<Row>) =>
    [column.isNumber ? "num" : "", column.isExtra ? styles.extra : "", column.isMark ? styles.mark : "", column === main ? styles.main : ""].join(" ");
  const nameOf = (column: Column<Row>) => (column.isMark || column.isPlain || column === main ? undefined : column.name);
  return (
    <table className={styles.table} aria-label={label}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.name} className={column.isExtra ? styles.extra : ""} width={column.isMark ? MARK_WIDTH : column.width} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" className={classOf(column)}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => (
              <td key={column.name} className={classOf(column)} data-name={nameOf(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
