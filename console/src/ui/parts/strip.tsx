// One mark for each action of an execution; of more than twelve, folded, the worst state wins.
import type { Tone } from "../words/tones";
import styles from "./strip.module.css";

const MOST = 12;
const WIDTH = 8;
const GAP = 2;

/** What is known of one action. */
export interface Mark {
  status: string | null;
  isUndone?: boolean;
  needsPerson?: boolean;
}

interface Look {
  rank: number;
  tone: Tone;
  form: "full" | "half" | "hollow" | "tall" | "crossed" | "low" | "line";
  word: string;
}

const LINE: Look = { rank: 0, tone: "idle", form: "line", word: "to come" };
const LOOKS: Readonly<Record<string, Look>> = {
  SKIPPED: { rank: 1, tone: "idle", form: "low", word: "skipped" },
  SUCCESS: { rank: 2, tone: "ok", form: "full", word: "succeeded" },
  CANCELLED: { rank: 3, tone: "idle", form: "low", word: "cancelled" },
  RUNNING: { rank: 5, tone: "run", form: "half", word: "running" },
  PENDING: { rank: 6, tone: "wait", form: "hollow", word: "waiting" },
  WAITING: { rank: 6, tone: "wait", form: "hollow", word: "waiting" },
  FAILED: { rank: 8, tone: "fail", form: "tall", word: "failed" },
};
const UNDONE: Look = { rank: 4, tone: "idle", form: "crossed", word: "undone" };
const PERSON: Look = { rank: 7, tone: "hold", form: "hollow", word: "needs a person" };

function lookOf(mark: Mark): Look {
  if (mark.isUndone) return UNDONE;
  if (mark.needsPerson) return PERSON;
  return (mark.status ? LOOKS[mark.status] : undefined) ?? LINE;
}

/** The looks of at most twelve marks, the worst of each part. */
export function folded(marks: readonly Mark[]): Look[] {
  const looks = marks.map(lookOf);
  if (looks.length <= MOST) return looks;
  return Array.from({ length: MOST }, (_, part) => {
    const from = Math.floor((part * looks.length) / MOST);
    const to = Math.floor(((part + 1) * looks.length) / MOST);
    return looks.slice(from, to).reduce((worst, look) => (look.rank > worst.rank ? look : worst), LINE);
  });
}

/** How many there are of each, in words. */
function inWords(marks: readonly Mark[]): string {
  const counts = new Map<string, number>();
  for (const mark of marks) counts.set(lookOf(mark).word, (counts.get(lookOf(mark).word) ?? 0) + 1);
  return `${marks.length} actions: ${[...counts].map(([word, count]) => `${count} ${word}`).join(", ")}`;
}

export function Strip({ marks }: { marks: readonly Mark[] }) {
  const looks = folded(marks);
  const words = inWords(marks);
  return (
    <svg className={styles.strip} width={looks.length * (WIDTH + GAP)} height="16" role="img" aria-label={words}>
      <title>{words}</title>
      {looks.map((look, place) => (
        <OneMark key={place} look={look} x={place * (WIDTH + GAP)} />
      ))}
    </svg>
  );
}

function OneMark({ look, x }: { look: Look; x: number }) {
  const tone = `tone-${look.tone}`;
  switch (look.form) {
    case "full":
      return <rect className={`${tone} ${styles.solid}`} x={x} y="4" width={WIDTH} height="8" rx="1.5" />;
    case "half":
      return <rect className={`${tone} ${styles.solid}`} x={x} y="4" width={WIDTH / 2} height="8" rx="1" />;
    case "hollow":
      return <rect className={`${tone} ${styles.hollow}`} x={x + 0.75} y="4.75" width={WIDTH - 1.5} height="6.5" rx="1" />;
    case "tall":
      return <rect className={`${tone} ${styles.solid}`} x={x} y="1" width={WIDTH} height="14" rx="1.5" />;
    case "low":
      return <rect className={`${tone} ${styles.solid}`} x={x} y="6.5" width={WIDTH} height="3" rx="1" />;
    case "crossed":
      return (
        <g className={`${tone} ${styles.hollow}`}>
          <rect x={x + 0.75} y="4.75" width={WIDTH - 1.5} height="6.5" rx="1" />
          <path d={`M${x + 1.5} 10.5l${WIDTH - 3}-5`} />
        </g>
      );
    case "line":
      return <path className={styles.line} d={`M${x} 8h${WIDTH}`} />;
  }
}
