// Where the list of executions was when it was left, so that one comes back to the very same view.

let address = "/ui/executions";

/** The list was seen at this address. */
export const listSeenAt = (seen: string): void => {
  address = seen;
};

/** The address of the list as it was seen last. */
export const lastList = (): string => address;
