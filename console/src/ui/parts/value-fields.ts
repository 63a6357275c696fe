// What is typed into the fields of a form, and the JSON values that it means: both ways, with what is wrong.

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

export const allowed = (field: FieldDefinition): readonly unknown[] | null => (Array.isArray(field.allowedValues) ? field.allowedValues : null);

/** A value as it is typed. */
export function typedOf(field: FieldDefinition, value: unknown): string | boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (field.type === "BOOLEAN") return value === true;
  return field.type === "STRING" ? String(value) : JSON.stringify(value, null, field.type === "OBJECT" || field.type === "ARRAY" ? 2 : undefined);
}

/** What stands in the fields at first: the values given, else the defaults. */
export function typedFrom(fields: readonly FieldDefinition[], values: Readonly<Record<string, unknown>> = {}): Typed {
  return Object.fromEntries(fields.map((field) => [field.name, typedOf(field, values[field.name] ?? field.defaultValue)]));
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
export function shownIn(fields: readonly FieldDefinition[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
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
    case "INTEGER":
      return /^-?\d+$/.test(text) ? { value: Number(text) } : { fault: "A whole number, such as 12" };
    case "NUMBER":
      if (/^-?\d+,\d+$/.test(text)) return { fault: `A number, such as ${text.replace(",", ".")}` };
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? { value: Number(text) } : { fault: "A number, such as 24.9" };
    default: {
      try {
        const value: unknown = JSON.parse(text);
        const isRight = field.type === "ARRAY" ? Array.isArray(value) : typeof value === "object" && value !== null && !Array.isArray(value);
        if (isRight) return { value };
      } catch {
        // It is said below, as for any other JSON.
      }
      return { fault: field.type === "ARRAY" ? 'A list in JSON, such as ["a", "b"]' : 'An object in JSON, such as {"a": 1}' };
    }
  }
}

/** What was meant by what stands in the fields. */
export function meant(fields: readonly FieldDefinition[], typed: Typed): Meant {
  const values: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const given = typed[field.name];
    if (typeof given === "boolean") values[field.name] = given;
    else if (given === undefined || (given === "" && field.type !== "STRING") || (given === "" && !field.required)) {
      if (field.required && field.defaultValue == null) faults[field.name] = "It is required";
    } else {
      const result = one(field, given);
      const fault = "fault" in result ? result.fault : outside(field, result.value);
      if (fault) faults[field.name] = fault;
      else if ("value" in result) values[field.name] = result.value;
    }
  }
  return { values, faults };
}
