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
  newer: readonly RowFragment[];
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
  cursor: string | null;
  hasMore: boolean;
}

const EMPTY: State = { rows: [], newer: [], cursor: null, hasMore: false };

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
  return { ...state, newer: isNew ? [row, ...others].sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1)) : others };
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
      const rows = page.nodes.map((row) => ({ row, hasLeft: false }));
      setState((before) => ({
        rows: after ? [...before.rows, ...rows.filter(({ row }) => !before.rows.some((one) => one.row.id === row.id))] : rows,
        newer: after ? before.newer : [],
        cursor: page.pageInfo.endCursor ?? null,
        hasMore: page.pageInfo.hasNextPage,
      }));
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
    const listening = client.subscription(ExecutionListDocument, { filter: others, after: null }).subscribe((answer) => {
      // The place where it was has been cleared away: nothing tells what changed since.
      if (answer.error && problemOf(answer.error).code === "CURSOR_EXPIRED") setRound((before) => before + 1);
      const row = answer.data?.executionChanges.execution;
      if (!row) return;
      setState((before) => {
        const after = changed(before, row, filter);
        return after.newer.length && mayComeByThemselves() ? taken(after) : after;
      });
    });
    return () => listening.unsubscribe();
  }, [client, filter, mayComeByThemselves, round]);

  return {
    rows: state.rows,
    newer: state.newer,
    hasMore: state.hasMore,
    isAsking,
    problem,
    more: () => state.hasMore && !isAsking && void read(state.cursor),
    takeNewer: () => setState(taken),
    again: () => setRound((before) => before + 1),
  };
}

/** The state once those that are newer were taken in. */
export function taken(state: State): State {
  return { ...state, rows: [...state.newer.map((row) => ({ row, hasLeft: false })), ...state.rows], newer: [] };
}
