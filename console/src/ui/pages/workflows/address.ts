// Where a workflow is, and how a share of its executions is told.
export const workflowAddress = (id: string): string => `/ui/workflows/${id}`;

/** A share in per cent, with one digit where it is not whole. */
export const share = (part: number | null | undefined): string => (part == null ? "" : `${Number((part * 100).toFixed(1))} %`);
