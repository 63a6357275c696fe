// A value in one short line, as it stands in a list.

const MOST = 120;

/** `R-5501`, `{ id: "R-5501", until: … }`, `[ "a", "b" ]`, or nothing where there is nothing. */
export function inBrief(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value.length > MOST ? `${value.slice(0, MOST)}…` : value;
  if (typeof value !== "object") return String(value);
  const text = JSON.stringify(value, null, 1).replaceAll(/\s*\n\s*/g, " ").replaceAll(/"([A-Za-z_]\w*)":/g, "$1:");
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
