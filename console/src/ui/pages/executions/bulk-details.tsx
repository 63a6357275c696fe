// What is asked besides where many executions are labelled or done over.
import type { BulkKind, CreateBulkOperationInput, RerunDefinition, RerunFrom } from "../../data/documents";
import { TextField, Tick } from "../../parts/field";
import styles from "./bulk.module.css";

/** What was chosen and typed, of both kinds. */
export interface Details {
  from: Extract<RerunFrom, "FAILED" | "START">;
  definition: RerunDefinition;
  /** Labels as they are typed: `env=prod team=billing`, and the keys of those that go. */
  set: string;
  remove: string;
}

export const NO_DETAILS: Details = { from: "FAILED", definition: "ORIGINAL", set: "", remove: "" };

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** What is sent of them, or why it cannot be yet. */
export function detailsInput(kind: BulkKind, details: Details): { input: Pick<CreateBulkOperationInput, "labels" | "rerun">; fault: string | null } {
  if (kind === "RERUN") return { input: { rerun: { from: details.from, definition: details.definition } }, fault: null };
  if (kind !== "LABEL") return { input: {}, fault: null };
  const pairs = words(details.set);
  const remove = words(details.remove);
  const wrong = pairs.find((pair) => pair.indexOf("=") < 1);
  if (wrong) return { input: {}, fault: `${wrong} has no value: write ${wrong.replace(/^=/, "key=")}${wrong.includes("=") ? "" : "=value"}` };
  if (pairs.length + remove.length === 0) return { input: {}, fault: "Say which labels first" };
  const set = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  return { input: { labels: { ...(pairs.length ? { set } : {}), ...(remove.length ? { remove } : {}) } }, fault: null };
}

interface Props {
  kind: BulkKind;
  details: Details;
  onChange: (details: Details) => void;
}

export function DetailFields({ kind, details, onChange }: Props) {
  if (kind === "LABEL")
    return (
      <>
        <TextField label="Set" placeholder="env=prod team=billing" hint="Several with a space between them." value={details.set} onChange={(event) => onChange({ ...details, set: event.target.value })} />
        <TextField label="Take away" placeholder="env" hint="The keys alone." value={details.remove} onChange={(event) => onChange({ ...details, remove: event.target.value })} />
      </>
    );
  if (kind !== "RERUN") return null;
  return (
    <>
      <fieldset className={styles.set}>
        <legend>Begin at</legend>
        <Tick type="radio" name="from" label="What failed, and what it needs" checked={details.from === "FAILED"} onChange={() => onChange({ ...details, from: "FAILED" })} />
        <Tick type="radio" name="from" label="The beginning, nothing reused" checked={details.from === "START"} onChange={() => onChange({ ...details, from: "START" })} />
      </fieldset>
      <fieldset className={styles.set}>
        <legend>With the definition</legend>
        <Tick type="radio" name="definition" label="That each ran on" checked={details.definition === "ORIGINAL"} onChange={() => onChange({ ...details, definition: "ORIGINAL" })} />
        <Tick type="radio" name="definition" label="The newest" checked={details.definition === "LATEST"} onChange={() => onChange({ ...details, definition: "LATEST" })} />
      </fieldset>
    </>
  );
}
