// Failures by their cause: what failed alike is told once.
import type { RowFragment } from "../../data/documents";

export interface Cause {
  latest: RowFragment;
  count: number;
}

/** One entry for each workflow, action, code and answer, newest first; `rows` are newest first too. */
export function causes(rows: readonly RowFragment[]): Cause[] {
  const found = new Map<string, Cause>();
  for (const row of rows) {
    const key = [row.workflow?.id, row.error?.actionId, row.error?.code, row.error?.httpStatus].join(" ");
    const before = found.get(key);
    if (before) before.count += 1;
    else found.set(key, { latest: row, count: 1 });
  }
  return [...found.values()];
}
