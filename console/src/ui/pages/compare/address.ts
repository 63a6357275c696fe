// The address of a comparison of two executions.

export const compareAddress = (a: string, b: string): string => `/ui/compare?a=${a}&b=${b}`;
