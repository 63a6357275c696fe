// What a rerun will do: for each action whether its result is reused or it runs, and because of what.
import type { RerunPreviewQuery } from "../../../data/documents";
import { Note } from "../../../parts/note";
import { StatusShape } from "../../../parts/status";
import { type Look } from "../../../words/executions";
import { because, counted, type Fate, fateOf } from "../../../words/reruns";
import type { ActionOf } from "../model";
import styles from "./rerun.module.css";

type Preview = NonNullable<RerunPreviewQuery["previewRerun"]>;

interface Props {
  executionId: string;
  preview: Preview;
  actions: readonly ActionOf[];
  /** Whether it is of what was asked before. */
  isOld: boolean;
}

const NOT_THERE: Look = { shape: "s-none", tone: "idle", word: "Not there" };
const SUMS: readonly (readonly [Fate, string])[] = [
  ["reused", "reused"],
  ["runs", "run"],
  ["given", "given by hand"],
  ["skipped", "skipped again"],
];

export function RerunOutlook({ executionId, preview, actions, isOld }: Props) {
  const known = new Map(actions.map((action) => [action.id, action]));
  const judged = preview.actions.filter((action) => action.reason !== "CLEAN_UP");
  const last = preview.actions.filter((action) => action.reason === "CLEAN_UP");
  const counts = counted(preview.actions);
  const calls = judged.filter((action) => fateOf(action) === "runs" && known.get(action.actionId)?.type === "service_call");
  return (
    <div className={isOld ? styles.old : undefined}>
      <p className={styles.sums} role="status">
        {SUMS.filter(([fate]) => counts[fate] > 0 || fate === "reused" || fate === "runs").map(([fate, word]) => (
          <span key={fate}>
            <b>{counts[fate]}</b> {fate === "runs" && counts.runs === 1 ? "runs" : word}
          </span>
        ))}
      </p>
      <table className={styles.table} aria-label="What becomes of each action">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">Was</span>
            </th>
            <th scope="col">Action</th>
            <th scope="col">Will be</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          {judged.map((action) => {
            const was = known.get(action.actionId);
            const fate = fateOf(action);
            return (
              <tr key={action.actionId}>
                <td>
                  <StatusShape look={was?.look ?? NOT_THERE} />
                </td>
                <td>
                  <span className="b">{was?.name ?? action.actionId}</span> {was?.hasName && <code className="t3">{action.actionId}</code>}
                </td>
                <td>
                  <span className={`${styles.fate} ${styles[fate]}`}>{fate}</span>
                </td>
                <td className="t2">{because(action, preview.version)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div className={styles.notes}>
        {last.length > 0 && (
          <p className="t3 sm">
            And at the end, as its end demands: <code>{last.map((action) => action.actionId).join(", ")}</code>.
          </p>
        )}
        {calls.length > 0 && (
          <Note tone="wait" icon="warn" title="Services see new calls">
            What runs has new idempotency keys, <code>{preview.idempotencyKeys}</code>: {calls.map((action) => known.get(action.actionId)?.name ?? action.actionId).slice(0, 3).join(", ")}
            {calls.length > 3 && ` and ${calls.length - 3} more`} {calls.length === 1 ? "is" : "are"} called again. Each call carries <code>X-Rerun-Of: {executionId}</code>.
          </Note>
        )}
        {preview.warnings.map((warning) => (
          <Note key={warning} tone="idle" icon="info" title={warning} />
        ))}
      </div>
    </div>
  );
}
