// Of what is asked for and what is told, the later: either may be on its way while the other comes.
import { useRef } from "react";

/** The answers about one thing that are there, and the latest of all that have been. */
export interface Answers<Thing> {
  there: readonly (Thing | undefined)[];
  latest: Thing | undefined;
}

/** What is known once `there` is there: the furthest by its place, which grows; of two in one place the one that came last. */
export function known<Thing>(before: Answers<Thing>, there: readonly (Thing | undefined)[], placeOf: (one: Thing) => number): Answers<Thing> {
  let { latest } = before;
  for (const one of there) {
    if (one === undefined || before.there.includes(one)) continue;
    if (latest === undefined || placeOf(one) >= placeOf(latest)) latest = one;
  }
  return { there, latest };
}

/** The later of what was asked and what was told about one thing. */
export function useLatest<Thing>(asked: Thing | undefined, told: Thing | undefined, placeOf: (one: Thing) => number): Thing | undefined {
  const answers = useRef<Answers<Thing>>({ there: [], latest: undefined });
  answers.current = known(answers.current, [asked, told], placeOf);
  return answers.current.latest;
}
