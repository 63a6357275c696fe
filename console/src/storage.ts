// Decides what the browser remembers, and for how long.
import type { Storage as ConsoleStorage } from "@graphiql/toolkit";
import { forGood, inThisTab, type Keeping } from "./keeping";

// Tabs and history carry the request headers, hence credentials: they end with the browser tab. Only the looks stay.
const OUTLIVES_THE_SESSION = /^graphiql:(theme|\w+Flex)$/;

const placeOf = (key: string): Keeping => (OUTLIVES_THE_SESSION.test(key) ? forGood : inThisTab);

export const storage: ConsoleStorage = {
  getItem: (key) => placeOf(key).read(key),
  setItem: (key, value) => placeOf(key).write(key, value),
  removeItem: (key) => placeOf(key).forget(key),
  clear: () => {
    for (const kept of [forGood, inThisTab])
      for (const key of kept.places()) if (key.startsWith("graphiql:")) kept.forget(key);
  },
  get length() {
    return inThisTab.places().length;
  },
};
