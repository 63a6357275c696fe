/** Where a workflow is written. */
export const editorAddress = (id: string): string => `/ui/workflows/${id}/editor`;
