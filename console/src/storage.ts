// Decides what the browser remembers, and for how long.
import type { Storage as ConsoleStorage } from "@graphiql/toolkit";

// Tabs and history carry the request headers, hence credentials: they end with the browser tab. Only the looks stay.
const OUTLIVES_THE_SESSION = /^graphiql:(theme|\w+Flex)$/;

const placeOf = (key: string): Storage => (OUTLIVES_THE_SESSION.test(key) ? localStorage : sessionStorage);

export const storage: ConsoleStorage = {
  getItem: (key) => placeOf(key).getItem(key),
  setItem: (key, value) => placeOf(key).setItem(key, value),
  removeItem: (key) => placeOf(key).removeItem(key),
  clear: () => {
    for (const place of [localStorage, sessionStorage])
      for (const key of Object.keys(place)) if (key.startsWith("graphiql:")) place.removeItem(key);
  },
  get length() {
    return sessionStorage.length;
  },
};
