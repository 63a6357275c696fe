// What is known of one execution, put together for all its areas: each action with its run, its wait and its definition.
import type { ExecutionQuery } from "../../data/documents";
import { actionLook, isUndone, LIVE, type Look } from "../../words/executions";
import { type Does, does, plain } from "../../words/deeds";
import type { Wait } from "../../words/reasons";
import type { StandingFacts } from "../../words/standing";

export type Shown = NonNullable<ExecutionQuery["execution"]>;
export type Run = NonNullable<Shown["actions"]>[number];
type GraphNode = NonNullable<Shown["dag"]>["nodes"][number];
type Defined = NonNullable<NonNullable<Shown["definition"]>["actions"]>[number];

/** One action of an execution. */
export interface ActionOf {
  id: string;
  /** Its name for people, or its id. */
  name: string;
  hasName: boolean;
  type: string;
  phase: GraphNode["phase"];
  level: number;
  run: Run | null;
  wait: Wait | null;
  look: Look;
  does: Does;
  definition: Defined | null;
  /** The action that undoes it, if one does; and the one that it undoes. */
  undoneBy: string | null;
  undoes: string | null;
  isUndone: boolean;
  /** Whether it is held up by more than what it depends on, once it is its turn. */
  isHeld: boolean;
  /** Whether it is one to look at: it failed, waits for something, or some of its items failed. */
  isNotWell: boolean;
}

const COMPENSATE = ".compensate";

/** What the definition adds to a wait: for which service or signal, after which attempt. */
function enriched(wait: NonNullable<Shown["waiting"]>[number] | undefined, config: unknown, run: Run | null): Wait | null {
  if (!wait) return null;
  return { ...wait, service: wait.service ?? plain(config, "service"), signal: wait.signal ?? plain(config, "signal"), attempt: run?.attempt ?? null };
}

/** The actions of an execution, in the order of its graph. */
export function actionsOf(execution: Shown): ActionOf[] {
  const { definition } = execution;
  const defined = new Map([...(definition?.actions ?? []), ...(definition?.onFailure ?? []), ...(definition?.onExit ?? [])].map((one) => [one.actionId, one]));
  const runs = new Map(execution.actions?.map((run) => [run.actionId, run]));
  const waits = new Map(execution.waiting?.map((wait) => [wait.actionId, wait]));
  const nodes = execution.dag?.nodes ?? [];
  const ids = new Set(nodes.map((node) => node.actionId));
  const names = new Map(nodes.map((node) => [node.actionId, node.name]));
  const notUndone = new Set(execution.error?.compensationFailed ?? []);
  return nodes.map((node): ActionOf => {
    const id = node.actionId;
    const undoes = node.phase === "COMPENSATION" && id.endsWith(COMPENSATE) ? id.slice(0, -COMPENSATE.length) : null;
    const definitionOf = defined.get(undoes ?? id) ?? null;
    const config = undoes ? definitionOf?.compensate?.config : definitionOf?.config;
    const run = runs.get(id) ?? null;
    const wait = enriched(waits.get(id), config, run);
    const wasUndone = isUndone(id, execution);
    const isHeld = wait !== null && wait.waitReason !== "DEPENDENCIES" && (wait.waitReason !== "PAUSED" || run !== null);
    const undoneName = undoes ? names.get(undoes) : null;
    const name = node.name ?? (undoneName ? `Undo: ${undoneName}` : null);
    return {
      id,
      name: name ?? id,
      hasName: name !== null,
      type: node.actionType,
      phase: node.phase,
      level: node.level,
      run,
      wait,
      look: !run && !LIVE.has(execution.status) ? NOT_BEGUN : actionLook(run?.status ?? (isHeld ? "PENDING" : null), { isUndone: wasUndone, waitReason: wait?.waitReason }),
      does: does(node.actionType, config),
      definition: definitionOf,
      undoneBy: ids.has(`${id}${COMPENSATE}`) ? `${id}${COMPENSATE}` : null,
      undoes,
      isUndone: wasUndone,
      isHeld,
      isNotWell: run?.status === "FAILED" || isHeld || (run?.items?.failed ?? 0) > 0 || notUndone.has(id),
    };
  });
}

const NOT_BEGUN: Look = { shape: "s-cancel", tone: "idle", word: "Not begun" };

/** How far an execution is undone. */
export function undoingOf(execution: Shown, actions: readonly ActionOf[]): StandingFacts {
  const compensations = actions.filter((action) => action.undoes !== null);
  const succeeded = new Set(actions.filter((action) => action.run?.status === "SUCCESS").map((action) => action.id));
  return {
    undone: compensations.filter((action) => action.run?.status === "SUCCESS").length,
    toUndo: compensations.filter((action) => action.run !== null || succeeded.has(action.undoes ?? "")).length,
    notUndone: execution.error?.compensationFailed ?? [],
  };
}

/** Whether its clean-up has begun. */
export const isCleaningUp = (execution: Shown, actions: readonly ActionOf[]): boolean =>
  execution.stopping != null || actions.some((action) => action.phase !== "MAIN" && action.run !== null);

/** The parts of an execution, each of which is over once a later one has begun. */
const PARTS: readonly GraphNode["phase"][] = ["MAIN", "COMPENSATION", "ON_FAILURE", "ON_EXIT"];

/** Whether the part of an execution is over that an action belongs to, so that it cannot be set right any more. */
export function isOver(execution: Shown, action: ActionOf): boolean {
  if (execution.stopping != null && action.phase === "MAIN") return true;
  const phases = new Map(execution.dag?.nodes.map((node) => [node.actionId, node.phase]));
  const own = PARTS.indexOf(action.phase);
  return execution.actions?.some((run) => PARTS.indexOf(phases.get(run.actionId) ?? "MAIN") > own) ?? false;
}

/** When an action began and ended, in milliseconds since 1970; the end is `now` while it goes on. */
export function lengthOf(run: Pick<Run, "startedAt" | "completedAt"> | null, now: number): number | null {
  if (!run) return null;
  const end = run.completedAt ? Date.parse(run.completedAt) : now;
  return Math.max(0, end - Date.parse(run.startedAt));
}

/** The actions that decided when the main part ended: of each the one that it waited for last. */
export function criticalPath(execution: Shown, actions: readonly ActionOf[]): Set<string> {
  const ends = new Map(actions.filter((action) => action.run && action.phase === "MAIN").map((action) => [action.id, action.run?.completedAt ? Date.parse(action.run.completedAt) : Number.MAX_SAFE_INTEGER]));
  const before = new Map<string, string[]>();
  for (const { source, target } of execution.dag?.edges ?? []) before.set(target, [...(before.get(target) ?? []), source]);
  const latest = (ids: Iterable<string>) => [...ids].filter((id) => ends.has(id)).sort((one, other) => (ends.get(other) ?? 0) - (ends.get(one) ?? 0))[0];
  const path = new Set<string>();
  for (let id = latest(ends.keys()); id !== undefined && !path.has(id); id = latest(before.get(id) ?? [])) path.add(id);
  return path;
}

/** Whether an action is found by a text: in its id, name, configuration, error or service. */
export function isFound(action: ActionOf, text: string): boolean {
  const words = [action.id, action.name, action.type, action.does.words, action.does.code, action.run?.error?.code, action.run?.error?.message, JSON.stringify(action.definition?.config ?? "")];
  return words.join("\n").toLowerCase().includes(text.trim().toLowerCase());
}

/** The text that a receiver knows a repeat by: `exec_…:action`, with the item where there is one. */
export const idempotencyKey = (executionId: string, actionId: string, item: number | null): string =>
  [executionId, actionId, ...(item === null ? [] : [String(item)])].join(":");
