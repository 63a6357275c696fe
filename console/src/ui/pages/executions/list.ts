// The list of executions: pages of fifty, and live. What is shown changes in place; what is new waits until it is asked for.
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { type Problem, problemOf } from "../../data/asking";
import { useOnReturn } from "../../data/connection";
import { ExecutionListDocument, type ExecutionFilterInput, ExecutionPageDocument, type RowFragment } from "../../data/documents";

/** One row; `hasLeft` says that it no longer meets the filter, and stays until the list is read anew. */
export interface Listed {
  row: RowFragment;
  hasLeft: boolean;
}

export interface ExecutionList {
  rows: readonly Listed[];
  /** How many are newer, in words: `3`, or `100+` where they are more than are kept. */
  newer: string | null;
  hasMore: boolean;
  isAsking: boolean;
  problem: Problem | null;
  more: () => void;
  takeNewer: () => void;
  again: () => void;
}

interface State {
  rows: readonly Listed[];
  newer: readonly RowFragment[];
  /** Whether there are newer ones than are kept: then they are taken in by reading the list anew. */
  isMuchNewer: boolean;
  cursor: string | null;
  hasMore: boolean;
}

const EMPTY: State = { rows: [], newer: [], isMuchNewer: false, cursor: null, hasMore: false };

/** So many that are newer are kept. */
const MOST_NEWER = 100;
/** From so many rows on, a list that grows by itself is read anew. */
const MOST_BY_THEMSELVES = 500;
/** Changes are drawn at most so often, in milliseconds. */
const PACE_MS = 50;

/** Whether a row still meets the filter, as far as it can change: by its status. */
function meets(row: RowFragment, filter: ExecutionFilterInput): boolean {
  return !filter.status?.length || filter.status.includes(row.status);
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

/** The state with a further page at its end. */
function goneOn(state: State, page: readonly RowFragment[]): State {
  const known = new Set(state.rows.map(({ row }) => row.id));
  return { ...state, rows: [...state.rows, ...page.filter((row) => !known.has(row.id)).map(listed)] };
}

/** The state with the first page anew; what has come since that was read is newer still. */
function readAnew(state: State, page: readonly RowFragment[]): State {
  const newest = page[0]?.createdAt ?? "";
  return { ...state, rows: page.map(listed), newer: state.newer.filter((row) => row.createdAt > newest), isMuchNewer: false };
}

/** The list by a filter, which is the same object as long as it says the same. */
export function useExecutionList(filter: ExecutionFilterInput, mayComeByThemselves: () => boolean): ExecutionList {
  const client = useClient();
  const [state, setState] = useState<State>(EMPTY);
  const [isAsking, setAsking] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  const asked = useRef(0);

  const read = useCallback(
    async (after: string | null) => {
      const turn = ++asked.current;
      setAsking(true);
      const answer = await client.query(ExecutionPageDocument, { filter, after }, { requestPolicy: "network-only" }).toPromise();
      if (turn !== asked.current) return;
      setAsking(false);
      setProblem(answer.error ? problemOf(answer.error) : null);
      const page = answer.data?.executions;
      if (!page) return;
      const place = { cursor: page.pageInfo.endCursor ?? null, hasMore: page.pageInfo.hasNextPage };
      setState((before) => (after ? { ...goneOn(before, page.nodes), ...place } : { ...readAnew(before, page.nodes), ...place }));
    },
    [client, filter],
  );

  useEffect(() => {
    setState(EMPTY);
    void read(null);
  }, [read, round]);

  // What changed meanwhile is told by the subscription, which goes on where it was; only what did not come is asked anew.
  useOnReturn(() => problem && setRound((before) => before + 1));

  useEffect(() => {
    const { status: _, ...others } = filter;
    const pending = new Map<string, RowFragment>();
    let timer: number | undefined;
    const draw = () => {
      timer = undefined;
      const rows = [...pending.values()];
      pending.clear();
      setState((before) => {
        const after = rows.reduce((state, row) => changed(state, row, filter), before);
        return after.newer.length && !after.isMuchNewer && mayComeByThemselves() ? taken(after) : after;
      });
    };
    const listening = client.subscription(ExecutionListDocument, { filter: others, after: null }).subscribe((answer) => {
      // The place where it was has been cleared away: nothing tells what changed since.
      if (answer.error && problemOf(answer.error).code === "CURSOR_EXPIRED") setRound((before) => before + 1);
      const row = answer.data?.executionChanges.execution;
      if (!row) return;
      pending.set(row.id, row);
      timer ??= window.setTimeout(draw, PACE_MS);
    });
    return () => {
      clearTimeout(timer);
      listening.unsubscribe();
    };
  }, [client, filter, mayComeByThemselves, round]);

  // What nobody looks at may be read anew without anything moving under a hand.
  const isTooMuch = state.isMuchNewer || state.rows.length > MOST_BY_THEMSELVES;
  useEffect(() => {
    if (isTooMuch && !isAsking && mayComeByThemselves()) void read(null);
  }, [isTooMuch, isAsking, state, read, mayComeByThemselves]);

  return {
    rows: state.rows,
    newer: state.newer.length ? `${state.newer.length}${state.isMuchNewer ? "+" : ""}` : null,
    hasMore: state.hasMore,
    isAsking,
    problem,
    more: () => state.hasMore && !isAsking && void read(state.cursor),
    takeNewer: () => (state.isMuchNewer ? void read(null) : setState(taken)),
    again: () => setRound((before) => before + 1),
  };
}

/** The state once those that are newer were taken in. */
export function taken(state: State): State {
  return { ...state, rows: [...state.newer.map(listed), ...state.rows], newer: [] };
}
