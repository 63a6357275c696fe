// What is said of executions: each value that the service may send has its words.
import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLEnumType } from "graphql";
import { describe, expect, test } from "vitest";
import { actionLook, isUndone, lookOf, strongestWait } from "../src/ui/words/executions";
import { inOneLine, todo } from "../src/ui/words/failures";
import { said } from "../src/ui/words/reasons";
import { because, counted, fateOf, promise } from "../src/ui/words/reruns";
import { standing } from "../src/ui/words/standing";
import { actionIcon, actionWord } from "../src/ui/words/action-types";
import { amount } from "../src/ui/words/amounts";
import { callOf, does, plain } from "../src/ui/words/deeds";
import { bytes, sizeOf } from "../src/ui/words/sizes";
import { type Entry, withWords } from "../src/ui/pages/execution/areas/event-words";
import { duration, exactly, moment, roughly } from "../src/ui/words/times";
import { inBrief } from "../src/ui/words/values";
import { shortId } from "../src/ui/words/ids";

const SCHEMA = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
const valuesOf = (name: string): string[] => (SCHEMA.getType(name) as GraphQLEnumType).getValues().map((value) => value.name);
const NOW = new Date(2026, 10, 28, 20, 36, 37);
const inMinutes = (minutes: number): string => new Date(NOW.getTime() + minutes * 60_000).toISOString();

/** What is told only where the service is newer than the console. */
const UNKNOWN = "UNKNOWN";
const MADE_UP = "SOMETHING_NEW";

describe("why something waits", () => {
  test.each(valuesOf("WaitReason"))("%s has an icon and a sentence of its own", (waitReason) => {
    const told = said({ waitReason }, NOW);
    const other = said({ waitReason: MADE_UP }, NOW);
    expect(told.why).not.toContain(waitReason);
    expect(told.why).toMatch(/^[A-Z].*\.$/);
    expect(told.short).not.toBe(waitReason.toLowerCase().replaceAll("_", " "));
    expect([told.icon, told.why]).not.toEqual([other.icon, other.why]);
  });
  test("a moment, a service and a place in line are told where they are known", () => {
    expect(said({ waitReason: "CIRCUIT_OPEN", service: "pager", until: inMinutes(6) }, NOW).short).toBe("the circuit of pager is open, until 20:42:37, in 6 min");
    expect(said({ waitReason: "CONCURRENCY", service: "crm", position: 3 }, NOW).short).toBe("crm has as many calls under way as it may, number 3 in line");
    expect(said({ waitReason: "SIGNAL", signal: "email_confirmed" }, NOW).why).toBe("It waits for the signal “email_confirmed”.");
    expect(said({ waitReason: "RETRY_BACKOFF", attempt: 2, until: inMinutes(1) }, NOW).short).toBe("attempt 3 at 20:37:37, in 1 min");
    expect(said({ waitReason: "DEPENDENCIES", dependsOn: ["a", "b"] }, NOW).short).toBe("after a, b");
  });
  test("of several waits the one that matters most to people is told, while nothing is at work", () => {
    const waiting = [{ waitReason: "TIMER" }, { waitReason: "APPROVAL" }];
    expect(strongestWait({ status: "RUNNING", waiting })).toEqual({ waitReason: "APPROVAL" });
    expect(strongestWait({ status: "RUNNING", waiting, actions: [{ actionId: "a", status: "RUNNING" }] })).toBeNull();
    expect(strongestWait({ status: "QUEUED", waiting })).toBeNull();
  });
});

describe("why something failed", () => {
  test.each(valuesOf("ActionErrorCode").filter((code) => code !== UNKNOWN))("%s has a line of what to do", (code) => {
    expect(todo({ code, message: "" })).not.toBe(todo({ code: MADE_UP, message: "" }));
    expect(todo({ code, message: "" })).toMatch(/^[A-Z].*\.$/);
  });
  test("in one line: where, what, and what was said", () => {
    expect(inOneLine({ code: "HTTP_ERROR", message: "no such street", httpStatus: 422, actionId: "ship" })).toBe("ship: HTTP_ERROR 422, no such street");
    expect(inOneLine({ code: "TIMEOUT", message: "too long" })).toBe("TIMEOUT, too long");
  });
});

describe("how it stands", () => {
  test.each(valuesOf("ExecutionStatus").filter((status) => status !== UNKNOWN))("%s has a shape and a word of its own", (status) => {
    const others = valuesOf("ExecutionStatus").filter((other) => other !== status && other !== UNKNOWN).map((other) => lookOf({ status: other }));
    expect(others.map((look) => look.shape)).not.toContain(lookOf({ status }).shape);
    expect(others.map((look) => look.word)).not.toContain(lookOf({ status }).word);
  });
  test.each(valuesOf("ActionStatus").filter((status) => status !== UNKNOWN))("an action that is %s has a look", (status) => {
    expect(actionLook(status)).not.toEqual(actionLook(null));
  });
  test("what waits, stops or was undone is told apart from what runs or ended", () => {
    expect(lookOf({ status: "RUNNING", waiting: [{ waitReason: "APPROVAL" }] }).word).toBe("Needs a person");
    expect(lookOf({ status: "RUNNING", strip: "sw" }).word).toBe("Waiting");
    expect(lookOf({ status: "RUNNING", strip: "swr" }).word).toBe("Running");
    expect(lookOf({ status: "RUNNING", stopping: "CANCELLED" }).word).toBe("Cancels");
    expect(isUndone("a", { status: "FAILED", actions: [{ actionId: "a.compensate", status: "SUCCESS" }] })).toBe(true);
    expect(isUndone("a", { status: "FAILED", actions: [{ actionId: "a.compensate", status: "FAILED" }] })).toBe(false);
  });
  test("in words", () => {
    const none = { undone: 0, toUndo: 0, notUndone: [] };
    expect(standing({ status: "FAILED" }, none)).toBe("Failed");
    expect(standing({ status: "FAILED" }, { undone: 2, toUndo: 2, notUndone: [] })).toBe("Failed, all undone");
    expect(standing({ status: "FAILED" }, { undone: 1, toUndo: 2, notUndone: ["charge"] })).toBe("Failed, 1 not undone");
    expect(standing({ status: "RUNNING", stopping: "CANCELLED" }, { undone: 1, toUndo: 2, notUndone: [] })).toBe("Cancels: 1 of 2 undone");
    expect(standing({ status: "RUNNING", waiting: [{ waitReason: "CIRCUIT_OPEN", service: "payments" }] }, none)).toBe("Waits for payments");
  });
});

describe("what a rerun does", () => {
  const judged = (verdict: string, reason: string, more: object = {}) => ({ actionId: "a", phase: "MAIN", verdict, reason, becauseOf: [], reusedItems: [], ...more });
  test.each(valuesOf("ReuseReason").filter((reason) => reason !== UNKNOWN))("%s is told in words", (reason) => {
    const told = because(judged("RUNS", reason, { becauseOf: ["b"] }), "1.2");
    expect(told).not.toBe(reason.toLowerCase().replaceAll("_", " "));
  });
  test("the button counts what is reused and what runs, without what cleans up", () => {
    const actions = [judged("REUSED", "SUCCEEDED"), judged("REUSED", "SKIPPED"), judged("RUNS", "FAILED"), judged("RUNS", "CLEAN_UP")];
    expect(actions.map(fateOf)).toEqual(["reused", "skipped", "runs", "runs"]);
    expect(counted(actions)).toEqual({ reused: 1, skipped: 1, given: 0, runs: 1 });
    expect(promise(actions)).toBe("1 reused, 1 runs");
    expect(because(judged("RUNS", "DEPENDENCY", { becauseOf: ["a", "b", "c", "d"], totalItems: 9, reusedItems: [1, 2] }), "1.2")).toBe(
      "it follows a, b, c and 1 more; 2 of 9 items are reused",
    );
  });
});

const TYPES: string[] = JSON.parse(readFileSync(new URL("../../workflow.schema.json", import.meta.url), "utf8")).$defs.ActionDefinition.properties.action_type.enum;

describe("what an action does", () => {
  test.each(TYPES)("%s has an icon of its own, and words", (type) => {
    const others = [MADE_UP, ...TYPES.filter((other) => other !== type)];
    expect(others.map(actionIcon)).not.toContain(actionIcon(type));
    expect(others.map((other) => does(other, {}).words)).not.toContain(does(type, {}).words);
    expect(actionWord(type)).not.toContain("_");
  });
  test("one that ends the execution says how", () => {
    expect(does("fail", { message: "out of stock", code: "SOLD_OUT" })).toEqual({ words: "fails: out of stock", code: "SOLD_OUT" });
    expect(actionWord("finish")).toBe("ends the execution well");
  });
  test("a call without a method is the POST that the service makes of it", () => {
    expect(does("service_call", { service: "stock", endpoint: "/reservations" })).toEqual({ words: "stock", code: "POST /reservations" });
    expect(callOf({ method: "DELETE", endpoint: "/a" })).toBe("DELETE /a");
  });
  test("a type that is not known has its name", () => {
    expect(does("call_the_moon", {}).words).toBe("call the moon");
  });
  test("what holds a template is not what is used", () => {
    expect(plain({ service: "{{where}}" }, "service")).toBeNull();
    expect(plain({ service: "stock" }, "service")).toBe("stock");
  });
});

describe("numbers and moments", () => {
  test.each([
    [86, "86 ms"],
    [1840, "1.8 s"],
    [9949, "9.9 s"],
    [9960, "9.9 s"],
    [252_000, "4 m 12 s"],
    [9_480_000, "2 h 38 m"],
    [183_600_000, "2 d 3 h"],
    [-5, "0 ms"],
  ])("%d ms are %s", (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });
  test("roughly, in one unit", () => {
    expect([400, 18_000, 360_000, 7_200_000, 172_800_000].map(roughly)).toEqual(["1 s", "18 s", "6 min", "2 h", "2 d"]);
  });
  test("a time-out is told as it was set", () => {
    expect([5_400_000, 7_200_000, 90_000, 172_860_000, 0].map(exactly)).toEqual(["1 h 30 min", "2 h", "1 min 30 s", "2 d 1 min", "0 s"]);
  });
  test("a number has its word", () => {
    expect([amount(0, "run"), amount(1, "run"), amount(1204, "run")]).toEqual(["0 runs", "1 run", `${(1204).toLocaleString()} runs`]);
    expect([1, 2].map((count) => amount(count, "call waits", "calls wait"))).toEqual(["1 call waits", "2 calls wait"]);
    expect(withWords({ type: "ACTION_STARTED", actionId: "a", data: { items: 1 } } as Entry, NOW)).toBe("1 item");
  });
  test("a moment is told by what of it is not today's", () => {
    expect(moment(new Date(2026, 10, 28, 9, 5, 7), NOW)).toBe("09:05:07");
    expect(moment(new Date(2026, 10, 27, 9, 5, 7), NOW)).toBe("27 Nov 09:05");
    expect(moment(new Date(2025, 0, 3), NOW)).toBe("3 Jan 2025");
  });
  test("sizes count bytes", () => {
    expect(sizeOf("ä")).toBe(4);
    expect(sizeOf(undefined)).toBe(0);
    expect([812, 3174, 2_516_582].map(bytes)).toEqual(["812 bytes", "3.1 KB", "2.4 MB"]);
  });
  test("a value in brief, an id at a glance", () => {
    expect(inBrief({ id: "R-1", "a b": [1, null] })).toBe('{ id: "R-1", "a b": [ 1, null ] }');
    expect(inBrief("x".repeat(200))).toHaveLength(121);
    expect(inBrief(null)).toBe("");
    expect(shortId("exec_8f14e45f7c1e09a4")).toBe("7c1e09a4");
  });
});
