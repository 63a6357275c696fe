// What is typed into the fields of a form, and the JSON values that it means: both ways, with what is wrong.

import { givenJson, isObject } from "../words/given-json";
import { inBrief } from "../words/values";
import { environmentName, FromEnvironment } from "./call-texts";

export interface FieldDefinition {
  readonly name: string;
  readonly type: string;
  readonly description?: string | null;
  readonly required: boolean;
  readonly defaultValue?: unknown;
  readonly allowedValues?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly minLength?: number | null;
  readonly maxLength?: number | null;
  readonly format?: string | null;
  readonly multiline?: boolean | null;
  readonly secretHint?: boolean | null;
}

/** What stands in the fields, by their names: a text, or whether a box is ticked; absent where nothing was given. */
export type Typed = Readonly<Record<string, string | boolean | undefined>>;

/** The values that were meant, and what is wrong by the names of the fields. */
export interface Meant {
  values: Record<string, unknown>;
  faults: Record<string, string>;
}

/** The values that are there to be chosen from, if there are any. */
export function choicesOf(field: FieldDefinition): readonly unknown[] | null {
  if (Array.isArray(field.allowedValues)) return field.allowedValues;
  // A box cannot be left unanswered: where an answer is required, neither is taken for granted.
  return field.type === "BOOLEAN" && field.required && field.defaultValue == null ? [true, false] : null;
}

/** Values by the names of their fields. */
export type Values = Readonly<Record<string, unknown>>;

export const NO_VALUES: Values = {};

/** What holds where a field is left out: the value that it had before, else the default. */
export const heldWithout = (field: FieldDefinition, before: Values): unknown => before[field.name] ?? field.defaultValue ?? undefined;

/** What it means that a field is empty, where that is not plain: null where it is, or something stands there. */
export function emptyMeans(field: FieldDefinition, given: string | boolean | undefined, before: Values): string | null {
  const held = heldWithout(field, before);
  if (held === undefined || (given !== undefined && given !== "")) return null;
  if (given === "" && field.type === "STRING") return "Empty: an empty text";
  const value = field.secretHint ? "" : inBrief(held);
  if (before[field.name] != null) return value ? `Empty: stays ${value}` : "Empty: stays as it is";
  return value ? `Empty: the default, ${value}` : "Empty: the default";
}

/** A value as it is typed. */
export function typedOf(field: FieldDefinition, value: unknown): string | boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (field.type === "BOOLEAN") return value === true;
  return field.type === "STRING" ? String(value) : JSON.stringify(value, null, field.type === "OBJECT" || field.type === "ARRAY" ? 2 : undefined);
}

/** What stands in the fields at first: the values given, else the defaults. */
export function typedFrom(fields: readonly FieldDefinition[], values: Values = NO_VALUES): Typed {
  return Object.fromEntries(fields.map((field) => [field.name, typedOf(field, heldWithout(field, values))]));
}

const AS: Readonly<Record<string, string>> = {
  DATE: "A day, such as 2026-11-28",
  DATE_TIME: "A moment, such as 2026-11-28T20:36:00Z",
  EMAIL: "A mail address",
  URI: "An address, such as https://example.com",
  UUID: "A UUID",
};

/** What a value may be, in words; the service checks it. */
export function limits(field: FieldDefinition): string {
  const bounds = (low: unknown, high: unknown, unit: string) =>
    low != null && high != null ? `${low} to ${high}${unit}` : low != null ? `at least ${low}${unit}` : high != null ? `at most ${high}${unit}` : "";
  return [
    bounds(field.minimum, field.maximum, ""),
    bounds(field.minLength, field.maxLength, field.type === "ARRAY" ? " items" : " characters"),
    field.format ? (AS[field.format] ?? "").replace(/^An? /, "") : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** The values as a call shows them: what is typed as a secret is left to the environment. */
export function shownIn(fields: readonly FieldDefinition[], values: Values): Record<string, unknown> {
  const secret = new Set(fields.filter((field) => field.secretHint).map((field) => field.name));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, secret.has(name) ? new FromEnvironment(environmentName(name)) : value]));
}

/** Why a number or a text is not one that the field takes, as far as that is known here. */
function outside(field: FieldDefinition, value: unknown): string | null {
  if (typeof value === "number") {
    if (typeof field.minimum === "number" && value < field.minimum) return `At least ${field.minimum}`;
    if (typeof field.maximum === "number" && value > field.maximum) return `At most ${field.maximum}`;
  }
  const length = typeof value === "string" ? [...value].length : Array.isArray(value) ? value.length : null;
  if (length !== null && field.minLength != null && length < field.minLength) return `At least ${field.minLength} long`;
  if (length !== null && field.maxLength != null && length > field.maxLength) return `At most ${field.maxLength} long`;
  return null;
}

function one(field: FieldDefinition, typed: string): { value: unknown } | { fault: string } {
  const text = typed.trim();
  switch (field.type) {
    case "STRING":
      return { value: typed };
    case "BOOLEAN":
      return text === "true" || text === "false" ? { value: text === "true" } : { fault: "True or false" };
    case "INTEGER":
      if (!/^-?\d+$/.test(text)) return { fault: "A whole number, such as 12" };
      return Number.isSafeInteger(Number(text)) ? { value: Number(text) } : { fault: `From -${Number.MAX_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}: any other would be sent as one near to it` };
    case "NUMBER":
      if (/^-?\d+,\d+$/.test(text)) return { fault: `A number, such as ${text.replace(",", ".")}` };
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return { fault: "A number, such as 24.9" };
      return Number.isFinite(Number(text)) ? { value: Number(text) } : { fault: "A number that is not so large" };
    default: {
      const hint = field.type === "ARRAY" ? 'A list in JSON, such as ["a", "b"]' : 'An object in JSON, such as {"a": 1}';
      const read = givenJson(text, hint);
      if ("fault" in read) return read;
      const isRight = field.type === "ARRAY" ? Array.isArray(read.value) : isObject(read.value);
      return isRight ? read : { fault: hint };
    }
  }
}

/** Whether nothing is said of a field; a text that is empty is one where leaving it out would bring another back. */
function isLeftOut(field: FieldDefinition, given: string | boolean | undefined, before: Values): given is undefined | "" {
  if (given !== "") return given === undefined;
  return field.type !== "STRING" || (!field.required && heldWithout(field, before) === undefined);
}

/** What was meant by what stands in the fields; `before` are the values that hold until others replace them. */
export function meant(fields: readonly FieldDefinition[], typed: Typed, before: Values = NO_VALUES): Meant {
  const values: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const given = typed[field.name];
    const was = before[field.name];
    if (isLeftOut(field, given, before)) {
      if (field.required && heldWithout(field, before) === undefined) faults[field.name] = "It is required";
    } else if (typeof given === "boolean") values[field.name] = given;
    // One that no number here is the same as stays what it was, unless it is touched.
    else if (typeof was === "number" && given === typedOf(field, was)) values[field.name] = was;
    else {
      const result = one(field, given);
      const fault = "fault" in result ? result.fault : outside(field, result.value);
      if (fault) faults[field.name] = fault;
      else if ("value" in result) values[field.name] = result.value;
    }
  }
  return { values, faults };
}

/** What is to replace the values that held before: those alone that are other ones. */
export function replacing(fields: readonly FieldDefinition[], values: Values, before: Values): Record<string, unknown> {
  const isSame = (field: FieldDefinition) => JSON.stringify(values[field.name]) === JSON.stringify(heldWithout(field, before));
  return Object.fromEntries(fields.filter((field) => field.name in values && !isSame(field)).map((field) => [field.name, values[field.name]]));
}
