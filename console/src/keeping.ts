// What the browser keeps for the page; what it refuses to keep, the page keeps itself until it is left.

/** Texts by their places. */
export interface Keeping {
  read: (place: string) => string | null;
  write: (place: string, text: string) => void;
  forget: (place: string) => void;
  places: () => string[];
}

/** `storage` is asked for each time: a browser that keeps nothing for a page refuses to name it. */
export function keeping(storage: () => Storage): Keeping {
  const refused = new Map<string, string>();
  const asked = <Answer>(ask: (storage: Storage) => Answer, otherwise: Answer): Answer => {
    try {
      return ask(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    read: (place) => refused.get(place) ?? asked((kept) => kept.getItem(place), null),
    write: (place, text) => {
      const isKept = asked((kept) => {
        kept.setItem(place, text);
        return true;
      }, false);
      if (isKept) refused.delete(place);
      else refused.set(place, text);
    },
    forget: (place) => {
      refused.delete(place);
      asked((kept) => kept.removeItem(place), undefined);
    },
    places: () => [...new Set([...refused.keys(), ...asked((kept) => Object.keys(kept), [])])],
  };
}

/** What stays in this browser. */
export const forGood = keeping(() => localStorage);

/** What ends with the browser tab. */
export const inThisTab = keeping(() => sessionStorage);
