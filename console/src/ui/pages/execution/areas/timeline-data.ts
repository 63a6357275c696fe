// What each action did when, asked anew as the execution goes on, and laid out on one scale.
import { useEffect, useMemo } from "react";
import { useAsked } from "../../../data/asking";
import { ExecutionTimelineDocument } from "../../../data/documents";
import { usePaced } from "../../../data/paced";
import { type Scale, scaleOf, type Stretch } from "../../../picture/scale";
import { type Piece, piecesOf, type Span } from "../../../picture/spans";
import { LIVE } from "../../../words/executions";
import type { ActionOf, Shown } from "../model";

/** It is asked anew at most so often, in milliseconds: less often the more actions there are, as each costs. */
const PACE_MS = 2000;
const PACE_OF_ONE_MS = 60;
const AT_WORK = new Set(["work", "failed", "running", "undone"]);

export interface Laid {
  scale: Scale;
  pieces: ReadonlyMap<string, readonly Piece[]>;
  whole: Stretch;
  asked: { problem: ReturnType<typeof useAsked>["problem"]; isAsking: boolean; again: () => void };
}

/** What a run tells of itself: its latest attempt. */
const latestOf = ({ run }: ActionOf): readonly Span[] => (run ? [{ kind: "RUNNING", startedAt: run.startedAt, endedAt: run.completedAt, attempt: run.attempt, reason: null }] : []);

/** The pieces of all actions up to `now`; in an outline, which asks for no more, each is its latest attempt. */
export function useTimeline(execution: Shown, actions: readonly ActionOf[], now: number, isFolding: boolean, isOutline = false): Laid {
  const asked = useAsked(ExecutionTimelineDocument, { id: execution.id }, !isOutline);
  const sequence = execution.journal?.nodes.at(-1)?.sequence ?? 0;
  const settled = usePaced(sequence, PACE_MS + actions.length * PACE_OF_ONE_MS);
  useEffect(() => {
    if (settled > 0 && !isOutline) asked.again();
  }, [settled]);
  const timeline = asked.data?.execution?.timeline;
  const isLive = LIVE.has(execution.status);
  const end = execution.completedAt ? Date.parse(execution.completedAt) : now;
  const laid = useMemo(() => {
    const spans = new Map<string, readonly Span[]>(timeline?.map((one) => [one.actionId, one.spans]));
    const pieces = new Map(
      actions.map((action) => [
        action.id,
        piecesOf(isOutline ? latestOf(action) : (spans.get(action.id) ?? []), { status: action.run?.status ?? null, isUndone: action.isUndone, until: isLive ? (action.wait?.until ?? null) : null, now: end }),
      ]),
    );
    const all = [...pieces.values()].flat();
    const from = Date.parse(execution.createdAt);
    const whole = { from, to: Math.max(from + 1, end) };
    // What is known of the future has room for a tenth, and is cut where it takes longer.
    const coming = all.filter((piece) => piece.kind === "coming").map((piece) => piece.to);
    const room = coming.length ? Math.min(Math.max(...coming), whole.to + (whole.to - whole.from) / 8) : whole.to;
    const scale = scaleOf({ from, to: room }, all.filter((piece) => AT_WORK.has(piece.kind)), isFolding);
    return { scale, pieces, whole };
  }, [timeline, actions, end, isLive, isFolding, isOutline, execution.createdAt]);
  return { ...laid, asked };
}
