// A plain table: what it holds is small enough to be drawn whole.
import type { ReactNode } from "react";
import styles from "./table.module.css";

export interface Column<Row> {
  name: string;
  /** Numbers stand at the right. */
  isNumber?: boolean;
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

export function Table<Row>({ label, columns, rows, keyOf }: Props<Row>) {
  const classOf = (column: Column<Row>) => [column.isNumber ? "num" : "", column.isExtra ? styles.extra : ""].join(" ");
  return (
    <table className={styles.table} aria-label={label}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.name} className={column.isExtra ? styles.extra : ""} width={column.width} />
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
              <td key={column.name} className={classOf(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
