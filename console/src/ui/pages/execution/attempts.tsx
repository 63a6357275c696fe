// Every attempt of an action, or of one item of it, and the key by which a service can tell a repeat.
import { useNow } from "../../data/clock";
import type { AttemptedFragment } from "../../data/documents";
import { CopyButton } from "../../parts/id";
import { Time } from "../../parts/time";
import { duration } from "../../words/times";
import { type ActionOf, idempotencyKey, lengthOf, type Shown } from "./model";
import styles from "./panel.module.css";

interface Props {
  attempts: readonly AttemptedFragment[];
  isCutOff: boolean;
  isWaiting: boolean;
}

function cameTo(attempt: AttemptedFragment, isLast: boolean, { isCutOff, isWaiting }: Props): { words: string; tone: string } {
  const { error } = attempt;
  if (error) return { words: `${error.httpStatus ?? error.code}, ${error.message}`, tone: "fail" };
  if (isLast && isCutOff) return { words: "cut off", tone: "ok" };
  if (attempt.completedAt) return { words: "succeeded", tone: "ok" };
  if (!isLast) return { words: "its process was lost", tone: "fail" };
  return isWaiting ? { words: "waits", tone: "wait" } : { words: "under way", tone: "run" };
}

export function Attempts(props: Props) {
  const now = useNow();
  return (
    <table className={styles.attempts}>
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">Began</th>
          <th scope="col" className="num">
            Took
          </th>
          <th scope="col">Came to</th>
        </tr>
      </thead>
      <tbody>
        {props.attempts.map((attempt, place) => {
          const { words, tone } = cameTo(attempt, place === props.attempts.length - 1, props);
          const took = lengthOf(attempt, now.getTime());
          return (
            <tr key={attempt.number}>
              <td>{attempt.number}</td>
              <td>
                <Time at={attempt.startedAt} />
              </td>
              <td className="num">{took === null ? "" : duration(took)}</td>
              <td className={`tone-${tone}`}>
                {words}
                {attempt.nextAttemptAt && (
                  <span className="t3">
                    , again at <Time at={attempt.nextAttemptAt} />
                  </span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function OwnKey({ execution, action, item, isRepeated }: { execution: Shown; action: ActionOf; item: number | null; isRepeated: boolean }) {
  const key = idempotencyKey(execution.id, action.id, item);
  return (
    <>
      <p className={styles.hint}>{isRepeated ? "Each has the same key, so that the service can tell a repeat:" : "By this key the service can tell a repeat:"}</p>
      <div className={styles.key}>
        <code>Idempotency-Key: {key}</code>
        <CopyButton text={key} label="Copy the key" />
      </div>
    </>
  );
}
