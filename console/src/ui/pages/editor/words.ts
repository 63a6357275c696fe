// What the editor completes: the keys of a workflow and its words from the JSON Schema, and the names of the text itself.
import { useEffect, useState } from "react";
import { at } from "../../data/place";
import type { Word } from "./code-editor";

interface Schema {
  description?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  [key: string]: unknown;
}

const SHORT = 60;

/** All keys and words that a schema knows, each once. */
function wordsOf(schema: unknown, found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(schema)) for (const part of schema) wordsOf(part, found);
  else if (schema !== null && typeof schema === "object") {
    const { properties, enum: words, const: word, description } = schema as Schema;
    for (const [name, property] of Object.entries(properties ?? {}))
      if (!found.has(name)) found.set(name, (property.description ?? "").slice(0, SHORT));
    for (const each of words ?? []) if (typeof each === "string" && !found.has(each)) found.set(each, "");
    if (typeof word === "string" && !found.has(word)) found.set(word, (description ?? "").slice(0, SHORT));
    for (const part of Object.values(schema)) wordsOf(part, found);
  }
  return found;
}

let known: Promise<Word[]> | undefined;

/** The words of workflows in general; none until they are there. */
export function useSchemaWords(): readonly Word[] {
  const [words, setWords] = useState<readonly Word[]>([]);
  useEffect(() => {
    known ??= fetch(at("/workflow.schema.json"))
      .then((answer) => answer.json() as Promise<unknown>)
      .then((schema) => [...wordsOf(schema)].map(([label, detail]) => ({ label, detail })));
    known.then(setWords, () => setWords([])); // without them the editor works, and completes less
  }, []);
  return words;
}

/** The names that a text gives to its actions and parameters. */
export function wordsIn(text: string): Word[] {
  const names = [...text.matchAll(/(?:action_id|name):\s*["']?([A-Za-z_][\w-]*)["']?\s*(?:[,}\n]|$)/g)].map((match) => match[1] ?? "");
  return [...new Set(names)].map((label) => ({ label, detail: "of this workflow" }));
}
