// What is wrong with a text, as the service tells it, and how a finding is mended.
import type { ValidateQuery } from "../../data/documents";

export type Finding = NonNullable<ValidateQuery["validateWorkflow"]>["diagnostics"][number];

/** Where a column stands in a line: the service counts characters, of which some take two places here. */
export const placeOf = (line: string, column: number): number => [...line].slice(0, column - 1).join("").length;

/** The text with what a finding says in the place of what it is about. */
export function mended(text: string, finding: Finding): string {
  const { line, column, endLine, endColumn, fix } = finding;
  if (fix == null || !line || !column || endLine !== line || !endColumn) return text;
  const lines = text.split("\n");
  const before = lines[line - 1] ?? "";
  lines[line - 1] = before.slice(0, placeOf(before, column)) + fix + before.slice(placeOf(before, endColumn));
  return lines.join("\n");
}

/** How many lines two texts do not share, about. */
export function changedLines(before: string, after: string): number {
  const known = new Map<string, number>();
  for (const line of before.split("\n")) known.set(line, (known.get(line) ?? 0) + 1);
  let fresh = 0;
  for (const line of after.split("\n")) {
    const left = known.get(line) ?? 0;
    if (left > 0) known.set(line, left - 1);
    else fresh += 1;
  }
  const gone = [...known.values()].reduce((sum, count) => sum + count, 0);
  return Math.max(fresh, gone);
}
