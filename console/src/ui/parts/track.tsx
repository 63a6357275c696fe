// A bar of what happened when, on a scale: its pieces differ by form as well as by colour.
import type { Scale } from "../picture/scale";
import type { Piece, PieceKind } from "../picture/spans";
import styles from "./track.module.css";

const TONES: Readonly<Record<PieceKind, string>> = {
  work: "ok",
  undone: "idle",
  failed: "fail",
  running: "run",
  waiting: "wait",
  pausing: "wait",
  queued: "idle",
  coming: "wait",
};

const percent = (part: number): string => `${(100 * part).toFixed(3)}%`;

/** The pieces alone; whoever uses it says in words what they show. */
export function Track({ scale, pieces, isTall }: { scale: Scale; pieces: readonly Piece[]; isTall?: boolean }) {
  return (
    <span className={`${styles.track} ${isTall ? styles.tall : ""}`} aria-hidden="true">
      {pieces.map((piece, place) => {
        const left = scale.at(piece.from);
        return (
          <span
            key={`${piece.kind} ${piece.from} ${place}`}
            className={`${styles.piece} ${styles[piece.kind]} tone-${TONES[piece.kind]}`}
            style={{ left: percent(left), width: percent(Math.max(0, scale.at(piece.to) - left)) }}
          />
        );
      })}
    </span>
  );
}
