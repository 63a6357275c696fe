// How long an execution may still take: its time-out does not run on while it is paused.
import type { EventType } from "../../data/documents";

/** What is needed of an execution. */
interface Limited {
  readonly status: string;
  readonly stopping?: string | null;
  readonly startedAt: string | null;
  readonly workflow: { readonly timeoutSeconds: number | null } | null;
}

interface Entry {
  readonly type: EventType;
  readonly at: string;
}

const USUAL_TIMEOUT_SECONDS = 3600;

/** How long it was paused since a moment, by its entries of that, the oldest first; what goes on is not counted. */
function pausedSince(from: number, entries: readonly Entry[]): number {
  let paused = 0;
  let since: number | null = null;
  for (const { type, at } of entries) {
    if (type === "EXECUTION_PAUSED") since = Math.max(from, Date.parse(at));
    else if (type === "EXECUTION_UNPAUSED" && since !== null) {
      paused += Math.max(0, Date.parse(at) - since);
      since = null;
    }
  }
  return paused;
}

/** The milliseconds that are left until it times out; null where no time runs, or that of its clean-up does. */
export function timeLeft({ status, stopping, startedAt, workflow }: Limited, pauses: readonly Entry[], now: number): number | null {
  if (status !== "RUNNING" || stopping || startedAt === null) return null;
  const from = Date.parse(startedAt);
  const left = from + (workflow?.timeoutSeconds ?? USUAL_TIMEOUT_SECONDS) * 1000 + pausedSince(from, pauses) - now;
  return left > 0 ? left : null;
}
