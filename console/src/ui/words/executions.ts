// How an execution stands, in a shape, a tone and words: the one place that says so, for all pages.
import type { Tone } from "./tones";

export type Status = "QUEUED" | "RUNNING" | "PAUSED" | "COMPLETED" | "FAILED" | "CANCELLED";
export type WaitReason =
  | "APPROVAL"
  | "CIRCUIT_OPEN"
  | "CONCURRENCY"
  | "DEPENDENCIES"
  | "EXECUTION"
  | "RATE_LIMIT"
  | "REPEAT_DELAY"
  | "RETRY_BACKOFF"
  | "SIGNAL"
  | "TIMER"
  | "WORKER"
  | "WORKFLOW_LIMIT";

/** What is needed to say how an execution stands. */
export interface Standing {
  status: string;
  stopping?: string | null;
  waiting?: readonly { readonly waitReason: string }[] | null;
  actions?: readonly { readonly actionId: string; readonly status: string }[] | null;
  /** A letter for each action, where the actions themselves are not there. */
  strip?: string | null;
}

/** A shape of icons.svg, its tone, and the word for it. */
export interface Look {
  shape: string;
  tone: Tone;
  word: string;
}

/** The reasons by which a wait is told where there are several: the one that matters most to people first. */
const STRONGEST: readonly WaitReason[] = [
  "APPROVAL",
  "SIGNAL",
  "CIRCUIT_OPEN",
  "WORKFLOW_LIMIT",
  "CONCURRENCY",
  "RATE_LIMIT",
  "RETRY_BACKOFF",
  "EXECUTION",
  "TIMER",
  "REPEAT_DELAY",
  "WORKER",
];

const AT_WORK = new Set(["RUNNING"]);
const STOPS: Readonly<Record<string, string>> = { FAILED: "Fails", CANCELLED: "Cancels", COMPLETED: "Completes" };
export const LIVE: ReadonlySet<string> = new Set(["QUEUED", "RUNNING", "PAUSED"]);

/** Why an execution waits, if nothing of it is at work: the reason that matters most. */
export function strongestWait<Wait extends { readonly waitReason: string }>(
  execution: Omit<Standing, "waiting"> & { waiting?: readonly Wait[] | null },
): Wait | null {
  if (execution.status !== "RUNNING" || execution.actions?.some((action) => AT_WORK.has(action.status))) return null;
  for (const reason of STRONGEST) {
    const found = execution.waiting?.find((wait) => wait.waitReason === reason);
    if (found) return found;
  }
  return null;
}

/** Whether an action was undone by its compensation. */
export function isUndone(actionId: string, execution: Standing): boolean {
  return execution.actions?.some((one) => one.actionId === `${actionId}.compensate` && one.status === "SUCCESS") ?? false;
}

/** How an execution stands. */
export function lookOf(execution: Standing): Look {
  if (execution.stopping) return { shape: "s-run", tone: "run", word: STOPS[execution.stopping] ?? "Cleans up" };
  switch (execution.status) {
    case "QUEUED":
      return { shape: "s-queue", tone: "idle", word: "Queued" };
    case "PAUSED":
      return { shape: "s-pause", tone: "hold", word: "Paused" };
    case "COMPLETED":
      return { shape: "s-ok", tone: "ok", word: "Completed" };
    case "FAILED":
      return { shape: "s-fail", tone: "fail", word: "Failed" };
    case "CANCELLED":
      return { shape: "s-cancel", tone: "idle", word: "Cancelled" };
  }
  const wait = strongestWait(execution) ?? waitIn(execution.strip);
  if (wait === null) return { shape: "s-run", tone: "run", word: "Running" };
  if (wait.waitReason === "APPROVAL") return { shape: "s-hold", tone: "hold", word: "Needs a person" };
  return { shape: "s-wait", tone: "wait", word: "Waiting" };
}

const ACTION_LOOKS: Readonly<Record<string, Look>> = {
  PENDING: { shape: "s-wait", tone: "wait", word: "Waiting" },
  RUNNING: { shape: "s-run", tone: "run", word: "Running" },
  WAITING: { shape: "s-wait", tone: "wait", word: "Waiting" },
  SUCCESS: { shape: "s-ok", tone: "ok", word: "Succeeded" },
  FAILED: { shape: "s-fail", tone: "fail", word: "Failed" },
  SKIPPED: { shape: "s-skip", tone: "idle", word: "Skipped" },
  CANCELLED: { shape: "s-cancel", tone: "idle", word: "Cancelled" },
};
const TO_COME: Look = { shape: "s-none", tone: "idle", word: "Not started" };
const NEEDS_A_PERSON: Look = { shape: "s-hold", tone: "hold", word: "Needs a person" };
const UNDONE: Look = { shape: "s-undone", tone: "idle", word: "Undone" };

/** How one action stands; `status` is null where it has not begun. */
export function actionLook(status: string | null | undefined, facts: { isUndone?: boolean; waitReason?: string | null } = {}): Look {
  if (facts.isUndone) return UNDONE;
  if (facts.waitReason === "APPROVAL") return NEEDS_A_PERSON;
  return (status ? ACTION_LOOKS[status] : undefined) ?? TO_COME;
}

/** That nothing is at work, as far as a strip tells it. */
function waitIn(strip: string | null | undefined): { waitReason: string } | null {
  if (!strip || strip.includes("r")) return null;
  if (strip.includes("p")) return { waitReason: "APPROVAL" };
  return strip.includes("w") ? { waitReason: "TIMER" } : null;
}
