// What differs between two texts, line by line, with a few lines around each change.
import { structuredPatch } from "diff";
import styles from "./difference.module.css";

const AROUND = 3;
/** More than so many changed lines are another text: then one sees how much it is. */
const MOST_LINES = 400;

const LOOKS: Readonly<Record<string, { sign: string; word: string; look: string | undefined }>> = {
  "+": { sign: "+", word: "Now", look: styles.added },
  "-": { sign: "−", word: "Before", look: styles.removed },
};

export function TextDifference({ before, after }: { before: string; after: string }) {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: AROUND });
  const lines = hunks.flatMap((hunk, place) => [
    ...(place > 0 ? [{ text: "…", key: `${hunk.newStart} gap` }] : []),
    ...hunk.lines.filter((line) => !line.startsWith("\\")).map((text, row) => ({ text, key: `${hunk.newStart} ${row}` })),
  ]);
  return (
    <div className={styles.text} tabIndex={0} role="group" aria-label="What changes">
      {lines.slice(0, MOST_LINES).map(({ text, key }) => (
        <TextLine key={key} text={text} />
      ))}
      {lines.length > MOST_LINES && <p className="t3">{`and ${lines.length - MOST_LINES} lines more`}</p>}
    </div>
  );
}

function TextLine({ text }: { text: string }) {
  const kind = LOOKS[text.charAt(0)];
  return (
    <div className={`${styles.line} ${kind?.look ?? ""}`}>
      <span className={styles.sign} aria-label={kind?.word}>
        {kind?.sign}
      </span>
      <code>{kind || text.startsWith(" ") ? text.slice(1) : text}</code>
    </div>
  );
}
