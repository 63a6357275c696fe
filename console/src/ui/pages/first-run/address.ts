// The address of the first run, for whoever wants to have it again.
export const FIRST_RUN_SEARCH = "?first-run";
