// A scale of time from left to right, on which long stretches where nothing is at work are folded.

/** A stretch of time, in milliseconds. */
export interface Stretch {
  from: number;
  to: number;
}

/** A folded stretch, and where it lies: parts of the width. */
export interface Fold extends Stretch {
  left: number;
  right: number;
}

/** A mark of the scale; `at` is a part of the width. */
export interface Mark {
  at: number;
  /** Milliseconds after the beginning. */
  after: number;
}

export interface Scale extends Stretch {
  /** Where a moment lies, from 0 to 1. */
  at: (moment: number) => number;
  folds: readonly Fold[];
  /** About so many marks, at round times, none of them too near to another. */
  marks: (most: number) => Mark[];
}

/** A stretch that is longer than this part of the whole is folded. */
const LONG = 1 / 5;
/** A folded stretch has this part of the width. */
const FOLDED = 0.035;
/** So much of a folded stretch stays to be seen on each side, as a part of what is not folded. */
const LEFT_OVER = 0.06;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 20e3, 30e3, 60e3, 120e3, 300e3, 600e3, 1800e3, 3600e3, 7200e3, 21600e3, 43200e3, 86400e3];

/** Stretches in their order, those that overlap as one. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of [...stretches].sort((one, other) => one.from - other.from)) {
    const last = all.at(-1);
    if (last && stretch.from <= last.to) last.to = Math.max(last.to, stretch.to);
    else all.push({ ...stretch });
  }
  return all;
}

function gaps(whole: Stretch, busy: readonly Stretch[]): Stretch[] {
  const long = (whole.to - whole.from) * LONG;
  const found: Stretch[] = [];
  let at = whole.from;
  for (const stretch of [...joined(busy), { from: whole.to, to: whole.to }]) {
    if (stretch.from - at > long) found.push({ from: at, to: stretch.from });
    at = Math.max(at, stretch.to);
  }
  return found;
}

/** A scale of `whole`; `busy` is when something was at work, and is never folded. */
export function scaleOf(whole: Stretch, busy: readonly Stretch[], isFolding: boolean): Scale {
  const span = Math.max(1, whole.to - whole.from);
  const long = isFolding ? gaps(whole, busy) : [];
  const left = span - long.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const folded = long
    .map((gap) => {
      const margin = Math.min((gap.to - gap.from) / 10, Math.max(left * LEFT_OVER, span / 10_000));
      return { from: gap.from + margin, to: gap.to - margin };
    });
  const open = span - folded.reduce((sum, fold) => sum + fold.to - fold.from, 0);
  const share = Math.max(0.2, 1 - folded.length * FOLDED);
  const width = (1 - share) / Math.max(1, folded.length);
  const folds: Fold[] = [];
  let cut = 0;
  for (const [place, fold] of folded.entries()) {
    const start = ((fold.from - whole.from - cut) / open) * share + place * width;
    folds.push({ ...fold, left: start, right: start + width });
    cut += fold.to - fold.from;
  }
  const at = (moment: number): number => {
    let before = 0;
    let passed = 0;
    for (const fold of folds) {
      if (moment < fold.from) break;
      if (moment <= fold.to) return fold.left + ((moment - fold.from) / (fold.to - fold.from)) * width;
      before += fold.to - fold.from;
      passed += 1;
    }
    return Math.max(0, Math.min(1, ((moment - whole.from - before) / open) * share + passed * width));
  };
  const marks = (most: number): Mark[] => {
    const found: Mark[] = [];
    let from = whole.from;
    for (const until of [...folds.map((fold) => fold.from), whole.to]) {
      const fold = folds.find((one) => one.from === until);
      const part = at(until) - at(from);
      const step = STEPS.find((one) => (until - from) / one <= Math.max(1, part * most)) ?? 86_400_000;
      for (let after = Math.ceil((from - whole.from) / step) * step; after <= until - whole.from; after += step) {
        const place = at(whole.from + after);
        if (found.length === 0 || place - (found.at(-1)?.at ?? 0) >= 0.8 / most) found.push({ at: place, after });
      }
      from = fold?.to ?? until;
    }
    return found;
  };
  return { ...whole, at, folds, marks };
}
