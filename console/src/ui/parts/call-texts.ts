// A call as a text: GraphQL, cURL and Python, none of which holds a credential, and each of which can be run as it is.
import type { TypedDocumentNode } from "@urql/core";
import { print } from "graphql";
import { freshKey } from "../data/fresh-key";

/** A document with its variables, as a button sends them. */
export interface Call {
  document: TypedDocumentNode<never, never> | TypedDocumentNode<unknown, Record<string, unknown>>;
  variables: Record<string, unknown>;
}

export type Form = "graphql" | "curl" | "python";

/** What stands in a call in the place of a secret: the name of a variable of the environment. */
export class FromEnvironment {
  constructor(readonly name: string) {}
}

/** The name of a variable of the environment for a field. */
export const environmentName = (field: string): string => field.replaceAll(/\W/g, "_").toUpperCase();

/** A text of JSON in which each character is seen: those that are not, or turn others round, stand there by number. */
const seen = (json: string): string =>
  json.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (hidden) => [...Array(hidden.length).keys()].map((at) => `\\u${hidden.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""));

/** JSON; `secret` says what stands for a secret. */
function json(value: unknown, secret: (name: string) => string, indent?: number): string {
  const secrets = new Map<string, string>();
  const text = JSON.stringify(
    value,
    (_, one: unknown) => {
      if (!(one instanceof FromEnvironment)) return one;
      const mark = `secret ${freshKey()}`;
      secrets.set(JSON.stringify(mark), secret(one.name));
      return mark;
    },
    indent,
  );
  return [...secrets].reduce((whole, [mark, words]) => whole.replace(mark, () => words), seen(text));
}

/** A text as one word of a shell, which reads everything in single quotes as it is, but for the quote itself. */
export const inQuotes = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function curl(address: string, query: string, variables: unknown): string {
  // A secret is left out of the quotes.
  const quoted = inQuotes(json({ query: query.replaceAll(/\s+/g, " "), variables }, (name) => `"\u0000"$${name}"\u0000"`)).replaceAll("\u0000", "'");
  return `curl ${inQuotes(address)} \\\n  -H "X-API-Key: $ORCHESTRATOR_API_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted}`;
}

/** A value as Python writes it: of a text JSON's own form is one of Python's too. */
function python(value: unknown, indent: string): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof FromEnvironment) return `os.environ["${value.name}"]`;
  if (typeof value !== "object") return seen(JSON.stringify(value));
  const deeper = `${indent}    `;
  const parts = Array.isArray(value)
    ? value.map((one) => python(one, deeper))
    : Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [`${seen(JSON.stringify(key))}: ${python(one, deeper)}`]));
  const [opening, closing] = Array.isArray(value) ? "[]" : "{}";
  return parts.length === 0 ? `${opening}${closing}` : `${opening}\n${parts.map((part) => `${deeper}${part},\n`).join("")}${indent}${closing}`;
}

/** A call in each form, to the service at `address`. */
export function texts({ document, variables }: Call, address: string): Record<Form, string> {
  const query = print(document).trim();
  return {
    graphql: `${query}\n\n# variables\n${json(variables, (name) => `"$${name}"`, 2)}`,
    curl: curl(address, query, variables),
    python: [
      "import json, os, urllib.request",
      "",
      `query = """\n${query}\n"""`,
      `variables = ${python(variables, "")}`,
      "asked = urllib.request.Request(",
      `    "${address}",`,
      '    json.dumps({"query": query, "variables": variables}).encode(),',
      '    {"X-API-Key": os.environ["ORCHESTRATOR_API_KEY"], "Content-Type": "application/json"},',
      ")",
      "print(json.load(urllib.request.urlopen(asked)))",
    ].join("\n"),
  };
}
