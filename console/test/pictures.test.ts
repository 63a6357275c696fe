// What is drawn: where boxes lie, what is folded, what a bar is made of, and where the time went.
import { describe, expect, test } from "vitest";
import { laidOut, neighbour, SIZE } from "../src/ui/pages/execution/areas/graph-layout";
import { groupsOf } from "../src/ui/pages/execution/flow/flow-groups";
import type { ActionOf, Shown } from "../src/ui/pages/execution/model";
import { folded, MANY, TOO_MANY } from "../src/ui/picture/folding";
import { placed } from "../src/ui/picture/placing";
import { joined, scaleOf } from "../src/ui/picture/scale";
import { piecesOf, type Span, whereItWent } from "../src/ui/picture/spans";

const line = (source: string, target: string) => ({ source, target });

describe("placing", () => {
  test("columns are levels, and a short column is centred on a tall one", () => {
    const places = placed([{ id: "a", level: 0 }, { id: "b", level: 1 }, { id: "c", level: 1 }], [line("a", "b"), line("a", "c")]);
    expect(places.get("a")).toEqual({ column: 0, row: 0.5 });
    expect([places.get("b")?.row, places.get("c")?.row].sort()).toEqual([0, 1]);
  });
  test("lines that need not cross do not", () => {
    const nodes = ["a", "b", "x", "y"].map((id, place) => ({ id, level: place < 2 ? 0 : 1 }));
    const places = placed(nodes, [line("a", "y"), line("b", "x")]);
    const order = (one: string, other: string) => (places.get(one)?.row ?? 0) - (places.get(other)?.row ?? 0);
    expect(Math.sign(order("a", "b"))).toBe(Math.sign(order("y", "x")));
  });
  test("a level without a node, and a line to a node that is not there, do no harm", () => {
    expect(placed([{ id: "a", level: 2 }], [line("a", "gone")]).get("a")).toEqual({ column: 2, row: 0 });
  });
  test("no two of 500 share a place", () => {
    const nodes = Array.from({ length: 500 }, (_, place) => ({ id: `n${place}`, level: Math.floor(place / 25) }));
    const lines = nodes.slice(25).map((node, place) => line(`n${(place * 7) % (place + 1)}`, node.id));
    const places = [...placed(nodes, lines).values()].map(({ column, row }) => `${column} ${row}`);
    expect(new Set(places).size).toBe(500);
  });
});

describe("folding", () => {
  const levels = (count: number, each: number) => Array.from({ length: count }, (_, place) => ({ id: `n${place}`, level: Math.floor(place / each) }));
  test("a graph that can be drawn is drawn as it is", () => {
    const { boxes, canOpen } = folded(levels(MANY, 10), [], new Set());
    expect([boxes.length, canOpen]).toEqual([MANY, false]);
  });
  test("levels of a big one are a box each, until one is opened", () => {
    const nodes = levels(MANY + 20, 10);
    const lines = [line("n0", "n10"), line("n1", "n11"), line("n0", "n1")];
    const shut = folded(nodes, lines, new Set());
    expect([shut.boxes.length, shut.canOpen, shut.lines.length]).toEqual([32, true, 1]);
    expect(folded(nodes, lines, new Set(["level 0"])).boxes.length).toBe(41);
  });
  test("of one that is too big each node is in one box, and the boxes can be drawn", () => {
    const nodes = levels(5 * TOO_MANY, 2);
    const { boxes, canOpen } = folded(nodes, [], new Set());
    expect(canOpen).toBe(false);
    expect(boxes.length).toBeLessThanOrEqual(200);
    expect(boxes.flatMap((box) => box.nodes).sort()).toEqual(nodes.map((node) => node.id).sort());
  });
});

describe("the scale of time", () => {
  test("stretches that overlap are one", () => {
    expect(joined([{ from: 5, to: 9 }, { from: 0, to: 6 }, { from: 20, to: 21 }])).toEqual([{ from: 0, to: 9 }, { from: 20, to: 21 }]);
  });
  test("what is long and idle is folded, what is at work never", () => {
    const busy = [{ from: 0, to: 100 }, { from: 100_000, to: 100_100 }];
    const scale = scaleOf({ from: 0, to: 100_100 }, busy, true);
    expect(scale.folds).toHaveLength(1);
    expect([scale.at(0), scale.at(100_100)]).toEqual([0, 1]);
    expect(scale.at(100) - scale.at(0)).toBeGreaterThan(0.3);
    expect(scaleOf({ from: 0, to: 100_100 }, busy, false).folds).toEqual([]);
  });
  test("moments keep their order, marks their distance", () => {
    const scale = scaleOf({ from: 0, to: 60_000 }, [{ from: 0, to: 1000 }, { from: 50_000, to: 60_000 }], true);
    const places = Array.from({ length: 61 }, (_, second) => scale.at(second * 1000));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    const marks = scale.marks(5).map((mark) => mark.at);
    expect(marks.length).toBeGreaterThan(1);
    for (const [place, at] of marks.slice(1).entries()) expect(at - (marks[place] ?? 0)).toBeGreaterThanOrEqual(0.16 - 1e-9);
  });
});

describe("the bar of an action", () => {
  const at = (second: number) => new Date(second * 1000).toISOString();
  const span = (kind: string, from: number, to: number | null, attempt = 1, reason: string | null = null): Span => ({ kind, startedAt: at(from), endedAt: to === null ? null : at(to), attempt, reason });
  const facts = { status: "SUCCESS", isUndone: false, until: null, now: 100_000 };
  const kinds = (spans: readonly Span[], more: object = {}) => piecesOf(spans, { ...facts, ...more }).map((piece) => piece.kind);
  const retried = [span("QUEUED", 0, 1), span("RUNNING", 1, 2), span("WAITING", 2, 4, 1, "RETRY_BACKOFF"), span("RUNNING", 4, 5, 2)];
  test("an attempt that was repeated failed, and the last one tells how it ended", () => {
    expect(kinds(retried)).toEqual(["queued", "failed", "pausing", "work"]);
    expect(kinds(retried, { status: "FAILED" })).toEqual(["queued", "failed", "pausing", "failed"]);
    expect(kinds(retried, { isUndone: true })).toEqual(["queued", "failed", "pausing", "undone"]);
  });
  test("what has not ended goes to the present, and what is known of the future comes behind", () => {
    const pieces = piecesOf([span("WAITING", 0, null, 1, "TIMER")], { ...facts, status: "WAITING", until: at(200) });
    expect(pieces.map(({ kind, from, to }) => [kind, from, to])).toEqual([["waiting", 0, 100_000], ["coming", 100_000, 200_000]]);
  });
  test("each moment is counted once, by what counted most then", () => {
    const work = { pieces: piecesOf([span("RUNNING", 10, 20)], facts), waitsFor: () => "" };
    const wait = { pieces: piecesOf([span("WAITING", 5, 30, 1, "SIGNAL")], facts), waitsFor: () => "a signal" };
    const shares = whereItWent({ from: 0, to: 40_000 }, 2000, [work, wait]);
    expect(shares.map(({ words, milliseconds }) => [words, milliseconds])).toEqual([
      ["a signal", 15_000],
      ["the orchestrator", 13_000],
      ["work", 10_000],
      ["in the queue", 2000],
    ]);
    expect(shares.reduce((sum, share) => sum + share.milliseconds, 0)).toBe(40_000);
  });
});

const action = (id: string, more: Partial<ActionOf> = {}): ActionOf =>
  ({ id, name: id, type: "service_call", phase: "MAIN", level: 0, run: null, undoes: null, isNotWell: false, ...more }) as ActionOf;
const done = (startedAt = "2026-11-28T20:00:00Z") => ({ status: "SUCCESS", startedAt }) as ActionOf["run"];

describe("the groups of the flow", () => {
  const execution = { status: "COMPLETED", stopping: null, actions: [] } as unknown as Shown;
  test("what runs side by side is in a bracket, and its level is told once", () => {
    const [main] = groupsOf(execution, [action("a"), action("b", { level: 1 }), action("c", { level: 1 }), action("d", { level: 1 })], null);
    expect(main?.lines.map((one) => "action" in one && [one.action.id, one.level, one.bracket])).toEqual([
      ["a", 1, null],
      ["b", 2, "first"],
      ["c", null, "middle"],
      ["d", null, "last"],
    ]);
  });
  test("from ten on, notifications that went out are one line, unless one looks for something", () => {
    const told = Array.from({ length: 12 }, (_, place) => action(`n${place}`, { type: "notification", run: done() }));
    expect(groupsOf(execution, told, null)[0]?.lines).toEqual([{ folded: told }]);
    expect(groupsOf(execution, told, () => true)[0]?.lines).toHaveLength(12);
    expect(groupsOf(execution, told.slice(0, 9), null)[0]?.lines).toHaveLength(9);
  });
  test("what was undone stands in the order in which it was", () => {
    const undone = [action("a.compensate", { phase: "COMPENSATION", run: done("2026-11-28T20:00:09Z") }), action("b.compensate", { phase: "COMPENSATION", run: done("2026-11-28T20:00:05Z") })];
    const group = groupsOf(execution, undone, null).find((one) => one.key === "undone");
    expect(group?.lines.map((one) => "action" in one && one.action.id)).toEqual(["b.compensate", "a.compensate"]);
  });
});

describe("the graph", () => {
  const edge = (source: string, target: string, isCompensation = false) => ({ source, target, isCompensation, isImplicit: false });
  const actions = [
    action("a"),
    action("b", { level: 1 }),
    action("b.compensate", { phase: "COMPENSATION", undoes: "b" }),
    action("tell", { phase: "ON_FAILURE" }),
  ];
  const edges = [edge("a", "b"), edge("b", "b.compensate", true)];
  const layout = laidOut(actions, edges, new Set(), "across");
  const boxes = layout.nodes.filter((node) => node.type === "box");
  test("each action has one box, and none lies on another", () => {
    expect(boxes.map((node) => node.id).sort()).toEqual(["a", "b", "b.compensate", "tell"]);
    for (const one of boxes)
      for (const other of boxes)
        if (one !== other) {
          const isApart = Math.abs(one.position.x - other.position.x) >= SIZE.width || Math.abs(one.position.y - other.position.y) >= Math.min(one.height ?? 0, other.height ?? 0);
          expect(isApart).toBe(true);
        }
  });
  test("what undoes is under what it undoes", () => {
    const place = (id: string) => boxes.find((node) => node.id === id)?.position;
    expect(place("b.compensate")?.x).toBe(place("b")?.x);
    expect(place("b.compensate")?.y).toBeGreaterThan(place("b")?.y ?? 0);
  });
  test("arrows go along lines, and else to what is near", () => {
    expect(neighbour(layout, "a", "right", "across")).toBe("b");
    expect(neighbour(layout, "b", "left", "across")).toBe("a");
    expect(neighbour(layout, "b", "down", "across")).toBe("b.compensate");
    expect(neighbour(layout, "nobody", "left", "across")).toBeNull();
  });
});
