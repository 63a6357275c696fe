// That all can be read: each colour of tokens.css has its contrast on all that it is used on, in both schemes.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const CSS = readFileSync(new URL("../src/ui/styles/tokens.css", import.meta.url), "utf8");
const TOKENS = new Map([...CSS.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g)].map(([, name, light, dark]) => [name ?? "", [light ?? "", dark ?? ""] as const]));

/** The relative luminance of WCAG 2.2. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((place) => {
    const part = Number.parseInt(hex.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function ratio(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const GROUND = ["sunken", "canvas", "surface", "raised", "hover", "chosen"];
const CODE = ["sunken", "surface", "raised"];
const STATES = ["ok", "fail", "run", "wait", "hold", "idle"];
const TEXT = 4.5;
const SHAPE = 3;
/** Each colour, what it needs, and on what it stands. */
const PAIRS: readonly (readonly [string, number, readonly string[]])[] = [
  ...["text", "text-2"].map((name) => [name, TEXT, [...GROUND, "press", ...STATES.map((state) => `${state}-tint`)]] as const),
  ["text-3", TEXT, GROUND],
  ["brand", TEXT, GROUND],
  ...STATES.flatMap((state) => [[state, TEXT, [...GROUND, `${state}-tint`]] as const, [`${state}-solid`, SHAPE, GROUND] as const]),
  ...["c-key", "c-str", "c-num", "c-ref", "c-com"].map((name) => [name, TEXT, CODE] as const),
  ["on-ink", TEXT, ["ink", "ink-hover"]],
  ["line-ctl", SHAPE, ["sunken", "canvas", "surface", "raised"]],
  ["focus", SHAPE, GROUND],
];

describe.each(["light", "dark"] as const)("in %s", (scheme) => {
  const colour = (name: string): string => {
    const both = TOKENS.get(name);
    if (!both) throw new Error(`tokens.css has no --${name}`);
    return both[scheme === "light" ? 0 : 1];
  };
  test.each(PAIRS)("--%s has %d:1 on all that it is on", (name, needed, grounds) => {
    const low = grounds.map((ground) => [ground, ratio(colour(name), colour(ground))] as const).filter(([, found]) => found < needed);
    expect(low).toEqual([]);
  });
});

test("black on white is 21:1", () => expect(ratio("#000000", "#ffffff")).toBeCloseTo(21));
