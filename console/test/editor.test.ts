// What is found in a text of a workflow stands where the service says, and is mended there.
import { expect, test } from "vitest";
import { type Finding, mended, placeOf } from "../src/ui/pages/editor/findings";

const LINE = 'message: "🎉 {{ordr}}"';

test("a place is counted in characters, whatever they take", () => {
  expect([1, 11, 12, 99].map((column) => placeOf(LINE, column))).toEqual([0, 10, 12, LINE.length]);
});

test("what stands behind an emoji is mended, and nothing beside it", () => {
  const finding = { line: 2, column: 15, endLine: 2, endColumn: 19, fix: "order" } as Finding;
  expect(mended(`a: 1\n${LINE}\nb: 2`, finding)).toBe('a: 1\nmessage: "🎉 {{order}}"\nb: 2');
});
