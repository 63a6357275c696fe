// What stands behind the question mark of the address, as it stands there.
import { useSearch as useSearchAndMark } from "wouter/use-browser-location";

/** The search of the address, still encoded: the router's own decodes it, and whoever reads it would do so once more. */
export const useSearch = (): string => useSearchAndMark().slice(1);
