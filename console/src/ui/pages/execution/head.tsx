// The head of an execution: what it is, how it stands in words, and the few facts that one looks for first.
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useLater } from "../../data/later";
import { Id } from "../../parts/id";
import { Note } from "../../parts/note";
import { StatusPill } from "../../parts/status";
import { Tag } from "../../parts/tag";
import { Since, Time, Took } from "../../parts/time";
import { LIVE, lookOf } from "../../words/executions";
import { inOneLine } from "../../words/failures";
import { shortId } from "../../words/ids";
import { duration, exactly } from "../../words/times";
import styles from "./execution.module.css";
import { type ActionOf, type Shown, undoingOf } from "./model";
import { standing } from "../../words/standing";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Where a callback goes, without what is the same of all. */
function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host + (pathname === "/" ? "" : pathname);
  } catch {
    return url;
  }
}

/** By what it is found. */
function Labels({ of }: { of: unknown }) {
  const labels = of !== null && typeof of === "object" ? Object.entries(of) : [];
  if (labels.length === 0) return null;
  return (
    <span className="row gap-1 wrap">
      {labels.map(([key, value]) => (
        <Tag key={key} name={key}>
          {String(value)}
        </Tag>
      ))}
    </span>
  );
}

/** Who listens is told of a state that has lasted so long. */
const TELL_MS = 2000;

export function Head({ execution, actions }: { execution: Shown; actions: readonly ActionOf[] }) {
  const { workflow, error, fault } = execution;
  const isLive = LIVE.has(execution.status);
  const waits = new Map(actions.map((action) => [action.id, action.wait]));
  const waiting = execution.waiting?.map((wait) => waits.get(wait.actionId) ?? wait);
  const undoing = undoingOf(execution, actions);
  const isAboutNone = error !== null && !actions.some((action) => action.id === error.actionId);
  const words = standing({ ...execution, waiting }, undoing);
  const told = useLater(words, TELL_MS);
  return (
    <header className={styles.head}>
      <p className="sr" role="status">
        {workflow?.name} {shortId(execution.id)}: {told}
      </p>
      <div className="row gap-3 wrap">
        <h2>{workflow?.name ?? "deleted workflow"}</h2>
        <StatusPill look={lookOf(execution)} words={words} />
        <Labels of={execution.labels} />
      </div>
      <dl className={styles.facts}>
        <Fact name={isLive ? "For" : "Took"}>
          {execution.durationSeconds == null ? <Since at={execution.createdAt} /> : <Took milliseconds={execution.durationSeconds * 1000} />}
          {isLive && <span className="t3"> of {exactly((workflow?.timeoutSeconds ?? 3600) * 1000)}</span>}
        </Fact>
        <Fact name="Version">
          {workflow ? (
            <Link className="link" href={`/ui/workflows/${workflow.id}`}>
              {execution.workflowVersion}
            </Link>
          ) : (
            execution.workflowVersion
          )}
          {execution.definition?.isCurrent === false && workflow && <span className="t3"> {workflow.version} is newer</span>}
        </Fact>
        {execution.completedAt ? (
          <Fact name="Ended">
            <Time at={execution.completedAt} />
          </Fact>
        ) : (
          <Fact name="Started">
            <Time at={execution.createdAt} />
            {execution.queueSeconds != null && execution.queueSeconds >= 0.001 && <span className="t3"> queued {duration(execution.queueSeconds * 1000)}</span>}
          </Fact>
        )}
        <Fact name="By">{execution.createdBy}</Fact>
        {execution.parent && (
          <Fact name="Part of">
            <Link className="link" href={`/ui/executions/${execution.parent.id}`}>
              {execution.parent.workflow?.name ?? "another execution"}
            </Link>
          </Fact>
        )}
        {execution.rerunOf && (
          <Fact name="Rerun of">
            <Link className="link" href={`/ui/executions/${execution.rerunOf.id}`}>
              <Id of={execution.rerunOf.id} />
            </Link>
          </Fact>
        )}
        {execution.callbackUrl && <Fact name="Calls back">{placeOf(execution.callbackUrl)}</Fact>}
      </dl>
      {undoing.notUndone.length > 0 && (
        <div className={styles.alarm}>
          <Note tone="fail" icon="warn" title={`Not undone: ${undoing.notUndone.join(", ")}`}>
            What {undoing.notUndone.length === 1 ? "it" : "they"} did still holds outside, such as money that went out. See why the clean-up failed, and put it right by hand.
          </Note>
        </div>
      )}
      {execution.pause && (
        <div className={styles.alarm}>
          <Note tone="hold" icon="pause" title={`Paused by ${execution.pause.userId}`}>
            Since <Time at={execution.pause.at} />. {execution.pause.reason} Nothing begins until it is resumed, and its time-out does not run on.
          </Note>
        </div>
      )}
      {fault && (
        <div className={styles.alarm}>
          <Note tone="fail" icon="warn" title="It is set aside">
            {fault.message} {fault.nextTryAt && <>It is tried again at <Time at={fault.nextTryAt} />.</>}
          </Note>
        </div>
      )}
      {isAboutNone && <p className={styles.error}>{inOneLine(error)}</p>}
    </header>
  );
}
