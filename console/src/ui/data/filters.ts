// The filter of a list of executions, as it stands in the address: `status=failed&started=4h`.
import type { ExecutionFilterInput } from "./documents";

/** One condition: a field, and any of some values. */
export interface Condition {
  field: Field;
  values: readonly string[];
}

export type Field = "status" | "workflow" | "label" | "waits" | "by" | "error" | "started" | "parent" | "q";

/** What each field of the address is called, in the order in which they are offered. */
export const FIELDS: Readonly<Record<Field, string>> = {
  status: "status",
  workflow: "workflow",
  label: "label",
  waits: "waits for",
  by: "by",
  error: "error",
  started: "started in the last",
  parent: "started by",
  q: "has the text",
};

/** What an execution may be asked for to wait for, in the words of the address. */
export const WAITS: Readonly<Record<string, string>> = {
  approval: "a person's decision",
  signal: "a signal",
  timer: "a moment",
  execution: "another execution",
  retry_backoff: "its next attempt",
  circuit_open: "an open circuit",
  rate_limit: "a rate limit",
  repeat_delay: "its next iteration",
  workflow_limit: "its turn",
  worker: "a worker",
  paused: "somebody to resume it",
};

/** Of which fields an address may say what is *not* wanted: `status=-failed`. */
const EXCLUDES: ReadonlySet<Field> = new Set(["status", "workflow", "label", "by", "error"]);

/** Whether a value says what is not wanted, and what it is without that. */
export const isUnwanted = (value: string): boolean => value.startsWith("-");
export const bare = (value: string): string => (isUnwanted(value) ? value.slice(1) : value);

/** The same value as what is wanted, if it was not, and the other way round. */
export const turned = (value: string): string => (isUnwanted(value) ? bare(value) : `-${value}`);

/** Whether what a field says can be turned round. */
export const canBeTurned = (field: Field): boolean => EXCLUDES.has(field);

export const STATUSES = ["queued", "running", "paused", "completed", "failed", "cancelled"] as const;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const RANGE = /^(\d+)([mhd])$/;
const FROM_TO = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)\.\.(\d{4}-\d\d-\d\dT[\d:.]+Z)$/;

/** The conditions of an address, and the parts of it that cannot be read. */
export function conditions(search: string): { conditions: Condition[]; unread: string[] } {
  const found: Condition[] = [];
  const unread: string[] = [];
  const address = new URLSearchParams(search);
  for (const field of new Set(address.keys())) {
    if (!(field in FIELDS)) {
      if (field !== "view") unread.push(field);
      continue;
    }
    const values = address.getAll(field);
    if (field === "started" && !stretchOf(values[0] ?? "", new Date(0))) unread.push(`started=${values[0]}`);
    else if (field === "status" && values.some((value) => !(STATUSES as readonly string[]).includes(bare(value))))
      unread.push(`status=${values.join(",")}`);
    else if (field === "waits" && values.some((value) => !(value in WAITS))) unread.push(`waits=${values.join(",")}`);
    else found.push({ field: field as Field, values });
  }
  return { conditions: found, unread };
}

/** The address of some conditions. */
export function searchOf(all: readonly Condition[]): string {
  const address = new URLSearchParams();
  for (const { field, values } of all) for (const value of values) address.append(field, value);
  return address.toString();
}

/** A stretch of time; one that ends now goes on with the time. */
export interface TimeStretch {
  since: Date;
  until: Date;
  endsNow: boolean;
}

const tellsIt = (at: Date): boolean => at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9999;

/** The stretch that a text such as `4h` or `2026-11-28T16:00:00Z..2026-11-28T18:00:00Z` means; null for any other, and where the service has no date for it. */
export function stretchOf(text: string, now: Date): TimeStretch | null {
  const [, count, unit] = RANGE.exec(text) ?? [];
  if (count && unit) {
    const since = new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
    return tellsIt(since) ? { since, until: now, endsNow: true } : null;
  }
  const [, from, to] = FROM_TO.exec(text) ?? [];
  const [since, until] = [new Date(from ?? ""), new Date(to ?? "")];
  return tellsIt(since) && since < until ? { since, until, endsNow: false } : null;
}

/** A stretch as it stands in the address, to the second. */
export const stretchText = (since: Date, until: Date): string => [since, until].map((at) => at.toISOString().replace(/\.\d+Z$/, "Z")).join("..");

/** What the service is asked for by some conditions; a range begins before `now`. */
export function filterOf(all: readonly Condition[], now: Date): ExecutionFilterInput {
  const filter: Record<string, unknown> = {};
  const without: Record<string, unknown> = {};
  for (const { field, values: given } of all) {
    const unwanted = canBeTurned(field) ? given.filter(isUnwanted).map(bare) : [];
    if (unwanted.length) addTo(without, field, unwanted, now);
    const values = canBeTurned(field) ? given.filter((value) => !isUnwanted(value)) : given;
    if (values.length) addTo(filter, field, values, now);
  }
  return (Object.keys(without).length ? { ...filter, without } : filter) as ExecutionFilterInput;
}

/** Says in a filter what a field is to be. */
function addTo(filter: Record<string, unknown>, field: Field, values: readonly string[], now: Date): void {
  switch (field) {
    case "status":
      filter.status = values.map((value) => value.toUpperCase());
      break;
    case "workflow":
      filter.workflowId = values;
      break;
    case "by":
      filter.createdBy = values;
      break;
    case "error":
      filter.errorCode = values;
      break;
    case "label":
      filter.labels = values.map(labelOf);
      break;
    case "waits":
      filter.waitReason = values.map((value) => value.toUpperCase());
      break;
    case "q":
      filter.text = values[0];
      break;
    case "parent":
      filter.parentId = values;
      break;
    case "started": {
      const stretch = stretchOf(values[0] ?? "", now);
      if (stretch) filter.created = { since: stretch.since.toISOString(), ...(stretch.endsNow ? {} : { until: stretch.until.toISOString() }) };
      break;
    }
  }
}

/** A label as it stands in the address: `env=prod`, or `env` for any value. */
export function labelOf(text: string): { key: string; value?: string } {
  const place = text.indexOf("=");
  return place < 0 ? { key: text } : { key: text.slice(0, place), value: text.slice(place + 1) };
}
