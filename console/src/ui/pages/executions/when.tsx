// When those that match were started: a histogram to choose a range by, which stands in the address.
import { useMemo, useRef, useState } from "react";
import { useAsked } from "../../data/asking";
import { ExecutionTimesDocument } from "../../data/documents";
import { useEvery } from "../../data/every";
import { type Condition, filterOf, stretchOf, stretchText } from "../../data/filters";
import { ErrorBox } from "../../parts/nothing";
import { Histogram } from "../../parts/histogram";
import styles from "./executions.module.css";

interface Props {
  conditions: readonly Condition[];
  onChange: (next: readonly Condition[]) => void;
}

interface Domain {
  since: Date;
  until: Date;
}

const EVERY_MS = 60_000;
const DEFAULT = "24h";

/** What is shown around a range: as much again before it and after it, until now. */
function around({ since, until }: Domain, now: Date): Domain {
  const length = until.getTime() - since.getTime();
  return { since: new Date(since.getTime() - length), until: new Date(Math.max(until.getTime(), Math.min(now.getTime(), until.getTime() + length))) };
}

export function When({ conditions, onChange }: Props) {
  const [now, setNow] = useState(() => new Date());
  const whole = useRef<HTMLDivElement>(null);
  useEvery(EVERY_MS, () => whole.current?.matches(":hover, :focus-within") || setNow(new Date()));
  const started = conditions.find(({ field }) => field === "started")?.values[0] ?? DEFAULT;
  const others = conditions.filter(({ field }) => field !== "started");
  const text = JSON.stringify(others);
  const range = useMemo(() => stretchOf(started, now), [started, now]);
  // What is drawn stays while a range is chosen in it.
  const kept = useRef<Domain | null>(null);
  const domain = useMemo((): Domain | null => {
    if (!range) return null;
    const before = kept.current;
    if (range.endsNow) return { since: range.since, until: range.until };
    return before && before.since <= range.since && range.until <= before.until ? before : around(range, now);
  }, [range]);
  kept.current = domain;
  const variables = useMemo(() => {
    const filter = filterOf(others, now);
    const hasFailed = !filter.status?.length || filter.status.includes("FAILED");
    const [since, until] = [domain?.since.toISOString() ?? "", domain?.until.toISOString() ?? ""];
    return { since, until, filter, failed: { ...filter, status: ["FAILED" as const] }, hasFailed };
  }, [text, domain]);
  const asked = useAsked(ExecutionTimesDocument, variables, domain !== null);
  const buckets = asked.data?.all?.buckets ?? [];
  const failed = asked.data?.failed?.buckets;
  const columns = buckets.map(({ since, until, accepted }, place) => ({ since, until, all: accepted ?? 0, failed: failed?.[place]?.accepted ?? 0 }));
  const first = columns.findIndex((column) => range !== null && new Date(column.until) > range.since);
  const last = columns.filter((column) => range !== null && new Date(column.since) < range.until).length - 1;
  if (asked.problem && columns.length === 0) return <ErrorBox title="When they started did not come" problem={asked.problem} onAgain={asked.again} />;
  return (
    <div className={styles.when} ref={whole} aria-busy={asked.isAsking}>
      <Histogram
        columns={columns}
        label="When they started"
        happened="started"
        brush={{
          chosen: range?.endsNow === false && first >= 0 && last >= first ? [first, last] : null,
          onChoose: (chosen) => {
            const [from, to] = [columns[chosen?.[0] ?? -1], columns[chosen?.[1] ?? -1]];
            onChange(from && to ? [...others, { field: "started", values: [stretchText(new Date(from.since), new Date(to.until))] }] : others);
          },
        }}
      />
    </div>
  );
}
