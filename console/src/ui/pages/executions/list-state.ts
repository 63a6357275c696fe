// What a list of executions shows, and what becomes of it by a change or a further page.
import type { ExecutionFilterInput, RowFragment } from "../../data/documents";

/** One row; `hasLeft` says that it no longer meets the filter, and stays until the list is read anew. */
export interface Listed {
  row: RowFragment;
  hasLeft: boolean;
}

export interface State {
  rows: readonly Listed[];
  newer: readonly RowFragment[];
  /** Whether there are newer ones than are kept: then they are taken in by reading the list anew. */
  isMuchNewer: boolean;
  cursor: string | null;
  hasMore: boolean;
}

export const EMPTY: State = { rows: [], newer: [], isMuchNewer: false, cursor: null, hasMore: false };

/** So many that are newer are kept. */
const MOST_NEWER = 100;

/** Whether a row still meets the filter, as far as it can change: by its status. */
function meets({ status }: RowFragment, { status: wanted, without }: ExecutionFilterInput): boolean {
  return (!wanted?.length || wanted.includes(status)) && !without?.status?.includes(status);
}

/** A filter of what is listened to: nobody would tell that an execution no longer has a status that is asked for. */
export function ofAnyStatus({ status: _, without, ...filter }: ExecutionFilterInput): ExecutionFilterInput {
  if (!without) return filter;
  const { status: __, ...others } = without;
  return { ...filter, without: others };
}

/** The state after an execution changed. */
export function changed(state: State, row: RowFragment, filter: ExecutionFilterInput): State {
  const isMet = meets(row, filter);
  if (state.rows.some((one) => one.row.id === row.id))
    return { ...state, rows: state.rows.map((one) => (one.row.id === row.id ? { row, hasLeft: !isMet } : one)) };
  const others = state.newer.filter((one) => one.id !== row.id);
  const oldest = state.rows.at(-1)?.row;
  const isNew = isMet && (!oldest || row.createdAt > oldest.createdAt);
  if (!isNew) return { ...state, newer: others };
  const newer = [row, ...others].sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  return { ...state, newer: newer.slice(0, MOST_NEWER), isMuchNewer: state.isMuchNewer || newer.length > MOST_NEWER };
}

const listed = (row: RowFragment): Listed => ({ row, hasLeft: false });

/** The state with a further page at its end, as it stands by what was `told` while that was read. */
export function goneOn(state: State, page: readonly RowFragment[], told: readonly RowFragment[], filter: ExecutionFilterInput): State {
  const known = new Set(state.rows.map(({ row }) => row.id));
  const further = { ...state, rows: [...state.rows, ...page.filter((row) => !known.has(row.id)).map(listed)] };
  return told.reduce<State>((before, row) => changed(before, row, filter), further);
}

/** The state with the first page anew; what has come since that was read is newer still, as is what was `told` meanwhile. */
export function readAnew(state: State, page: readonly RowFragment[], told: readonly RowFragment[], filter: ExecutionFilterInput): State {
  const newest = page[0]?.createdAt ?? "";
  const anew = { ...state, rows: page.map(listed), newer: state.newer.filter((row) => row.createdAt > newest), isMuchNewer: false };
  return told.reduce<State>((known, row) => changed(known, row, filter), anew);
}

/** The state once those that are newer were taken in. */
export function taken(state: State): State {
  return { ...state, rows: [...state.newer.map(listed), ...state.rows], newer: [] };
}
