// Remembers the ids that were answered last, so that an example which needs one comes with it filled in.
import { inThisTab } from "./keeping";

export type Kind = "wf" | "exec" | "cb" | "key" | "bulk" | "view";

const ID = /"(wf|exec|cb|key|bulk|view)_[0-9a-f]{16}"/g;
const PLACEHOLDER = /"(wf|exec|cb|key|bulk|view)_\.\.\."/g;
const OF_A_HINT = /"hint":"[^"]*\b(wf_[0-9a-f]{16})/; // a taken name is refused with the workflow that has it
const IS_GONE = /"deletedId":|"removedIds":|"(WORKFLOW|EXECUTION|CALLBACK_DELIVERY|API_KEY|BULK_OPERATION|SAVED_VIEW)_NOT_FOUND"/;

const PLACE = "orchestrator:ids";

// They outlive a reload of the page, and end with the browser tab.
const latest = new Map<string, string>(JSON.parse(inThisTab.read(PLACE) ?? "[]"));

/** The example that answers an id of a kind. */
export const ANSWERED_BY: Record<Kind, string> = {
  wf: "Create a workflow",
  exec: "Execute a workflow",
  cb: "Execute with a callback",
  key: "Create an API key",
  bulk: "Cancel many",
  view: "Save a view",
};

/** Takes note of an answer to `variables`; of several ids of a kind the first counts, as lists begin with the newest. */
export function remember(answer: unknown, variables: unknown): void {
  const told = JSON.stringify(answer);
  if (IS_GONE.test(told)) forget(JSON.stringify(variables ?? {}) + told);
  else noteIdsOf(told);
  inThisTab.write(PLACE, JSON.stringify([...latest]));
}

function noteIdsOf(told: string): void {
  const seen = new Set<string>();
  const hinted = OF_A_HINT.exec(told)?.[1];
  for (const [id, kind = ""] of (hinted ? `${told}"${hinted}"` : told).matchAll(ID))
    if (!seen.has(kind)) {
      seen.add(kind);
      latest.set(kind, id);
    }
}

// What was deleted, or is of a database that is no more, would be refused again and again.
function forget(said: string): void {
  for (const [kind, id] of latest) if (said.includes(id)) latest.delete(kind);
}

/** Puts ids in the place of `wf_...`, `exec_...`, `cb_...`, `key_...`, `bulk_...` and `view_...`, as far as there are any. */
export const fillIn = (variables: string): string =>
  variables.replace(PLACEHOLDER, (placeholder, kind: string) => latest.get(kind) ?? placeholder);

/** The kinds of ids that are still to be put into `variables`. */
export const missing = (variables: string): Kind[] =>
  [...variables.matchAll(PLACEHOLDER)].map(([, kind]) => kind as Kind);
