// What is written and not saved: kept in this tab, with the version that it began with.
import { useEffect, useState } from "react";
import { inThisTab } from "../../../keeping";

/** A version of a workflow, and the text that it was saved as. */
export interface Saved {
  version: string | null;
  source: string;
}

interface Kept extends Saved {
  text: string;
}

export interface Draft extends Kept {
  setText: (text: string) => void;
  /** Takes the newest version as what the text began with. */
  rebase: () => void;
  /** Gives up what is written. */
  drop: () => void;
  /** What is written was saved as a version. */
  saved: (version: string) => void;
  /** The newest version, which this tab may have saved itself. */
  newest: Saved;
}

/** What the version after one is called. */
export const nextVersion = (version: string): string => version.replace(/\d+$/, (last) => String(Number(last) + 1));

function kept(place: string): Kept | null {
  try {
    const found: unknown = JSON.parse(inThisTab.read(place) ?? "null");
    return found !== null && typeof found === "object" && "text" in found ? (found as Kept) : null;
  } catch {
    return null; // of another version of the console
  }
}

/** The draft of a workflow, or of a new one. What is not changed follows the newest version. */
export function useDraft(id: string | null, told: Saved): Draft {
  const place = `orchestrator:draft:${id ?? "new"}`;
  // What was just saved is the newest one, until the service tells of it.
  const [own, setOwn] = useState<(Saved & { over: string | null }) | null>(null);
  const newest: Saved = own !== null && own.over === told.version ? own : told;
  const fresh = { text: newest.source, version: newest.version, source: newest.source };
  const [written, setWritten] = useState<Kept | null>(() => kept(place));
  const draft = written ?? fresh;
  useEffect(() => {
    if (!written) {
      inThisTab.forget(place);
      return;
    }
    inThisTab.write(place, JSON.stringify(written));
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [place, written]);
  return {
    ...draft,
    setText: (text) => setWritten(text === draft.source ? null : { ...draft, text }),
    newest,
    rebase: () => setWritten(draft.text === newest.source ? null : { ...fresh, text: draft.text }),
    drop: () => setWritten(null),
    saved: (version) => {
      setOwn({ version, source: draft.text, over: told.version });
      setWritten(null);
      // Here as well, because who has saved a new one leaves before what depends on it is done.
      inThisTab.forget(place);
    },
  };
}
