// How long an execution may still take, with and without pauses.
import { expect, test } from "vitest";
import { timeLeft } from "../src/ui/pages/execution/time-left";

const at = (second: number): string => new Date(Date.UTC(2026, 10, 28, 20, 0, second)).toISOString();
const execution = { status: "RUNNING", startedAt: at(0), workflow: { timeoutSeconds: 60 } };
const left = (second: number, pauses: Parameters<typeof timeLeft>[1] = [], more: object = {}) => timeLeft({ ...execution, ...more }, pauses, Date.parse(at(second)));
const paused = (from: number, to: number) => [
  { type: "EXECUTION_PAUSED", at: at(from) } as const,
  { type: "EXECUTION_UNPAUSED", at: at(to) } as const,
];

test("what is left is less by what has gone, without the pauses", () => {
  expect(left(15)).toBe(45_000);
  expect(left(15, paused(2, 14))).toBe(57_000);
  expect(left(30, [...paused(2, 14), ...paused(20, 25)])).toBe(47_000);
});

test("a pause before the start was of the queue's time", () => {
  expect(left(15, paused(-20, -5))).toBe(45_000);
  expect(left(15, paused(-20, 5))).toBe(50_000);
});

test("nothing is told where it does not run, or cleans up, or is over", () => {
  expect(left(15, [], { status: "PAUSED" })).toBeNull();
  expect(left(15, [], { stopping: "FAILED" })).toBeNull();
  expect(left(90)).toBeNull();
});
