// How many ended in each part of a time, and how many of these failed: counted, never sampled; hovering gives the numbers.
import { useState } from "react";
import { moment } from "../words/times";
import styles from "./histogram.module.css";

export interface Bucket {
  readonly since: string;
  readonly completed?: number | null;
  readonly failed?: number | null;
  readonly cancelled?: number | null;
}

const HEIGHT = 46;

export function Histogram({ buckets, label }: { buckets: readonly Bucket[]; label: string }) {
  const [over, setOver] = useState<number | null>(null);
  const now = new Date();
  const sum = (bucket: Bucket) => (bucket.completed ?? 0) + (bucket.failed ?? 0) + (bucket.cancelled ?? 0);
  const most = Math.max(1, ...buckets.map(sum));
  const total = buckets.reduce((all, bucket) => all + sum(bucket), 0);
  const failed = buckets.reduce((all, bucket) => all + (bucket.failed ?? 0), 0);
  const words = `${label}: ${total} ended, ${failed} of them failed`;
  const shown = over === null ? undefined : buckets[over];
  return (
    <figure className={styles.figure}>
      <svg className={styles.plot} viewBox={`0 0 ${buckets.length} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words} onPointerLeave={() => setOver(null)}>
        {buckets.map((bucket, place) => {
          const all = (HEIGHT * sum(bucket)) / most;
          const bad = (HEIGHT * (bucket.failed ?? 0)) / most;
          return (
            <g key={bucket.since} onPointerEnter={() => setOver(place)}>
              <rect className={styles.ground} x={place} width="1" height={HEIGHT} />
              <rect className={styles.quiet} x={place + 0.1} width="0.8" y={HEIGHT - all} height={all} />
              <rect className={styles.failed} x={place + 0.1} width="0.8" y={HEIGHT - bad} height={bad} />
            </g>
          );
        })}
      </svg>
      <figcaption className={styles.axis}>
        <span>{shown ? `${moment(new Date(shown.since), now)}: ${sum(shown)} ended, ${shown.failed ?? 0} failed` : buckets[0] && moment(new Date(buckets[0].since), now)}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
