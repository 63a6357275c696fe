// The entries of a journal as people read them: a shape, a few words, what goes with it in brief, and which are alike.
import type { EntryFragment, EventType } from "../../../data/documents";
import { amount } from "../../../words/amounts";
import type { Look } from "../../../words/executions";
import { moment } from "../../../words/times";
import { inBrief } from "../../../words/values";

export type Entry = EntryFragment;

const LOOKS: Readonly<Record<string, Look>> = {
  EXECUTION_QUEUED: { shape: "s-queue", tone: "idle", word: "accepted" },
  EXECUTION_STARTED: { shape: "s-run", tone: "run", word: "started" },
  EXECUTION_RESUMED: { shape: "s-run", tone: "run", word: "taken up again" },
  EXECUTION_STOPPING: { shape: "s-run", tone: "run", word: "clean-up begins" },
  EXECUTION_COMPLETED: { shape: "s-ok", tone: "ok", word: "completed" },
  EXECUTION_FAILED: { shape: "s-fail", tone: "fail", word: "failed" },
  EXECUTION_CANCELLED: { shape: "s-cancel", tone: "idle", word: "cancelled" },
  EXECUTION_PAUSED: { shape: "s-pause", tone: "hold", word: "paused" },
  EXECUTION_UNPAUSED: { shape: "s-run", tone: "run", word: "goes on" },
  ACTION_REOPENED: { shape: "s-run", tone: "run", word: "tried again by hand" },
  ACTION_STARTED: { shape: "s-run", tone: "run", word: "attempt began" },
  ACTION_SUCCEEDED: { shape: "s-ok", tone: "ok", word: "succeeded" },
  ACTION_FAILED: { shape: "s-fail", tone: "fail", word: "failed" },
  ACTION_REUSED: { shape: "s-ok", tone: "ok", word: "reused" },
  ACTION_SKIPPED: { shape: "s-skip", tone: "idle", word: "skipped" },
  ACTION_RETRY_SCHEDULED: { shape: "s-fail", tone: "fail", word: "attempt failed" },
  ACTION_DEFERRED: { shape: "s-wait", tone: "wait", word: "deferred" },
  ACTION_REPEAT_SCHEDULED: { shape: "s-wait", tone: "wait", word: "repeats" },
  ACTION_CANCELLED: { shape: "s-cancel", tone: "idle", word: "lost the race" },
  ACTION_WAITING: { shape: "s-wait", tone: "wait", word: "waits" },
};

/** The types that tell of a failure. */
export const FAILURES: readonly EventType[] = ["ACTION_FAILED", "ACTION_RETRY_SCHEDULED", "EXECUTION_FAILED"];

function part(data: unknown, key: string): unknown {
  return data !== null && typeof data === "object" ? (data as Record<string, unknown>)[key] : undefined;
}

/** The index of the item that it is about, if it is about one. */
export function itemOf(entry: Entry): number | null {
  const item = part(entry.data, "item");
  return typeof item === "number" ? item : null;
}

/** How an entry looks. A type that is not known is told by its own word. */
export function entryLook(entry: Entry): Look {
  const look = LOOKS[entry.type] ?? { shape: "s-none", tone: "idle", word: entry.type.toLowerCase().replaceAll("_", " ") };
  if (itemOf(entry) === null || !["ACTION_SUCCEEDED", "ACTION_FAILED"].includes(entry.type)) return look;
  return { ...look, word: `item ${look.word}` };
}

export const isFailure = (entry: Entry): boolean => FAILURES.includes(entry.type);

/** Where it happened: `charge`, `reserve:1`. */
export function placeOf(entry: Entry): string {
  const item = itemOf(entry);
  return entry.actionId === null ? "" : item === null ? entry.actionId : `${entry.actionId}:${item}`;
}

/** What goes with it, in one line. */
export function withWords(entry: Entry, now: Date): string {
  const { data } = entry;
  const error = part(data, "error");
  const due = part(data, "due_at");
  const at = typeof due === "string" ? moment(new Date(due), now) : null;
  if (error !== undefined && error !== null) {
    const words = `${String(part(error, "code") ?? "")} ${String(part(error, "http_status") ?? "")}`.trim();
    return `${words}: ${String(part(error, "message") ?? "")}${at ? ` · next attempt ${at}` : ""}`;
  }
  const resolved = part(data, "resolved_by");
  if (resolved !== undefined) return `by ${String(part(resolved, "user_id"))}: ${String(part(resolved, "reason"))}`;
  const response = part(data, "response");
  if (response !== undefined) return inBrief(response);
  const user = part(data, "user_id");
  const reason = part(data, "reason");
  if (typeof user === "string") return `by ${user}${typeof reason === "string" ? `: ${reason}` : ""}`;
  if (entry.type === "ACTION_CANCELLED") return `another one was the first for ${String(part(data, "lost_to"))}`;
  if (entry.type === "ACTION_SKIPPED") return reason === "when" ? "its condition was false" : "what it depends on ended otherwise";
  if (typeof reason === "string") return `${reason.replaceAll("_", " ")}${at ? `, until ${at}` : ""}`;
  if (at) return `until ${at}`;
  const items = part(data, "items");
  if (typeof items === "number") return amount(items, "item");
  const attempt = part(data, "attempt");
  if (typeof attempt === "number") return `attempt ${attempt}`;
  const outcome = part(data, "outcome");
  if (typeof outcome === "string") return `will end ${outcome}`;
  return inBrief(Object.keys(data ?? {}).length ? data : null);
}

/** Whether an entry is found by a text: in its type, its action or its data. */
export const isEntryFound = (entry: Entry, text: string): boolean =>
  `${entry.type} ${entryLook(entry).word} ${placeOf(entry)} ${JSON.stringify(entry.data)}`.toLowerCase().includes(text.trim().toLowerCase());

/** What makes entries alike: all but when, which attempt, and until when. */
function kindOf(entry: Entry): string {
  const error = part(entry.data, "error");
  return [entry.type, placeOf(entry), part(entry.data, "reason"), part(error, "code"), part(error, "http_status")].join("\n");
}

/** Entries in a row that are alike, newest first; the first one stands for all. */
export interface Run {
  first: Entry;
  rest: readonly Entry[];
}

const FEWEST = 3;
/** A cycle of so many entries is still a repeat, such as an attempt that begins and one that fails. */
const LONGEST_CYCLE = 3;

/** Folds what repeats: entries alike in a row, and cycles of a few. */
export function repeatsFolded(entries: readonly Entry[]): Run[] {
  const kinds = entries.map(kindOf);
  const runs: Run[] = [];
  let at = 0;
  while (at < entries.length) {
    let best = { cycle: 1, end: at + 1 };
    for (let cycle = 1; cycle <= LONGEST_CYCLE; cycle += 1) {
      let end = at + cycle;
      while (end < entries.length && kinds[end] === kinds[end - cycle]) end += 1;
      end -= (end - at) % cycle;
      if ((end - at) / cycle >= FEWEST && end > best.end) best = { cycle, end };
    }
    for (let place = 0; place < best.cycle; place += 1) {
      const first = entries[at + place];
      if (!first) continue;
      const isLast = place === best.cycle - 1;
      runs.push({ first, rest: isLast ? entries.slice(at + best.cycle, best.end) : [] });
    }
    at = best.end;
  }
  return runs;
}
