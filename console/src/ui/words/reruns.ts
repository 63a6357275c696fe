// What becomes of an action when its execution is done over, and why, in words.

/** What is told of one action. */
export interface Judged {
  readonly actionId: string;
  readonly phase: string;
  readonly verdict: string;
  readonly reason: string;
  readonly becauseOf: readonly string[];
  readonly totalItems?: number | null;
  readonly reusedItems: readonly number[];
}

export type Fate = "reused" | "skipped" | "given" | "runs";

/** What becomes of it: its result is reused, it stays skipped, its result is given by hand, or it runs. */
export function fateOf(action: Judged): Fate {
  if (action.verdict === "REUSED") return action.reason === "SKIPPED" ? "skipped" : "reused";
  return action.verdict === "GIVEN" ? "given" : "runs";
}

const MOST_NAMED = 3;

function names(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_NAMED).join(", ");
  return ids.length > MOST_NAMED ? `${shown} and ${ids.length - MOST_NAMED} more` : shown;
}

const BECAUSE: Readonly<Record<string, string>> = {
  SUCCEEDED: "same input, same definition",
  LOST_RACE: "it lost a race that holds",
  SKIPPED: "it was skipped, and would be again",
  GIVEN: "its result is given by hand",
  FROM_START: "all is to run again",
  NAMED: "you chose it",
  FAILED: "it failed",
  UNFINISHED: "it did not come to its end",
  COMPENSATED: "it was undone: the result holds no more",
  APPROVAL: "people are asked again",
  CONDITION_CHANGED: "its condition comes out another way",
  DEFINITION_CHANGED: "its definition changed",
  CONFIG_CHANGED: "its input changed",
  NOT_COMPARABLE: "its input is too much to compare",
  NEVER_STARTED: "it had not begun",
  CLEAN_UP: "the end of the new one decides",
};

/** Why that becomes of it. */
export function because(action: Judged, version: string): string {
  const items = action.totalItems && action.reusedItems.length ? `; ${action.reusedItems.length} of ${action.totalItems} items are reused` : "";
  return reason(action, version) + items;
}

function reason(action: Judged, version: string): string {
  switch (action.reason) {
    case "NEW":
      return `new in ${version}`;
    case "DEPENDENCY":
      return `it follows ${names(action.becauseOf)}`;
    case "SEES_ALL":
      return `it uses all results, and ${names(action.becauseOf)} changed`;
    default:
      return BECAUSE[action.reason] ?? action.reason.toLowerCase().replaceAll("_", " ");
  }
}

/** `2 reused, 8 run`: how many of each there are, without what cleans up. */
export function counted(actions: readonly Judged[]): Record<Fate, number> {
  const counts: Record<Fate, number> = { reused: 0, skipped: 0, given: 0, runs: 0 };
  for (const action of actions) if (action.reason !== "CLEAN_UP") counts[fateOf(action)] += 1;
  return counts;
}

/** What the button says. */
export function promise(actions: readonly Judged[]): string {
  const { reused, runs } = counted(actions);
  return `${reused} reused, ${runs} ${runs === 1 ? "runs" : "run"}`;
}
