// Ids as they are shown: what tells them apart at a glance, never the whole.

/** The eight digits of an id that are shown; the last ones, because the first of a day are all alike. */
export const shortId = (id: string): string => id.slice(id.indexOf("_") + 1).slice(-8);
