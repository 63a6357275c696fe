// In which groups the flow list shows the actions of an execution, and what of it is folded.
import { amount } from "../../../words/amounts";
import { LIVE } from "../../../words/executions";
import { type ActionOf, isCleaningUp, type Shown } from "../model";

/** Where an action lies in the bracket round those that run side by side. */
export type Bracket = "first" | "middle" | "last" | null;

export interface Line {
  action: ActionOf;
  /** The number of its level where it is the first one of it, from 1. */
  level: number | null;
  bracket: Bracket;
}

/** Notifications that succeeded, folded into one line. */
export interface FoldedLine {
  folded: readonly ActionOf[];
}

export interface Group {
  key: string;
  heading: string | null;
  lines: readonly (Line | FoldedLine)[];
  /** Whether it is closed until one opens it; then the heading says what is in it. */
  isFolded: boolean;
}

/** From so many on, notifications that succeeded are folded. */
const MANY_NOTIFICATIONS = 10;

const isTold = (action: ActionOf): boolean => action.type === "notification" && action.run?.status === "SUCCESS";

function byStart(one: ActionOf, other: ActionOf): number {
  const when = (action: ActionOf) => (action.run ? Date.parse(action.run.startedAt) : Number.MAX_SAFE_INTEGER);
  return when(one) - when(other);
}

const plain = (actions: readonly ActionOf[]): Line[] => actions.map((action) => ({ action, level: null, bracket: null }));

function main(actions: readonly ActionOf[], isFolding: boolean): (Line | FoldedLine)[] {
  const levels = new Map<number, ActionOf[]>();
  for (const action of actions) levels.set(action.level, [...(levels.get(action.level) ?? []), action]);
  const lines: (Line | FoldedLine)[] = [];
  for (const [level, abreast] of [...levels].sort(([one], [other]) => one - other)) {
    const shown = isFolding ? abreast.filter((action) => !isTold(action)) : abreast;
    const folded = isFolding ? abreast.filter(isTold) : [];
    shown.forEach((action, place) => {
      const bracket: Bracket = shown.length < 2 ? null : place === 0 ? "first" : place === shown.length - 1 ? "last" : "middle";
      lines.push({ action, level: place === 0 ? level + 1 : null, bracket });
    });
    if (folded.length) lines.push({ folded });
  }
  return lines;
}

/** The groups of an execution; `isWanted` leaves out what is not looked for, and nothing is folded then. */
export function groupsOf(execution: Shown, all: readonly ActionOf[], isWanted: ((action: ActionOf) => boolean) | null): Group[] {
  const actions = isWanted ? all.filter(isWanted) : all;
  const of = (phase: ActionOf["phase"]) => actions.filter((action) => action.phase === phase);
  const isClean = isCleaningUp(execution, all);
  const isLive = LIVE.has(execution.status);
  const undoing = of("COMPENSATION").filter((action) => action.run !== null || action.isNotWell);
  const failing = of("ON_FAILURE").filter((action) => action.run !== null || action.isNotWell);
  const ending = of("ON_EXIT");
  const groups: Group[] = [
    { key: "main", heading: null, lines: main(of("MAIN"), !isWanted && all.filter(isTold).length >= MANY_NOTIFICATIONS), isFolded: false },
    { key: "undone", heading: "Undone, the last first", lines: plain([...undoing].sort(byStart)), isFolded: false },
  ];
  if (isClean && failing.length) groups.push({ key: "then", heading: "Then", lines: plain([...failing, ...ending]), isFolded: false });
  else groups.push({ key: "exit", heading: "However it ends", lines: plain(ending), isFolded: false });
  if (isLive && !isClean) {
    const compensations = of("COMPENSATION");
    const after = of("ON_FAILURE");
    const words = [
      compensations.length && amount(compensations.length, "compensation"),
      after.length && `${compensations.length ? "then " : ""}${after.map((action) => action.id).join(", ")}`,
    ];
    groups.push({ key: "fails", heading: `If it fails: ${words.filter(Boolean).join(", ")}`, lines: plain([...compensations, ...after]), isFolded: !isWanted });
  }
  return groups.filter((group) => group.lines.length > 0);
}
