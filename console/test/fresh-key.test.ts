// Keys are made, and calls are written down, where a page came over plain HTTP: a browser has no `randomUUID` there.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse } from "graphql";
import { freshKey } from "../src/ui/data/fresh-key";
import { FromEnvironment, texts } from "../src/ui/parts/call-texts";

beforeEach(() => {
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) });
});
afterEach(() => void vi.unstubAllGlobals());

test("a key is another one each time", () => {
  const keys = Array.from({ length: 100 }, freshKey);
  expect(new Set(keys).size).toBe(100);
  expect(keys.filter((key) => !/^[0-9a-f]{32}$/.test(key))).toEqual([]);
});

test("a call with a secret is written down", () => {
  const call = { document: parse("mutation { it }") as never, variables: { value: new FromEnvironment("PIN") } };
  expect(texts(call, "http://host/graphql").graphql).toContain('"value": "$PIN"');
});
