// One mark for each action of an execution, as the service folds them: at most twelve, and of neighbours the worst.
import type { Tone } from "../words/tones";
import styles from "./strip.module.css";

const WIDTH = 8;
const GAP = 2;

interface Look {
  tone: Tone;
  form: "full" | "half" | "hollow" | "tall" | "crossed" | "low" | "line";
  word: string;
}

const TO_COME: Look = { tone: "idle", form: "line", word: "to come" };

/** What each letter of a strip stands for. */
const LOOKS: Readonly<Record<string, Look>> = {
  s: { tone: "ok", form: "full", word: "succeeded" },
  r: { tone: "run", form: "half", word: "running" },
  w: { tone: "wait", form: "hollow", word: "waiting" },
  p: { tone: "hold", form: "hollow", word: "needs a person" },
  f: { tone: "fail", form: "tall", word: "failed" },
  u: { tone: "idle", form: "crossed", word: "undone" },
  k: { tone: "idle", form: "low", word: "skipped" },
  c: { tone: "idle", form: "low", word: "cancelled" },
  "-": TO_COME,
};

/** How many there are of each, in words. */
function inWords(letters: string, total: number): string {
  const counts = new Map<string, number>();
  for (const letter of letters) {
    const { word } = LOOKS[letter] ?? TO_COME;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
  return total > letters.length ? `${total} actions in ${letters.length} marks: ${parts}` : parts;
}

interface Props {
  /** The letters of `Execution.strip`. */
  letters: string;
  /** How many actions there are; more than the letters where those are folded. */
  total: number;
}

export function Strip({ letters, total }: Props) {
  const looks = [...letters].map((letter) => LOOKS[letter] ?? TO_COME);
  const words = inWords(letters, total);
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
