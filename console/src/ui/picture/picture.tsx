// A workflow as a picture: boxes in columns, curves between them; what is at hand is the list beside it.
import { useMemo } from "react";
import { Icon } from "../parts/icon";
import { amount } from "../words/amounts";
import { actionIcon } from "../words/action-types";
import { actionLook } from "../words/executions";
import { type Line, placed } from "./placing";
import styles from "./picture.module.css";

export interface PictureNode {
  readonly actionId: string;
  readonly actionType: string;
  readonly name: string | null;
  readonly level: number;
  readonly status?: string | null;
  readonly phase: string;
}

export interface PictureEdge extends Line {
  readonly isCompensation?: boolean;
}

const HEIGHT = 34;
const ROW = 48;
/** Between two columns. */
const GAP = 18;
/** How wide a box may be drawn, and how wide it is at best, by its longest name. */
const NARROWEST = 92;
const WIDEST = 190;
const MOST = 80;
const LETTER = 6.6;
const AROUND = 40;

interface Props {
  nodes: readonly PictureNode[];
  edges: readonly PictureEdge[];
  chosen?: string | null;
  /** Whether statuses are shown: of an execution. */
  isRun?: boolean;
  onChoose?: (actionId: string) => void;
}

export function Picture({ nodes, edges, chosen, isRun, onChoose }: Props) {
  const main = useMemo(() => nodes.filter((node) => node.phase === "MAIN"), [nodes]);
  const places = useMemo(() => placed(main.map((node) => ({ id: node.actionId, level: node.level })), edges), [main, edges]);
  if (main.length === 0) return <p className={styles.none}>It has no action.</p>;
  if (main.length > MOST) return <p className={styles.none}>{main.length} actions: too many for a small picture.</p>;
  const columns = 1 + Math.max(...main.map((node) => node.level));
  const rows = 1 + Math.max(...[...places.values()].map((place) => place.row));
  const longest = Math.max(...main.map((node) => (node.name ?? node.actionId).length));
  const box = Math.min(WIDEST, Math.max(NARROWEST, longest * LETTER + AROUND));
  const wide = (one: number) => columns * one + (columns - 1) * GAP;
  const width = wide(box);
  const height = rows * ROW - (ROW - HEIGHT) + 4;
  const at = (id: string) => {
    const place = places.get(id);
    return place && { x: place.column * (box + GAP), y: 2 + place.row * ROW };
  };
  const part = (x: number) => `${(100 * x) / width}%`;
  return (
    <div className={styles.picture} tabIndex={0} role="group" aria-label={amount(main.length, "action")} data-sideways>
      <div className={styles.canvas} style={{ minWidth: wide(NARROWEST), maxWidth: width, height }}>
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          {edges.map((edge) => {
            const from = at(edge.source);
            const to = at(edge.target);
            if (!from || !to) return null;
            const x = from.x + box;
            const bend = Math.max(12, (to.x - x) / 2);
            const y = from.y + HEIGHT / 2;
            const end = to.y + HEIGHT / 2;
            return <path key={`${edge.source} ${edge.target}`} d={`M${x} ${y}C${x + bend} ${y} ${to.x - bend} ${end} ${to.x} ${end}`} />;
          })}
        </svg>
        {main.map((node) => {
          const spot = at(node.actionId);
          const look = actionLook(node.status);
          return (
            <button
              key={node.actionId}
              type="button"
              className={`${styles.box} ${chosen === node.actionId ? styles.chosen : ""}`}
              style={{ left: part(spot?.x ?? 0), top: spot?.y, width: part(box), height: HEIGHT }}
              title={isRun ? `${node.name ?? node.actionId}: ${look.word}` : (node.name ?? node.actionId)}
              onClick={() => onChoose?.(node.actionId)}
            >
              <span className={isRun ? `tone-${look.tone}` : "t3"}>
                <Icon name={isRun ? look.shape : actionIcon(node.actionType)} size="s" />
              </span>
              <span className="cut">{node.name ?? node.actionId}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
