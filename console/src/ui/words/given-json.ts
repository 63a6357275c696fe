// Reads JSON that somebody typed, and refuses what the browser would send otherwise than it stands there.

/** A text, which may have digits in it, or a number. */
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

export type Read = { value: unknown } | { fault: string };

/** What a text means as JSON; where it is none `hint` is said, or else where that begins. */
export function givenJson(text: string, hint?: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    return { fault: hint ?? (problem instanceof Error ? problem.message : "This is no JSON") };
  }
  const other = [...text.matchAll(TEXT_OR_NUMBER)].map(([token]) => token).find(isSentAsAnother);
  return other === undefined ? { value } : { fault: `The browser would not send ${other} as it stands: write it as a text, or use the API` };
}

/** Whether a value is an object, and so neither a list nor nothing. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSentAsAnother(token: string): boolean {
  if (token.startsWith('"')) return false;
  return /^-?\d+$/.test(token) ? !Number.isSafeInteger(Number(token)) : !Number.isFinite(Number(token));
}
