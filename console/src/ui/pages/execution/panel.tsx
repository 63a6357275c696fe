// The action that is chosen: why it waits or failed, its attempts, what went in and came out, and what undoes it.
import { Link } from "wouter";
import { useEffect } from "react";
import { useAsked } from "../../data/asking";
import { useNow } from "../../data/clock";
import { ActionRunDocument, ExecutionPausesDocument, ServiceGatesDocument } from "../../data/documents";
import { IconButton } from "../../parts/button";
import { CopyButton } from "../../parts/id";
import { Icon } from "../../parts/icon";
import { JsonTree } from "../../parts/json-tree";
import { Note } from "../../parts/note";
import { ErrorBox } from "../../parts/nothing";
import { Side } from "../../parts/sheet";
import { StatusShape } from "../../parts/status";
import { Time } from "../../parts/time";
import { amount } from "../../words/amounts";
import { actionWord } from "../../words/action-types";
import { inOneLine, todo } from "../../words/failures";
import { callOf } from "../../words/deeds";
import { said } from "../../words/reasons";
import { duration, roughly } from "../../words/times";
import type { Choice } from "./address";
import { Answer } from "./answer";
import { Attempts, OwnKey } from "./attempts";
import { type ActionOf, lengthOf, type Shown } from "./model";
import { OneItem } from "./one-item";
import styles from "./panel.module.css";
import { Remedies } from "./deeds/remedies";
import { timeLeft } from "./time-left";

interface Props {
  execution: Shown;
  action: ActionOf;
  item: number | null;
  onChoose: (choice: Choice) => void;
  onMove: (step: number) => void;
  onDone: () => void;
}

export function Panel({ execution, action, item, onChoose, onMove }: Props) {
  const { run } = action;
  const close = () => onChoose({ action: null, item: null });
  const asked = useAsked(ActionRunDocument, { id: run?.id ?? "" }, run !== null);
  const revision = `${run?.attempt} ${run?.status}`;
  useEffect(() => {
    if (run) asked.again();
  }, [revision]);
  const node = asked.data?.node;
  const detail = node && "attempts" in node && node.id === run?.id ? node : null;
  const attempts = run?.attempt ?? 0;
  return (
    <Side label={`The action ${action.id}`} onClose={close}>
      <header className={styles.head}>
        <StatusShape look={action.look} />
        <div className="grow">
          <h2 className="cut">{action.name}</h2>
          <p className="t3 sm">
            {action.hasName && (
              <>
                <code>{action.id}</code>,{" "}
              </>
            )}
            {actionWord(action.type)}
            {attempts > 0 && `, ${attempts === 1 && run?.completedAt ? "1 attempt" : `attempt ${attempts}`}`}
            {attempts > 1 && action.definition?.retry ? ` of ${action.definition.retry.maxAttempts}` : ""}
          </p>
        </div>
        <span className={styles.steps}>
          <IconButton isSmall icon="up" label="The action before" onClick={() => onMove(-1)} />
          <IconButton isSmall icon="down" label="The next action" onClick={() => onMove(1)} />
        </span>
        <IconButton isSmall icon="x" label="Close" onClick={close} />
      </header>
      <div className={styles.scroll}>
        {execution.error?.compensationFailed?.includes(action.id) && (
          <section className={styles.part}>
            <Note tone="fail" icon="warn" title={`${action.name} is not undone`}>
              It succeeded, and what was to undo it failed. What it did still holds outside: put it right by hand.
            </Note>
          </section>
        )}
        {run?.status === "FAILED" ? <WhyFailed execution={execution} action={action} response={detail?.response} /> : <WhyWaits execution={execution} action={action} item={item} />}
        {!run && execution.completedAt && (
          <section className={styles.part}>
            <h3>Why it did not begin</h3>
            <p className="t2">{action.phase === "COMPENSATION" ? "There was nothing of it to undo." : "The execution ended before it was its turn."}</p>
          </section>
        )}
        {run?.resolvedBy && (
          <section className={styles.part}>
            <h3>By hand</h3>
            <p>
              {run.resolvedBy.userId}, <Time at={run.resolvedBy.at} />: <span className="t2">{run.resolvedBy.reason}</span>
            </p>
          </section>
        )}
        {item !== null && run && <OneItem execution={execution} action={action} run={run} index={item} onChoose={onChoose} />}
        {asked.problem && <ErrorBox title="Its attempts did not come" problem={asked.problem} onAgain={asked.again} />}
        {detail && detail.attempts.length > 0 && (
          <section className={styles.part}>
            <h3>Attempts</h3>
            <Attempts attempts={detail.attempts} isCutOff={run?.status === "CANCELLED"} isWaiting={action.wait !== null} />
            {action.type === "service_call" && !run?.items && <OwnKey execution={execution} action={action} item={null} isRepeated={detail.attempts.length > 1} />}
          </section>
        )}
        <Config action={action} canRead={execution.viewerCan.readPayload} />
        {detail?.response != null && run?.status !== "FAILED" && (
          <section className={styles.part}>
            <h3>
              Response <span className="grow" />
              <CopyButton text={JSON.stringify(detail.response, null, 2)} label="Copy as JSON" />
            </h3>
            <JsonTree value={detail.response} expression={`${action.id}.response`} isBare={typeof detail.response === "object"} />
          </section>
        )}
        <Answer http={detail?.http} expression={`${action.id}.http`} />
        <Undoing action={action} onChoose={onChoose} />
      </div>
    </Side>
  );
}

function WhyWaits({ execution, action, item }: { execution: Shown; action: ActionOf; item: number | null }) {
  const now = useNow();
  const { wait } = action;
  const isOfService = wait !== null && ["CIRCUIT_OPEN", "CONCURRENCY", "RATE_LIMIT"].includes(wait.waitReason);
  const gates = useAsked(ServiceGatesDocument, {}, isOfService);
  if (!wait) return null;
  const reason = said(wait, now);
  const gate = gates.data?.health?.serviceGates.find((one) => one.name === wait.service);
  return (
    <section className={styles.part}>
      <h3>Why it waits</h3>
      <ol className={styles.whys}>
        <li className={`tone-${wait.waitReason === "APPROVAL" ? "hold" : wait.waitReason === "DEPENDENCIES" ? "idle" : "wait"}`}>
          <Icon name={reason.icon} />
          <span className={styles.say}>{reason.why}</span>
        </li>
        {action.run?.error && (
          <li>
            <Icon name="x" />
            <span>The last attempt came to {inOneLine({ ...action.run.error, actionId: null })}.</span>
          </li>
        )}
        {gate && gate.consecutiveFailures > 0 && (
          <li>
            <Icon name="x" />
            <span>
              {amount(gate.consecutiveFailures, "call")} failed in a row. <Link className="link" href="/ui/services">See {gate.name}</Link>
            </span>
          </li>
        )}
        {gate && gate.waiting > 0 && (
          <li>
            <Icon name="layers" />
            <span>
              {amount(gate.waiting, "call waits", "calls wait")} for it on the node that answered.
            </span>
          </li>
        )}
      </ol>
      {reason.todo && <p className={styles.hint}>{reason.todo}</p>}
      <Left execution={execution} now={now} />
      <div className="row wrap">
        <Remedies execution={execution} action={action} item={item} />
      </div>
    </section>
  );
}

function Left({ execution, now }: { execution: Shown; now: Date }) {
  const pauses = useAsked(ExecutionPausesDocument, { id: execution.id });
  useEffect(() => pauses.again(), [execution.status]);
  const entries = pauses.data?.execution?.journal?.nodes;
  const left = entries ? timeLeft(execution, entries, now.getTime()) : null;
  return left !== null && <p className={styles.hint}>The execution has {roughly(left)} left.</p>;
}

function WhyFailed({ execution, action, response }: { execution: Shown; action: ActionOf; response: unknown }) {
  const { run } = action;
  if (!run?.error) return null;
  const { error } = run;
  const took = lengthOf(run, 0);
  return (
    <section className={styles.part}>
      <h3>Why it failed</h3>
      <dl className={styles.facts}>
        <dt>Code</dt>
        <dd className={styles.code}>{error.code}</dd>
        <dt>Says</dt>
        <dd>{error.message}</dd>
        {error.httpStatus && (
          <>
            <dt>Answer</dt>
            <dd>
              {error.httpStatus}
              {took !== null && `, after ${duration(took)}`}
            </dd>
          </>
        )}
        <dt>Again?</dt>
        <dd>{error.retryable ? "May help: it is a fault that can pass" : "Not by itself: the same request fails again"}</dd>
      </dl>
      {response != null && run.items === null && (
        <div className={styles.answer}>
          <JsonTree value={response} isBare={typeof response === "object"} />
        </div>
      )}
      <h4>What you can do</h4>
      <p className="t2">{todo(error)}</p>
      <div className="row wrap">
        <Remedies execution={execution} action={action} />
      </div>
    </section>
  );
}

function Config({ action, canRead }: { action: ActionOf; canRead: boolean }) {
  const config = action.undoes ? action.definition?.compensate?.config : action.definition?.config;
  if (config == null || (typeof config === "object" && Object.keys(config).length === 0)) return null;
  return (
    <section className={styles.part}>
      <h3>
        Definition <span className="t3 sm">as its version has it, templates not filled in</span>
        <span className="grow" />
        <CopyButton text={JSON.stringify(config, null, 2)} label="Copy as JSON" />
      </h3>
      <JsonTree value={config} isBare />
      {!canRead && <p className={styles.hint}>Inputs and outputs need the permission execution:payload.</p>}
    </section>
  );
}

function Undoing({ action, onChoose }: { action: ActionOf; onChoose: (choice: Choice) => void }) {
  const { undoneBy, definition } = action;
  if (action.undoes)
    return (
      <section className={styles.part}>
        <h3>What it undoes</h3>
        <p>
          <Choose id={action.undoes} onChoose={onChoose} />
        </p>
      </section>
    );
  if (!undoneBy) return null;
  const config = definition?.compensate?.config as Record<string, unknown> | undefined;
  const call = typeof config?.service === "string" ? `${config.service} ${callOf(config)}` : definition?.compensate?.actionType;
  return (
    <section className={styles.part}>
      <h3>{action.isUndone ? "It is undone" : "If the execution fails later"}</h3>
      <p className="t2">
        {action.isUndone ? "It was undone by " : action.run?.status === "SUCCESS" ? "It is undone by " : "Nothing to undo so far. Once it has succeeded, it is undone by "}
        <Choose id={undoneBy} onChoose={onChoose} />
        {call && (
          <>
            , which does <code>{call}</code>
          </>
        )}
        .
      </p>
    </section>
  );
}

function Choose({ id, onChoose }: { id: string; onChoose: (choice: Choice) => void }) {
  return (
    <button type="button" className="link" onClick={() => onChoose({ action: id, item: null })}>
      <code>{id}</code>
    </button>
  );
}
