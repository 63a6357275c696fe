// Chooses some of a row of columns: by drawing over them, or by arrows, which move it and with Shift make it longer.
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";

/** The first and the last of some columns that lie side by side. */
export type Range = readonly [number, number];

export interface BrushProps {
  chosen: Range | null;
  /** Null: all of them again. */
  onChoose: (range: Range | null) => void;
}

/** What arrows have chosen holds once they rest, in milliseconds. */
const QUIET_MS = 400;

/** The range as an arrow changes it: by one column, within `count` of them. Without one it begins at the last. */
export function moved(range: Range | null, step: 1 | -1, isLonger: boolean, count: number): Range {
  if (!range) return [count - 1, count - 1];
  const [from, to] = range;
  if (isLonger) return [from, Math.min(count - 1, Math.max(from, to + step))];
  const by = Math.min(count - 1 - to, Math.max(-from, step));
  return [from + by, to + by];
}

/** The columns that are marked, and what the element does that holds them. */
export function useBrush(count: number, brush: BrushProps | undefined) {
  const [draft, setDraft] = useState<Range | null>(null);
  const start = useRef<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const chosen = brush?.chosen ?? null;
  const key = chosen?.join(" ");
  useEffect(() => setDraft(null), [key, count]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const marked = draft ?? chosen;
  const placeOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(count - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * count)));
  };
  const drawn = (event: PointerEvent<HTMLElement>): Range => {
    const [one, other] = [start.current ?? 0, placeOf(event)];
    return [Math.min(one, other), Math.max(one, other)];
  };
  const parts = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0 || count === 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = placeOf(event);
      setDraft(drawn(event));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (start.current !== null) setDraft(drawn(event));
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (start.current === null) return;
      brush?.onChoose(drawn(event));
      start.current = null;
    },
    onPointerCancel: () => {
      start.current = null;
      setDraft(null);
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : null;
      if ((step === null && event.key !== "Escape") || count === 0) return;
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(timer.current);
      if (step === null) {
        setDraft(null);
        return brush?.onChoose(null);
      }
      const next = moved(marked, step, event.shiftKey, count);
      setDraft(next);
      timer.current = setTimeout(() => brush?.onChoose(next), QUIET_MS);
    },
  };
  return { marked, parts };
}
