// Remembers the ids that were answered last, so that an example which needs one comes with it filled in.
const ID = /"(wf|exec|cb|key)_[0-9a-f]{16}"/g;
const PLACEHOLDER = /"(wf|exec|cb|key)_\.\.\."/g;

const latest = new Map<string, string>();

/** Takes note of an answer; of several ids of a kind the first counts, as lists begin with the newest. */
export function remember(answer: unknown): void {
  const seen = new Set<string>();
  for (const [id, kind = ""] of JSON.stringify(answer).matchAll(ID))
    if (!seen.has(kind)) {
      seen.add(kind);
      latest.set(kind, id);
    }
}

/** Puts ids in the place of `wf_...`, `exec_...`, `cb_...` and `key_...`, as far as there are any. */
export const fillIn = (variables: string): string =>
  variables.replace(PLACEHOLDER, (placeholder, kind: string) => latest.get(kind) ?? placeholder);
