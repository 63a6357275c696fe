// Where the list of executions was when it was left, so that one comes back to the very same view.

/** How far down one was: at which row, among how many that were loaded. */
export interface Place {
  rows: number;
  top: number;
  here: string | null;
}

let address = "/ui/executions";
let place: Place | null = null;

/** The list was seen at this address. */
export const listSeenAt = (seen: string): void => {
  if (seen !== address) place = null;
  address = seen;
};

/** The list that was seen last was left at this place. */
export const listLeftAt = (left: Place): void => {
  place = left;
};

/** The address of the list as it was seen last. */
export const lastList = (): string => address;

/** Where the list of an address was left; null where another one was seen since. */
export const placeIn = (seen: string): Place | null => (seen === address ? place : null);
