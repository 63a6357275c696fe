// Places a graph: columns by level, and within a column by where its neighbours are, so that few lines cross.

export interface Spot {
  id: string;
  level: number;
}

export interface Line {
  source: string;
  target: string;
}

/** Where a node lies, counted in columns and rows. */
export interface Place {
  column: number;
  row: number;
}

const SWEEPS = 8;

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

/** The place of each node; rows are halves where a column is centred on a taller one. */
export function placed(nodes: readonly Spot[], lines: readonly Line[]): Map<string, Place> {
  const columns: string[][] = [];
  for (const node of nodes) (columns[node.level] ??= []).push(node.id);
  for (let level = 0; level < columns.length; level += 1) columns[level] ??= [];
  const known = new Set(nodes.map((node) => node.id));
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  for (const { source, target } of lines) {
    if (!known.has(source) || !known.has(target)) continue;
    (after.get(source) ?? after.set(source, []).get(source))?.push(target);
    (before.get(target) ?? before.set(target, []).get(target))?.push(source);
  }
  const rows = new Map<string, number>();
  const settle = (column: readonly string[], tallest: number) =>
    column.forEach((id, place) => rows.set(id, place + (tallest - column.length) / 2));
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  for (const column of columns) settle(column, tallest);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    const neighbours = isForward ? before : after;
    for (const column of isForward ? columns : [...columns].reverse()) {
      const wish = new Map(
        column.map((id) => {
          const near = neighbours.get(id) ?? [];
          return [id, near.length ? mean(near.map((other) => rows.get(other) ?? 0)) : (rows.get(id) ?? 0)];
        }),
      );
      column.sort((one, other) => (wish.get(one) ?? 0) - (wish.get(other) ?? 0));
      settle(column, tallest);
    }
  }
  const places = new Map<string, Place>();
  columns.forEach((column, level) => {
    for (const id of column) places.set(id, { column: level, row: rows.get(id) ?? 0 });
  });
  return places;
}
