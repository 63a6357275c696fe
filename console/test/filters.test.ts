// The filter of the executions: what stands in the address, and what the service is asked for.
import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLEnumType } from "graphql";
import { describe, expect, test } from "vitest";
import { conditions, FIELDS, filterOf, labelOf, searchOf, STATUSES, stretchOf, stretchText, turned, WAITS } from "../src/ui/data/filters";
import { meant, typedFrom } from "../src/ui/parts/value-fields";

const SCHEMA = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
const valuesOf = (name: string): string[] => (SCHEMA.getType(name) as GraphQLEnumType).getValues().map((value) => value.name);
const NOW = new Date("2026-11-28T20:00:00Z");

describe("an address", () => {
  test("says the same there and back", () => {
    const search = "status=failed&status=running&label=env%3Dprod&started=4h&q=A-1008";
    const { conditions: all, unread } = conditions(search);
    expect(unread).toEqual([]);
    expect(searchOf(all)).toBe(search);
  });
  test("that cannot be read says which part, and the rest holds", () => {
    const { conditions: all, unread } = conditions("status=lost&started=soon&colour=red&waits=nobody&by=ada&view=mine");
    expect(unread).toEqual(["status=lost", "started=soon", "colour", "waits=nobody"]);
    expect(all).toEqual([{ field: "by", values: ["ada"] }]);
  });
  test("is what the service is asked for", () => {
    const { conditions: all } = conditions("status=failed&waits=signal&workflow=w&by=ada&error=TIMEOUT&label=env%3Dprod&label=team&started=4h&parent=p&q=tea");
    expect(filterOf(all, NOW)).toEqual({
      status: ["FAILED"],
      waitReason: ["SIGNAL"],
      workflowId: ["w"],
      createdBy: ["ada"],
      errorCode: ["TIMEOUT"],
      labels: [{ key: "env", value: "prod" }, { key: "team" }],
      created: { since: "2026-11-28T16:00:00.000Z" },
      parentId: ["p"],
      text: "tea",
    });
    expect(all.map((one) => one.field).sort()).toEqual(Object.keys(FIELDS).sort());
  });
  test("says what is not wanted by a minus, and both of one field", () => {
    const search = "status=-failed&workflow=w&workflow=-v&label=-env%3Dtest&by=-ada&error=-TIMEOUT&q=-5";
    const { conditions: all, unread } = conditions(search);
    expect([unread, searchOf(all)]).toEqual([[], search]);
    expect(filterOf(all, NOW)).toEqual({
      workflowId: ["w"],
      text: "-5",
      without: { status: ["FAILED"], workflowId: ["v"], labels: [{ key: "env", value: "test" }], createdBy: ["ada"], errorCode: ["TIMEOUT"] },
    });
    expect(conditions("status=-lost&waits=-signal").unread).toEqual(["status=-lost", "waits=-signal"]);
    expect(["failed", "-failed"].map(turned)).toEqual(["-failed", "failed"]);
  });
  test("knows the service's words, and no other", () => {
    expect(STATUSES.map((status) => status.toUpperCase()).filter((status) => !valuesOf("ExecutionStatus").includes(status))).toEqual([]);
    expect(Object.keys(WAITS).map((wait) => wait.toUpperCase()).filter((wait) => !valuesOf("WaitReason").includes(wait))).toEqual([]);
  });
  test("a label may have an equals sign in its value, or none", () => {
    expect([labelOf("a=b=c"), labelOf("a="), labelOf("a")]).toEqual([{ key: "a", value: "b=c" }, { key: "a", value: "" }, { key: "a" }]);
  });
  test("a range ends now, or is from one moment to another", () => {
    expect(stretchOf("90m", NOW)).toEqual({ since: new Date("2026-11-28T18:30:00Z"), until: NOW, endsNow: true });
    expect(stretchOf("7d", NOW)?.since).toEqual(new Date("2026-11-21T20:00:00Z"));
    expect(stretchOf("soon", NOW)).toBeNull();
    const [since, until] = [new Date("2026-11-28T16:00:00Z"), new Date("2026-11-28T18:00:00Z")];
    expect(stretchOf(stretchText(since, until), NOW)).toEqual({ since, until, endsNow: false });
  });
  test("a range from before all dates is none", () => {
    for (const text of ["99999999999d", `${"9".repeat(400)}m`, "900000d", "0000-01-01T00:00:00Z..2026-11-28T18:00:00Z"]) {
      expect(stretchOf(text, NOW)).toBeNull();
      const { conditions: all, unread } = conditions(`started=${text}`);
      expect([unread, filterOf(all, NOW)]).toEqual([[`started=${text}`], {}]);
    }
    expect(stretchOf("700000d", NOW)?.since.toISOString()).toMatch(/^0110-/);
  });
});

describe("a form", () => {
  const fields = [
    { name: "order", type: "STRING", required: true },
    { name: "amount", type: "NUMBER", required: false, defaultValue: 24.9, minimum: 0 },
    { name: "items", type: "ARRAY", required: false },
    { name: "gift", type: "BOOLEAN", required: false, defaultValue: false },
  ];
  test("begins with the defaults", () => {
    expect(typedFrom(fields)).toEqual({ order: undefined, amount: "24.9", items: undefined, gift: false });
  });
  test("means what is typed, and says what is not right", () => {
    expect(meant(fields, { order: "A-1", amount: "12", items: "[1]", gift: true })).toEqual({ values: { order: "A-1", amount: 12, items: [1], gift: true }, faults: {} });
    const { faults } = meant(fields, { amount: "24,90", items: "{}" });
    expect(faults).toEqual({ order: "It is required", amount: "A number, such as 24.90", items: 'A list in JSON, such as ["a", "b"]' });
    expect(meant(fields, { order: "A", amount: "-1" }).faults).toEqual({ amount: "At least 0" });
  });
});
