// A tree of a value that is large begins with a part of it, whether or not the value stands by itself.
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { JsonTree } from "../src/ui/parts/json-tree";

// Its buttons listen for the network.
vi.hoisted(() => vi.stubGlobal("window", new EventTarget()));

const large = Array.from({ length: 15_000 }, (_, index) => index);
const drawn = (isBare: boolean, value: unknown): string => renderToStaticMarkup(createElement(JsonTree, { value, isBare, openDepth: 2 }));

test("of many fields without an object round them the first are drawn, and how many more there are", () => {
  const html = drawn(true, large);
  expect(html.match(/<li/g)).toHaveLength(101);
  expect(html).toContain("14900 more");
  expect(drawn(true, large.slice(0, 100)).match(/<li/g)).toHaveLength(100);
});

test("what has so many is closed at first", () => {
  expect(drawn(false, large).match(/<li/g)).toHaveLength(1);
  expect(drawn(false, [1, 2]).match(/<li/g)).toHaveLength(3);
});
