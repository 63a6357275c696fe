// What ended in the last 24 hours: how much, how well, and how fast.
import { useMemo } from "react";
import { useAsked } from "../../data/asking";
import { HomeSeriesDocument } from "../../data/documents";
import { Card } from "../../parts/card";
import { Histogram } from "../../parts/histogram";
import { Bones, ErrorBox } from "../../parts/nothing";
import { duration } from "../../words/times";
import styles from "./home.module.css";

const DAY_MS = 86_400_000;

export function Series() {
  const range = useMemo(() => {
    const now = Date.now();
    return { since: new Date(now - DAY_MS).toISOString(), until: new Date(now).toISOString() };
  }, []);
  const asked = useAsked(HomeSeriesDocument, range);
  const series = asked.data?.executionSeries;
  const buckets = series?.buckets ?? [];
  const columns = buckets.map(({ since, until, completed, failed, cancelled }) => ({ since, until, all: (completed ?? 0) + (failed ?? 0) + (cancelled ?? 0), failed: failed ?? 0 }));
  const ended = columns.reduce((sum, column) => sum + column.all, 0);
  const failed = columns.reduce((sum, column) => sum + column.failed, 0);
  return (
    <Card title="Ended" aside="in the last 24 hours, counted, no samples">
      {asked.problem && <ErrorBox title="It did not come" problem={asked.problem} onAgain={asked.again} />}
      {!series && asked.isAsking && <Bones rows={2} />}
      {series && (
        <div className={styles.series}>
          <Histogram columns={columns} label="The last 24 hours" happened="ended" />
          <dl className={styles.figures}>
            <div>
              <dd>{ended.toLocaleString()}</dd>
              <dt>ended</dt>
            </div>
            <div>
              <dd>{ended ? `${Number(((100 * failed) / ended).toFixed(1))} %` : "–"}</dd>
              <dt>failed</dt>
            </div>
            <div>
              <dd>{series.p50Seconds == null ? "–" : duration(series.p50Seconds * 1000)}</dd>
              <dt title="Half of them took at most so long">p50</dt>
            </div>
            <div>
              <dd>{series.p95Seconds == null ? "–" : duration(series.p95Seconds * 1000)}</dd>
              <dt title="95 % of them took at most so long">p95</dt>
            </div>
          </dl>
        </div>
      )}
    </Card>
  );
}
