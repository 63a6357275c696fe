// What is typed into the fields of a form, and the JSON values that it means: both ways, with what is wrong.

export interface FieldDefinition {
  readonly name: string;
  readonly type: string;
  readonly description?: string | null;
  readonly required: boolean;
  readonly defaultValue?: unknown;
  readonly allowedValues?: unknown;
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
      if ("fault" in result) faults[field.name] = result.fault;
      else values[field.name] = result.value;
    }
  }
  return { values, faults };
}
