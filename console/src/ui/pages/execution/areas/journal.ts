// The journal of an execution in either order: a page at a time, and live, each entry once.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useClient, useSubscription } from "urql";
import { type Problem, problemOf } from "../../../data/asking";
import { useOnReturn } from "../../../data/connection";
import { ExecutionEventsDocument, ExecutionJournalDocument, type JournalFilterInput } from "../../../data/documents";
import { type Entry, FAILURES, isFailure } from "./event-words";

/** Which entries are asked for, and which first. */
export interface Sought {
  isFailedOnly: boolean;
  /** Of one action; empty: of all. */
  action: string;
  isOldestFirst: boolean;
}

export interface Journal {
  /** In the order that is sought. */
  entries: readonly Entry[];
  /** What came since and is not taken in yet; of the oldest first what is new comes at the end, where nothing moves by it. */
  newer: readonly Entry[];
  takeNewer: () => void;
  hasMore: boolean;
  more: () => void;
  isAsking: boolean;
  problem: Problem | null;
  again: () => void;
}

interface Read {
  entries: readonly Entry[];
  after: string | null;
  hasMore: boolean;
}

const NOTHING: Read = { entries: [], after: null, hasMore: false };

/** `isAtRest` says whether newer entries may come in by themselves, as nobody looks at or points to a row. */
export function useJournal(id: string, isLive: boolean, { isFailedOnly, action, isOldestFirst }: Sought, isAtRest: () => boolean): Journal {
  const client = useClient();
  const [read, setRead] = useState<Read>(NOTHING);
  const [newer, setNewer] = useState<readonly Entry[]>([]);
  const [isAsking, setAsking] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [since, setSince] = useState<number | null>(null);
  // It ends by itself, with the last entry: that the execution has ended may be known before that has come.
  const [wasLive] = useState(isLive);
  const turn = useRef(0);
  const filter = useMemo((): JournalFilterInput => ({ ...(isFailedOnly ? { type: FAILURES } : {}), ...(action ? { actionId: [action] } : {}) }), [isFailedOnly, action]);
  const load = useCallback(
    async (after: string | null) => {
      const asked = ++turn.current;
      setAsking(true);
      const variables = { id, filter, order: isOldestFirst ? ("ASC" as const) : ("DESC" as const), after };
      const answer = await client.query(ExecutionEventsDocument, variables, { requestPolicy: "network-only" }).toPromise();
      if (asked !== turn.current) return;
      setAsking(false);
      setProblem(answer.error ? problemOf(answer.error) : null);
      const { journal, latest } = answer.data?.execution ?? {};
      if (!journal) return;
      const { hasNextPage: hasMore, endCursor } = journal.pageInfo;
      setRead((known) => ({ entries: after === null ? journal.nodes : joined(known.entries, journal.nodes), after: endCursor ?? after, hasMore }));
      if (after === null) setSince((known) => known ?? latest?.nodes.at(-1)?.sequence ?? 0);
    },
    [client, id, filter, isOldestFirst],
  );
  useEffect(() => {
    setRead(NOTHING);
    setNewer([]);
    void load(null);
  }, [load]);
  const state = useRef({ isAtRest, isOldestFirst, filter, hasMore: read.hasMore });
  state.current = { isAtRest, isOldestFirst, filter, hasMore: read.hasMore };
  // Many may come in one moment: they are drawn together, once a frame.
  const arrived = useRef<Entry[]>([]);
  const frame = useRef(0);
  const take = useCallback(() => {
    frame.current = 0;
    const { filter: wanted, ...now } = state.current;
    const fresh = arrived.current.filter((entry) => (!wanted.type || isFailure(entry)) && (!wanted.actionId || wanted.actionId.includes(entry.actionId ?? "")));
    arrived.current = [];
    if (fresh.length === 0 || (now.isOldestFirst && now.hasMore)) return;
    if (now.isOldestFirst) setRead((known) => ({ ...known, entries: joined(known.entries, fresh) }));
    else setNewer((waiting) => above(fresh, waiting));
  }, []);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const takeNewer = useCallback(() => {
    setRead((known) => ({ ...known, entries: above([...newer].reverse(), known.entries) }));
    // What has come since this was drawn waits on.
    setNewer((waiting) => waiting.filter((entry) => !newer.includes(entry)));
  }, [newer]);
  useEffect(() => {
    if (newer.length > 0 && state.current.isAtRest()) takeNewer();
  }, [newer, takeNewer]);
  useSubscription({ query: ExecutionJournalDocument, variables: { id, after: since ?? 0 }, pause: !wasLive || since === null }, (_, data) => {
    arrived.current.push(data.executionEvents);
    frame.current ||= requestAnimationFrame(take);
    return data;
  });
  const again = () => void load(read.after);
  useOnReturn(() => problem && again());
  return {
    entries: read.entries,
    newer,
    takeNewer,
    hasMore: read.hasMore,
    more: () => !isAsking && void load(read.after),
    isAsking,
    problem,
    again,
  };
}

/** Later entries, oldest first, above those that are known, newest first, each once. */
function above(later: readonly Entry[], known: readonly Entry[]): readonly Entry[] {
  const top = known[0]?.sequence ?? 0;
  const fresh = later.filter((entry) => entry.sequence > top);
  return fresh.length ? [...[...fresh].reverse(), ...known] : known;
}

/** Further entries after those that are known, in the same order, each once. */
function joined(known: readonly Entry[], further: readonly Entry[]): readonly Entry[] {
  const there = new Set(known.slice(-further.length).map((entry) => entry.sequence));
  return [...known, ...further.filter((entry) => !there.has(entry.sequence))];
}
