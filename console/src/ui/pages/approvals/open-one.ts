// Which of the approvals is open: what was opened stays so, whatever becomes of the others.

interface Approval {
  readonly id: string;
  readonly executionId: string;
  readonly actionId: string;
  readonly item?: number | null;
}

/** What the address names, if it names one. */
export interface Named {
  readonly execution?: string;
  readonly action?: string;
  readonly item?: string;
}

/** The one that the address names, else the one that was open before, else the first; after the viewer's own decision the next one. */
export function openOne<One extends Approval>(approvals: readonly One[], named: Named, before: One | undefined, decided: string | null): One | undefined {
  const isNamed = (one: One) => one.executionId === named.execution && one.actionId === named.action && String(one.item ?? "") === (named.item ?? "");
  if (named.execution !== undefined) return approvals.find(isNamed) ?? (before && isNamed(before) ? before : undefined);
  if (!before) return approvals[0];
  // What somebody else decides while it is open stays, and says so.
  return approvals.find((one) => one.id === before.id) ?? (before.id === decided ? approvals[0] : before);
}
