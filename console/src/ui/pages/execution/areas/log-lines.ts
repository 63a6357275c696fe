// The lines of a log as far as they are known: pages of it, newest first, with nothing missing between them.

/** A page as the service sends it: the newest line last. */
export interface Page<Line> {
  readonly edges: readonly Line[];
  readonly pageInfo: { readonly startCursor?: string | null; readonly hasPreviousPage: boolean };
}

export interface Lines<Line> {
  readonly lines: readonly Line[];
  /** What is older is asked for before this one. */
  readonly before: string | null;
  readonly hasOlder: boolean;
}

export const NO_LINES: Lines<never> = { lines: [], before: null, hasOlder: false };

const endOf = ({ pageInfo }: Page<unknown>) => ({ before: pageInfo.startCursor ?? null, hasOlder: pageInfo.hasPreviousPage });

/** The lines with the newest page above them; where that does not come down to them, it stands alone, so that nothing is left out unseen. */
export function withNewest<Line extends { readonly cursor: string }>(known: Lines<Line>, page: Page<Line>): Lines<Line> {
  const newest = [...page.edges].reverse();
  const cursors = new Set(newest.map((line) => line.cursor));
  const others = known.lines.filter((line) => !cursors.has(line.cursor));
  if (others.length === known.lines.length) return { lines: newest, ...endOf(page) };
  return { ...known, lines: [...newest, ...others] };
}

/** The lines with the page of those before `from`, unless what they end with is another one by now. */
export function withOlder<Line>(known: Lines<Line>, page: Page<Line>, from: string): Lines<Line> {
  if (known.before !== from) return known;
  return { lines: [...known.lines, ...[...page.edges].reverse()], ...endOf(page) };
}
