// The address of one approval.

/** Where an approval is decided. */
export const approvalAddress = (approval: { executionId: string; actionId: string; item?: number | null }): string =>
  `/ui/approvals/${approval.executionId}/${approval.actionId}${approval.item == null ? "" : `/${approval.item}`}`;
