// The list of executions: pages of fifty, and live. What is shown changes in place; what is new waits until it is asked for.
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { type Problem, problemOf } from "../../data/asking";
import { isHeard, useOnReturn } from "../../data/connection";
import { ExecutionListDocument, type ExecutionFilterInput, ExecutionPageDocument, type RowFragment } from "../../data/documents";
import { changed, EMPTY, goneOn, type Listed, ofAnyStatus, readAnew, type State, taken } from "./list-state";

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

/** From so many rows on, a list that grows by itself is read anew. */
const MOST_BY_THEMSELVES = 500;
/** Changes are drawn at most so often, in milliseconds. */
const PACE_MS = 50;

/** The list by a filter, which is the same object as long as it says the same. */
export function useExecutionList(filter: ExecutionFilterInput, mayComeByThemselves: () => boolean): ExecutionList {
  const client = useClient();
  const [state, setState] = useState<State>(EMPTY);
  const [isAsking, setAsking] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  const asked = useRef(0);
  // What was told since a page was asked for, while it is on its way: it may be of before.
  const told = useRef<RowFragment[] | null>(null);

  const read = useCallback(
    async (after: string | null) => {
      const turn = ++asked.current;
      told.current = [];
      setAsking(true);
      const answer = await client.query(ExecutionPageDocument, { filter, after }, { requestPolicy: "network-only" }).toPromise();
      if (turn !== asked.current) return;
      const meanwhile = told.current ?? [];
      told.current = null;
      setAsking(false);
      setProblem(answer.error ? problemOf(answer.error) : null);
      const page = answer.data?.executions;
      if (!page) return;
      const place = { cursor: page.pageInfo.endCursor ?? null, hasMore: page.pageInfo.hasNextPage };
      setState((before) => ({ ...(after ? goneOn(before, page.nodes, meanwhile, filter) : readAnew(before, page.nodes, meanwhile, filter)), ...place }));
    },
    [client, filter],
  );

  useEffect(() => {
    asked.current += 1; // what is on its way is of another list
    told.current = null;
    setState(EMPTY);
    setAsking(true);
    // Else it is read as soon as it is heard what changes from then on, in a moment.
    if (!isHeard()) void read(null);
  }, [read, round]);

  // What changed meanwhile is told by the subscription, which goes on where it was; only what did not come is asked anew.
  useOnReturn(() => problem && setRound((before) => before + 1));

  useEffect(() => {
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
    const listening = client.subscription(ExecutionListDocument, { filter: ofAnyStatus(filter), after: null }).subscribe((answer) => {
      // The place where it was has been cleared away: nothing tells what changed since.
      if (answer.error && problemOf(answer.error).code === "CURSOR_EXPIRED") return setRound((before) => before + 1);
      const row = answer.data?.executionChanges.execution;
      // It begins, so that between what is read now and what it tells there is no gap; or it is refused, as this will be.
      if (!row) return void read(null);
      told.current?.push(row);
      pending.set(row.id, row);
      timer ??= window.setTimeout(draw, PACE_MS);
    });
    return () => {
      clearTimeout(timer);
      listening.unsubscribe();
    };
  }, [client, filter, mayComeByThemselves, read, round]);

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
