// How an execution stands, in words that say for what it waits and how far it is undone.
import { lookOf, type Standing, strongestWait } from "./executions";
import type { Wait } from "./reasons";

/** What is known beyond the status. */
export interface StandingFacts {
  /** How many actions were undone, and how many were to be. */
  undone: number;
  toUndo: number;
  /** Those that were to be undone and are not, by name. */
  notUndone: readonly string[];
}

function waits(wait: Wait): string {
  switch (wait.waitReason) {
    case "APPROVAL":
      return "Needs a person";
    case "SIGNAL":
      return wait.signal ? `Waits for ${wait.signal}` : "Waits for a signal";
    case "CIRCUIT_OPEN":
    case "CONCURRENCY":
    case "RATE_LIMIT":
      return wait.service ? `Waits for ${wait.service}` : "Waits for a service";
    case "RETRY_BACKOFF":
      return "Waits to try again";
    case "REPEAT_DELAY":
      return "Waits to repeat";
    case "EXECUTION":
      return "Waits for another execution";
    case "TIMER":
      return "Waits for a moment";
    case "WORKFLOW_LIMIT":
      return "Waits in line";
    case "WORKER":
      return "Waits for a worker";
    default:
      return "Waiting";
  }
}

/** `Waits for payments`, `Failed, all undone`, `Cancels: 1 of 2 undone`. */
export function standing(execution: Omit<Standing, "waiting"> & { waiting?: readonly Wait[] | null }, facts: StandingFacts): string {
  const { word } = lookOf(execution);
  const { undone, toUndo, notUndone } = facts;
  if (execution.stopping) return toUndo ? `${word}: ${undone} of ${toUndo} undone` : word;
  if (execution.status === "FAILED" || execution.status === "CANCELLED") {
    if (notUndone.length) return `${word}, ${notUndone.length} not undone`;
    if (toUndo > undone) return `${word}, ${undone} of ${toUndo} undone`;
    return undone ? `${word}, all undone` : word;
  }
  const wait = strongestWait(execution);
  return wait ? waits(wait) : word;
}
