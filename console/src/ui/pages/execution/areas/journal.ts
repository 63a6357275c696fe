// The journal of an execution, newest first: a page at a time backwards, and live forwards, each entry once.
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useSubscription } from "urql";
import { type Problem, problemOf } from "../../../data/asking";
import { useOnReturn } from "../../../data/connection";
import { ExecutionEventsDocument, ExecutionJournalDocument } from "../../../data/documents";
import type { Entry } from "./event-words";

export interface Journal {
  /** Newest first. */
  entries: readonly Entry[];
  /** What came since and is not taken in yet. */
  newer: readonly Entry[];
  takeNewer: () => void;
  hasOlder: boolean;
  older: () => void;
  isAsking: boolean;
  problem: Problem | null;
  again: () => void;
}

/** `isAtRest` says whether newer entries may come in by themselves, as nobody looks at or points to a row. */
export function useJournal(id: string, isLive: boolean, isAtRest: () => boolean): Journal {
  const client = useClient();
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [newer, setNewer] = useState<readonly Entry[]>([]);
  const [before, setBefore] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(true);
  const [hasOlder, setOlder] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [since, setSince] = useState<number | null>(null);
  const asking = useRef(false);
  const load = useCallback(
    async (from: string | null) => {
      if (asking.current) return;
      asking.current = true;
      setAsking(true);
      const answer = await client.query(ExecutionEventsDocument, { id, before: from }, { requestPolicy: "network-only" }).toPromise();
      asking.current = false;
      setAsking(false);
      setProblem(answer.error ? problemOf(answer.error) : null);
      const journal = answer.data?.execution?.journal;
      if (!journal) return;
      const page = [...journal.nodes].reverse();
      setEntries((known) => (from === null ? page : [...known, ...page]));
      setBefore(journal.pageInfo.startCursor);
      setOlder(journal.pageInfo.hasPreviousPage);
      if (from !== null) return;
      setNewer([]);
      setSince(page[0]?.sequence ?? 0);
    },
    [client, id],
  );
  useEffect(() => void load(null), [load]);
  const atRest = useRef(isAtRest);
  atRest.current = isAtRest;
  // Many may come in one moment: they are drawn together, once a frame.
  const arrived = useRef<Entry[]>([]);
  const frame = useRef(0);
  const take = useCallback(() => {
    frame.current = 0;
    const fresh = arrived.current.reverse();
    arrived.current = [];
    if (fresh.length === 0) return;
    if (atRest.current())
      setNewer((waiting) => {
        const all = [...fresh, ...waiting];
        setEntries((known) => merged(all, known));
        return [];
      });
    else setNewer((waiting) => merged(fresh, waiting));
  }, []);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  useSubscription({ query: ExecutionJournalDocument, variables: { id, after: since ?? 0 }, pause: !isLive || since === null }, (_, data) => {
    arrived.current.push(data.executionEvents);
    frame.current ||= requestAnimationFrame(take);
    return data;
  });
  const again = () => void load(entries.length ? before : null);
  useOnReturn(() => problem && again());
  return {
    entries,
    newer,
    takeNewer: () => {
      setEntries((known) => merged(newer, known));
      setNewer([]);
    },
    hasOlder,
    older: () => void load(before),
    isAsking,
    problem,
    again,
  };
}

/** Newer entries above those that are known, each once. */
function merged(newer: readonly Entry[], known: readonly Entry[]): readonly Entry[] {
  const top = known[0]?.sequence ?? 0;
  const fresh = newer.filter((entry) => entry.sequence > top);
  return fresh.length ? [...fresh, ...known] : known;
}
