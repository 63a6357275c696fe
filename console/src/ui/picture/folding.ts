// Which actions of a big graph are drawn as one box, so that it is never too big to be drawn.
import type { Line, Spot } from "./placing";

/** From so many on, levels of several actions are one box each, until one opens them. */
export const MANY = 300;
/** From so many on nothing opens any more. */
export const TOO_MANY = 1000;
/** A level of so many is drawn as it is. */
const FEW = 3;
/** So many boxes are drawn at most where nothing opens: then some levels share one. */
const MOST_BOXES = 200;

/** A box: one node, or several. */
export interface Box {
  id: string;
  level: number;
  nodes: readonly string[];
}

export interface Folded {
  boxes: Box[];
  lines: Line[];
  /** Whether boxes of several can be opened. */
  canOpen: boolean;
}

/** The boxes of a graph and the lines between them; `opened` are ids of boxes that somebody opened. */
export function folded(nodes: readonly Spot[], lines: readonly Line[], opened: ReadonlySet<string>): Folded {
  if (nodes.length <= MANY) return { boxes: nodes.map((node) => ({ id: node.id, level: node.level, nodes: [node.id] })), lines: [...lines], canOpen: false };
  const canOpen = nodes.length <= TOO_MANY;
  const levels: string[][] = [];
  for (const node of nodes) (levels[node.level] ??= []).push(node.id);
  const together = canOpen ? 1 : Math.ceil(levels.length / MOST_BOXES);
  const boxes: Box[] = [];
  for (let level = 0; level < levels.length; level += together) {
    const inside = levels.slice(level, level + together).flat();
    const id = `level ${level}`;
    const isSplit = (canOpen && inside.length <= FEW) || opened.has(id);
    const column = level / together;
    if (isSplit) boxes.push(...inside.map((node) => ({ id: node, level: column, nodes: [node] })));
    else if (inside.length) boxes.push({ id, level: column, nodes: inside });
  }
  const boxOf = new Map(boxes.flatMap((box) => box.nodes.map((node) => [node, box.id] as const)));
  const seen = new Map<string, Line>();
  for (const line of lines) {
    const source = boxOf.get(line.source);
    const target = boxOf.get(line.target);
    if (source !== undefined && target !== undefined && source !== target) seen.set(`${source}\n${target}`, { ...line, source, target });
  }
  return { boxes, lines: [...seen.values()], canOpen };
}
