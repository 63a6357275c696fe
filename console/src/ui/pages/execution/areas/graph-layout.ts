// Where the boxes and lanes of an execution's graph lie, in pixels.
import { type Box, folded } from "../../../picture/folding";
import { placed } from "../../../picture/placing";
import type { ActionOf, Shown } from "../model";

export type Direction = "across" | "down";
export type Step = "left" | "right" | "up" | "down";
type GraphEdge = NonNullable<Shown["dag"]>["edges"][number];

export const SIZE = { width: 172, height: 48 };
const STEP = { column: 200, row: 68 };
const LANE = { gap: 56, pad: 12, head: 26 };
const LOW = 32;

export interface BoxData extends Record<string, unknown> {
  /** The actions in it. */
  ids: readonly string[];
}

export interface LaidNode {
  id: string;
  type: "box" | "lane" | "words";
  position: { x: number; y: number };
  width?: number;
  height?: number;
  data: BoxData | Record<string, unknown>;
}

export interface LaidEdge {
  id: string;
  source: string;
  target: string;
  isCompensation: boolean;
  isImplicit: boolean;
  isFolded: boolean;
  /** The actions that it comes from. */
  sources: readonly string[];
}

export interface Layout {
  nodes: LaidNode[];
  edges: LaidEdge[];
  boxOf: ReadonlyMap<string, string>;
  canOpen: boolean;
  /** How many actions are in boxes of several. */
  foldedActions: number;
  /** The least box round all of it. */
  size: { x: number; y: number; width: number; height: number };
}

/** The layout of a graph: the main part in columns, under it what undoes each, then what runs at the end. */
export function laidOut(actions: readonly ActionOf[], edges: readonly GraphEdge[], opened: ReadonlySet<string>, direction: Direction): Layout {
  const main = actions.filter((action) => action.phase === "MAIN");
  const spots = main.map((action) => ({ id: action.id, level: action.level }));
  const { boxes, lines, canOpen } = folded(spots, edges.filter((edge) => !edge.isCompensation), opened);
  const places = placed(boxes.map((box) => ({ id: box.id, level: box.level })), lines);
  const isAcross = direction === "across";
  const at = (column: number, row: number) => (isAcross ? { x: column * STEP.column, y: row * STEP.row } : { x: row * STEP.column, y: column * (STEP.row + 12) });
  const nodes: LaidNode[] = [];
  const boxOf = new Map<string, string>();
  const positions = new Map<string, { x: number; y: number }>();
  for (const box of boxes) {
    const place = places.get(box.id);
    const position = at(place?.column ?? 0, place?.row ?? 0);
    positions.set(box.id, position);
    for (const id of box.nodes) boxOf.set(id, box.id);
    nodes.push({ id: box.id, type: "box", position, ...SIZE, data: { ids: box.nodes } });
  }
  const extent = { x: Math.max(0, ...[...positions.values()].map((one) => one.x)) + SIZE.width, y: Math.max(0, ...[...positions.values()].map((one) => one.y)) + SIZE.height };
  if (isAcross) levels(nodes, boxes);
  const laidEdges: LaidEdge[] = lines.map((line) => ({
    id: `${line.source} ${line.target}`,
    source: line.source,
    target: line.target,
    isCompensation: false,
    isImplicit: (line as GraphEdge).isImplicit,
    isFolded: boxes.length < main.length,
    sources: boxes.length < main.length ? (boxes.find((box) => box.id === line.source)?.nodes ?? []) : [line.source],
  }));
  let y = extent.y + LANE.gap;
  // What undoes is under what it undoes; in a graph that is folded it is counted in the flow list alone.
  const undoing = actions.filter((action) => action.undoes !== null && positions.has(action.undoes));
  if (undoing.length && boxes.length === main.length) {
    if (isAcross) {
      const taken = new Map<number, number>();
      for (const action of undoing) {
        const above = positions.get(action.undoes ?? "");
        if (!above) continue;
        const row = taken.get(above.x) ?? 0;
        taken.set(above.x, row + 1);
        nodes.push({ id: action.id, type: "box", position: { x: above.x, y: y + row * (LOW + 10) }, width: SIZE.width, height: LOW, data: { ids: [action.id] } });
        boxOf.set(action.id, action.id);
        laidEdges.push(undoes(action));
      }
      if (!taken.has(0)) nodes.push({ id: "words undone", type: "words", position: { x: 0, y }, data: { words: "Undone, the last first,\nif it fails or is cancelled" } });
      y += Math.max(1, ...taken.values()) * (LOW + 10) + 28;
    } else {
      for (const action of undoing) {
        const beside = positions.get(action.undoes ?? "");
        if (!beside) continue;
        nodes.push({ id: action.id, type: "box", position: { x: extent.x + LANE.gap, y: beside.y + 8 }, width: SIZE.width, height: LOW, data: { ids: [action.id] } });
        boxOf.set(action.id, action.id);
        laidEdges.push(undoes(action));
      }
    }
  }
  let x = -8;
  for (const [phase, words] of [
    ["ON_FAILURE", "If it fails"],
    ["ON_EXIT", "However it ends"],
  ] as const) {
    const inside = actions.filter((action) => action.phase === phase);
    if (inside.length === 0) continue;
    const columns = Math.min(inside.length, 6);
    const width = columns * STEP.column - (STEP.column - SIZE.width) + 2 * LANE.pad;
    const height = Math.ceil(inside.length / columns) * (SIZE.height + 10) - 10 + LANE.head + LANE.pad;
    nodes.push({ id: `lane ${phase}`, type: "lane", position: { x, y }, width, height, data: { words, width, height } });
    inside.forEach((action, place) => {
      const position = { x: x + LANE.pad + (place % columns) * STEP.column, y: y + LANE.head + Math.floor(place / columns) * (SIZE.height + 10) };
      nodes.push({ id: action.id, type: "box", position, ...SIZE, data: { ids: [action.id] } });
      boxOf.set(action.id, action.id);
    });
    x += width + 16;
  }
  const isFolded = boxes.some((box) => box.nodes.length > 1);
  const size = around(nodes);
  return { size, nodes, edges: laidEdges, boxOf, canOpen, foldedActions: isFolded ? boxes.filter((box) => box.nodes.length > 1).reduce((sum, box) => sum + box.nodes.length, 0) : 0 };
}

function around(nodes: readonly LaidNode[]): Layout["size"] {
  const least = { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY };
  const most = { x: 0, y: 0 };
  for (const { position, width = 0, height = 0 } of nodes) {
    least.x = Math.min(least.x, position.x);
    least.y = Math.min(least.y, position.y);
    most.x = Math.max(most.x, position.x + width);
    most.y = Math.max(most.y, position.y + height);
  }
  return nodes.length ? { ...least, width: most.x - least.x, height: most.y - least.y } : { x: 0, y: 0, width: 1, height: 1 };
}

function undoes(action: ActionOf): LaidEdge {
  return { id: `undo ${action.id}`, source: action.undoes ?? "", target: action.id, isCompensation: true, isImplicit: false, isFolded: false, sources: [action.undoes ?? ""] };
}

/** The numbers of the levels, above the columns. */
function levels(nodes: LaidNode[], boxes: readonly Box[]): void {
  const columns = Math.max(0, ...boxes.map((box) => box.level + 1));
  for (let column = 0; column < columns; column += 1)
    nodes.push({ id: `number ${column}`, type: "words", position: { x: column * STEP.column, y: -34 }, data: { words: String(column + 1) } });
}

/** The box that an arrow leads to: along a line where there is one, else the nearest that way. */
export function neighbour(layout: Layout, id: string, step: Step, direction: Direction): string | null {
  const along = direction === "across" ? { left: "back", right: "on" } : { up: "back", down: "on" };
  const way = (along as Partial<Record<Step, string>>)[step];
  const positionOf = new Map(layout.nodes.filter((node) => node.type === "box").map((node) => [node.id, node.position]));
  const from = positionOf.get(id);
  if (!from) return null;
  const distance = (other: string) => {
    const to = positionOf.get(other);
    return to ? Math.hypot(to.x - from.x, to.y - from.y) : Number.MAX_VALUE;
  };
  const nearest = (ids: readonly string[]) => [...ids].sort((one, other) => distance(one) - distance(other))[0] ?? null;
  if (way) {
    const ends = layout.edges.filter((edge) => !edge.isCompensation && (way === "on" ? edge.source : edge.target) === id).map((edge) => (way === "on" ? edge.target : edge.source));
    if (ends.length) return nearest(ends);
  }
  const isThatWay = (to: { x: number; y: number }) => (step === "left" ? to.x < from.x : step === "right" ? to.x > from.x : step === "up" ? to.y < from.y : to.y > from.y);
  const isStraight = (to: { x: number; y: number }) => (step === "left" || step === "right" ? Math.abs(to.y - from.y) < SIZE.height * 2 : Math.abs(to.x - from.x) < SIZE.width);
  return nearest([...positionOf].filter(([, to]) => isThatWay(to) && isStraight(to)).map(([other]) => other));
}
