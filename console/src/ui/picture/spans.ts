// What an action did when, as pieces to be drawn; and where the time of a whole execution went.
import type { Stretch } from "./scale";

/** A span as the service tells it. */
export interface Span {
  readonly kind: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly attempt: number;
  readonly reason: string | null;
}

export type PieceKind = "work" | "undone" | "failed" | "running" | "waiting" | "pausing" | "queued" | "coming";

/** A piece of a bar. */
export interface Piece extends Stretch {
  kind: PieceKind;
  attempt: number;
  reason: string | null;
}

/** What is known of the action whose spans they are. */
export interface SpanFacts {
  status: string | null;
  isUndone: boolean;
  until: string | null;
  now: number;
}

const DELAYS = new Set(["RETRY_BACKOFF", "REPEAT_DELAY"]);

/** The pieces of the bar of one action. */
export function piecesOf(spans: readonly Span[], { status, isUndone, until, now }: SpanFacts): Piece[] {
  const lastRun = spans.map((span) => span.kind).lastIndexOf("RUNNING");
  const pieces = spans.map((span, place): Piece => {
    const next = spans[place + 1];
    const isRetried = next?.reason === "RETRY_BACKOFF" || spans.slice(place + 1).some((later) => later.kind === "RUNNING" && later.attempt > span.attempt);
    const isFailed = isRetried || (place === lastRun && status === "FAILED");
    const kind =
      span.kind === "QUEUED"
        ? "queued"
        : span.kind === "WAITING"
          ? DELAYS.has(span.reason ?? "")
            ? "pausing"
            : "waiting"
          : span.endedAt === null
            ? "running"
            : isFailed
              ? "failed"
              : isUndone
                ? "undone"
                : "work";
    return { kind, from: Date.parse(span.startedAt), to: span.endedAt ? Date.parse(span.endedAt) : now, attempt: span.attempt, reason: span.reason };
  });
  const last = spans.at(-1);
  if (last && last.endedAt === null && until && Date.parse(until) > now)
    pieces.push({ kind: "coming", from: now, to: Date.parse(until), attempt: last.attempt, reason: last.reason });
  return pieces;
}

/** A part of the time of an execution. */
export interface Share {
  kind: PieceKind | "queue" | "orchestrator";
  words: string;
  milliseconds: number;
}

/** What each kind is called, and which one counts where several go on at once: the first. */
const RANKS: readonly PieceKind[] = ["work", "undone", "running", "failed", "waiting", "pausing", "queued"];
const WORDS: Readonly<Record<string, string>> = {
  work: "work",
  failed: "calls that failed",
  pausing: "back-off",
  queue: "in the queue",
  orchestrator: "the orchestrator",
};

/** Of each moment what counted most then, summed up: the longest first. `nameOf` says what a wait is for. */
export function whereItWent(whole: Stretch, begun: number, all: readonly { pieces: readonly Piece[]; waitsFor: (reason: string | null) => string }[]): Share[] {
  const sums = new Map<string, Share>();
  const add = (kind: Share["kind"], words: string, milliseconds: number) => {
    if (milliseconds <= 0) return;
    const key = `${kind} ${words}`;
    const share = sums.get(key) ?? { kind, words, milliseconds: 0 };
    share.milliseconds += milliseconds;
    sums.set(key, share);
  };
  add("queue", WORDS.queue ?? "", begun - whole.from);
  const edges: { at: number; step: 1 | -1; rank: number; words: string }[] = [];
  for (const { pieces, waitsFor } of all)
    for (const piece of pieces) {
      const rank = RANKS.indexOf(piece.kind);
      if (rank < 0) continue;
      const words = piece.kind === "waiting" ? waitsFor(piece.reason) : "";
      edges.push({ at: Math.max(begun, piece.from), step: 1, rank, words }, { at: Math.min(whole.to, Math.max(begun, piece.to)), step: -1, rank, words });
    }
  edges.sort((one, other) => one.at - other.at);
  const open = RANKS.map(() => new Map<string, number>());
  let at = begun;
  for (const edge of [...edges, { at: whole.to, step: 1 as const, rank: 0, words: "" }]) {
    const passed = edge.at - at;
    if (passed > 0) {
      const rank = open.findIndex((words) => words.size > 0);
      const kind = RANKS[rank];
      if (kind === undefined || kind === "queued") add("orchestrator", WORDS.orchestrator ?? "", passed);
      else if (kind === "waiting") add("waiting", [...(open[rank]?.keys() ?? [])][0] ?? "", passed);
      else if (kind === "failed" || kind === "pausing") add(kind, WORDS[kind] ?? "", passed);
      else add("work", WORDS.work ?? "", passed);
      at = edge.at;
    }
    const words = open[edge.rank];
    const count = (words?.get(edge.words) ?? 0) + edge.step;
    if (count > 0) words?.set(edge.words, count);
    else words?.delete(edge.words);
  }
  return [...sums.values()].sort((one, other) => other.milliseconds - one.milliseconds);
}
