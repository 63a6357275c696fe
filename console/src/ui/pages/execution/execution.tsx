// One execution: what happened, what it is doing, why not, and what can be done.
import { useState } from "react";
import { useClient, useSubscription } from "urql";
import { useLocation, useParams } from "wouter";
import { problemOf, useAsked } from "../../data/asking";
import { CancelDocument, ExecutionDocument, ExecutionLiveDocument, type ExecutionQuery } from "../../data/documents";
import { Page } from "../../frame/page";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Dialog } from "../../parts/dialog";
import { CopyButton } from "../../parts/id";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { StatusPill } from "../../parts/status";
import { Tabs } from "../../parts/tabs";
import { Since, Time, Took } from "../../parts/time";
import { say } from "../../parts/toasts";
import { LIVE, lookOf } from "../../words/executions";
import { inOneLine } from "../../words/failures";
import { shortId } from "../../words/ids";
import { Data } from "./data";
import { Events } from "./events";
import styles from "./execution.module.css";
import { Flow } from "./flow";

export type Shown = NonNullable<ExecutionQuery["execution"]>;

const AREAS = ["flow", "events", "data"] as const;
type Area = (typeof AREAS)[number];
const NAMES: Record<Area, string> = { flow: "Flow", events: "Events", data: "Data" };

export default function ExecutionPage() {
  const { id = "", area = "flow" } = useParams<{ id: string; area?: string }>();
  const asked = useAsked(ExecutionDocument, { id });
  const first = asked.data?.execution;
  const [live] = useSubscription({ query: ExecutionLiveDocument, variables: { id }, pause: !first || !LIVE.has(first.status) });
  const latest = live.data?.execution;
  const execution = first && latest?.id === first.id ? { ...first, ...latest } : first;
  const above = [{ name: "Executions", href: "/ui/executions" }];
  if (!execution)
    return (
      <Page title={shortId(id)} above={above}>
        {asked.problem ? (
          <ErrorBox title="The execution did not come" problem={asked.problem} onAgain={asked.again} />
        ) : asked.isAsking ? (
          <Bones rows={6} />
        ) : (
          <Empty title="There is no such execution">
            <p>It may be of another tenant, or it was deleted.</p>
          </Empty>
        )}
      </Page>
    );
  return (
    <Page title={shortId(id)} above={above} deeds={<Deeds execution={execution} onDone={asked.again} />} isWhole>
      <Head execution={execution} />
      <Tabs
        label="Parts of the execution"
        tabs={AREAS.map((one) => ({
          name: NAMES[one],
          href: `/ui/executions/${id}/${one}`,
          isHere: one === area,
          aside: one === "flow" ? `${execution.progress.completedActions}/${execution.progress.totalActions}` : null,
        }))}
      />
      {area === "events" ? <Events id={id} isLive={LIVE.has(execution.status)} /> : area === "data" ? <Data execution={execution} /> : <Flow execution={execution} />}
    </Page>
  );
}

function Head({ execution }: { execution: Shown }) {
  const { workflow, error } = execution;
  return (
    <header className={styles.head}>
      <div className="row gap-3 wrap">
        <h2>{workflow?.name ?? "deleted workflow"}</h2>
        <StatusPill look={lookOf(execution)} />
        <CopyButton text={execution.id} label="Copy the id" />
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>For</dt>
          <dd>{execution.durationSeconds == null ? <Since at={execution.createdAt} /> : <Took milliseconds={execution.durationSeconds * 1000} />}</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{execution.workflowVersion}</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>
            <Time at={execution.createdAt} />
          </dd>
        </div>
        <div>
          <dt>By</dt>
          <dd>{execution.createdBy}</dd>
        </div>
        {execution.callbackUrl && (
          <div>
            <dt>Calls back</dt>
            <dd className="cut">{execution.callbackUrl}</dd>
          </div>
        )}
      </dl>
      {error && <p className={styles.error}>{inOneLine(error)}</p>}
    </header>
  );
}

function Deeds({ execution, onDone }: { execution: Shown; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      {LIVE.has(execution.status) && (
        <Button kind="danger" icon="stop" offBecause={execution.viewerCan.cancel ? null : "You may not cancel it"} onClick={() => setAsking(true)}>
          Cancel…
        </Button>
      )}
      <CallButton call={() => ({ document: ExecutionDocument as never, variables: { id: execution.id } })} />
      {isAsking && <CancelDialog execution={execution} onClose={() => setAsking(false)} onDone={onDone} />}
    </>
  );
}

function CancelDialog({ execution, onClose, onDone }: { execution: Shown; onClose: () => void; onDone: () => void }) {
  const client = useClient();
  const [, go] = useLocation();
  const [isBusy, setBusy] = useState(false);
  const variables = { input: { id: execution.id } };
  const cancel = async () => {
    setBusy(true);
    const answer = await client.mutation(CancelDocument, variables).toPromise();
    setBusy(false);
    onClose();
    const refusal = answer.data?.cancelExecution.userErrors[0];
    if (answer.error) say("fail", "Not cancelled", problemOf(answer.error).message);
    else if (refusal) say("fail", "Not cancelled", refusal.message);
    else say("ok", `Cancelled ${shortId(execution.id)}`, answer.data?.cancelExecution.execution?.stopping ? "Its clean-up runs now." : undefined);
    onDone();
    go(`/ui/executions/${execution.id}`);
  };
  return (
    <Dialog
      title={`Cancel ${execution.workflow?.name ?? "it"}?`}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document: CancelDocument as never, variables })} />
          <span className="grow" />
          <Button onClick={onClose} data-focus-first>
            Not now
          </Button>
          <Button kind="danger" icon="stop" isBusy={isBusy} onClick={cancel}>
            Cancel it
          </Button>
        </>
      }
    >
      <p>What runs is aborted; what has succeeded and can be undone is undone, the last first.</p>
    </Dialog>
  );
}
