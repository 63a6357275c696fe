// What is asked for beside what is told: whichever comes first, the later of both is what is shown.
import { describe, expect, test } from "vitest";
import { type Answers, known } from "../src/ui/data/latest";
import type { RowFragment } from "../src/ui/data/documents";
import { EMPTY, goneOn, ofAnyStatus, readAnew } from "../src/ui/pages/executions/list-state";

interface Told {
  place: number;
  word: string;
}

const NONE: Answers<Told> = { there: [], latest: undefined };
const placeOf = (one: Told): number => one.place;
const one = (place: number, word = ""): Told => ({ place, word });

describe("of two answers", () => {
  test.each([
    ["asked", [one(5), one(2)]],
    ["told", [one(2), one(5)]],
  ])("the one that is further on is shown, the %s one", (_name, [asked, told]) => {
    expect(known(NONE, [asked, told], placeOf).latest?.place).toBe(5);
  });
  test("one of before that comes late changes nothing", () => {
    const told = one(5);
    expect(known(known(NONE, [undefined, told], placeOf), [one(2), told], placeOf).latest).toBe(told);
  });
  test("of two in one place the one that came last is shown, once", () => {
    const [told, again] = [one(5, "told"), one(5, "again")];
    const both = known(known(NONE, [undefined, told], placeOf), [again, told], placeOf);
    expect(both.latest).toBe(again);
    expect(known(both, [again, told], placeOf).latest).toBe(again);
  });
});

test("what is listened to has no status, wanted or not, and the rest of the filter", () => {
  const others = { workflowId: ["w"], without: { createdBy: ["ada"] } };
  expect(ofAnyStatus({ ...others, status: ["FAILED"], without: { ...others.without, status: ["QUEUED"] } })).toEqual(others);
  expect(ofAnyStatus({ status: ["FAILED"] })).toEqual({});
});

const row = (id: string, createdAt: string, status: RowFragment["status"]) => ({ id, createdAt, status }) as RowFragment;

test("a further page has what was told while it was on its way", () => {
  const first = readAnew(EMPTY, [row("c", "2026-01-03", "RUNNING")], [], {});
  const state = goneOn(first, [row("b", "2026-01-02", "RUNNING"), row("a", "2026-01-01", "RUNNING")], [row("b", "2026-01-02", "FAILED")], {});
  expect(state.rows.map((one) => [one.row.id, one.row.status])).toEqual([
    ["c", "RUNNING"],
    ["b", "FAILED"],
    ["a", "RUNNING"],
  ]);
  expect(state.newer).toEqual([]);
});

describe("a list that is read anew", () => {
  const page = [row("b", "2026-01-02", "RUNNING"), row("a", "2026-01-01", "RUNNING")];

  test("keeps what was told while it was on its way", () => {
    const state = readAnew(EMPTY, page, [row("a", "2026-01-01", "FAILED"), row("c", "2026-01-03", "QUEUED")], { status: ["RUNNING", "QUEUED"] });
    expect(state.rows.map(({ row, hasLeft }) => [row.id, row.status, hasLeft])).toEqual([
      ["b", "RUNNING", false],
      ["a", "FAILED", true],
    ]);
    expect(state.newer.map(({ id }) => id)).toEqual(["c"]);
  });
});
