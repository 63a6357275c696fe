// Where one bulk operation is.
/** The address of one bulk operation. */
export const bulkAddress = (id: string): string => `/ui/bulk/${id}`;
