// Moments and lengths of time, which tick together where they go on.
import { useNow } from "../data/clock";
import { duration, fullMoment, moment } from "../words/times";

/** A moment in the viewer's zone; the title has the full one in both. */
export function Time({ at }: { at: string }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at} title={fullMoment(date)}>
      {moment(date, now)}
    </time>
  );
}

/** How long something took, in milliseconds. */
export const Took = ({ milliseconds }: { milliseconds: number }) => <>{duration(milliseconds)}</>;

/** How long something has been going on. */
export function Since({ at }: { at: string }) {
  return <>{duration(useNow().getTime() - new Date(at).getTime())}</>;
}
