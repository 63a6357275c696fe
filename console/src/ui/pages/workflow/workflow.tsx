// One workflow: its picture, how it goes, its last runs, and the form that runs it.
import { Link, useParams } from "wouter";
import { useAsked } from "../../data/asking";
import { SetWorkflowStatusDocument, WorkflowDocument, type WorkflowQuery } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { Page } from "../../frame/page";
import { Bars } from "../../parts/bars";
import { Button, ButtonLink } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { Id } from "../../parts/id";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { StatusPill, StatusShape } from "../../parts/status";
import { Tabs } from "../../parts/tabs";
import { Tag } from "../../parts/tag";
import { Since, Time, Took } from "../../parts/time";
import { say } from "../../parts/toasts";
import { Picture } from "../../picture/picture";
import { amount } from "../../words/amounts";
import { lookOf } from "../../words/executions";
import { addressOf, Does } from "../executions/row";
import { share } from "../workflows/address";
import { RunForm } from "./run-form";
import { Versions } from "./versions";
import styles from "./workflow.module.css";

type Shown = NonNullable<WorkflowQuery["workflow"]>;

const AREAS = [
  ["overview", "Overview"],
  ["versions", "Versions"],
  ["editor", "Editor"],
] as const;
const ABOVE = [{ name: "Workflows", href: "/ui/workflows" }];

export default function WorkflowPage() {
  const { id = "", area = "overview" } = useParams<{ id: string; area?: string }>();
  const asked = useAsked(WorkflowDocument, { id });
  const workflow = asked.data?.workflow;
  if (!workflow)
    return (
      <Page title="Workflow" above={ABOVE}>
        {asked.problem ? (
          <ErrorBox title="The workflow did not come" problem={asked.problem} onAgain={asked.again} />
        ) : asked.isAsking ? (
          <Bones rows={6} />
        ) : (
          <Empty title="There is no such workflow">
            <p>It may be of another tenant, or it was deleted.</p>
          </Empty>
        )}
      </Page>
    );
  return (
    <Page title={workflow.name} above={ABOVE} deeds={<Deeds workflow={workflow} onDone={asked.again} />}>
      <header className={styles.head}>
        <div className="row gap-3 wrap">
          <h2>{workflow.name}</h2>
          <StatusPill
            look={
              workflow.status === "ACTIVE"
                ? { shape: "s-ok", tone: "ok", word: "Active" }
                : { shape: "s-pause", tone: "hold", word: workflow.status === "DRAFT" ? "Draft" : "Starts refused" }
            }
          />
          <Tag isOutlined>@{workflow.version}</Tag>
          {workflow.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </div>
        {workflow.description && <p className="t2">{workflow.description}</p>}
      </header>
      <Tabs
        label="Parts of the workflow"
        tabs={AREAS.map(([one, name]) => ({
          name,
          href: `/ui/workflows/${id}/${one}`,
          isHere: one === area,
          aside: one === "versions" ? workflow.version : null,
        }))}
      />
      {area === "versions" ? <Versions id={id} onChanged={asked.again} /> : <Overview workflow={workflow} />}
    </Page>
  );
}

function Overview({ workflow }: { workflow: Shown }) {
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <Card title="Picture" aside={parts(workflow)}>
          <Picture nodes={workflow.dag?.nodes ?? []} edges={workflow.dag?.edges ?? []} />
        </Card>
        <Figures workflow={workflow} />
        <Recent workflow={workflow} />
      </div>
      <RunForm key={`${workflow.id} ${workflow.version}`} workflow={workflow} />
    </div>
  );
}

function parts(workflow: Shown): string {
  const nodes = workflow.dag?.nodes ?? [];
  const count = (phase: string) => nodes.filter((node) => node.phase === phase).length;
  const words = [
    amount(count("MAIN"), "action"),
    count("COMPENSATION") && `${count("COMPENSATION")} can be undone`,
    count("ON_FAILURE") && `${count("ON_FAILURE")} if it fails`,
    count("ON_EXIT") && `${count("ON_EXIT")} however it ends`,
  ];
  return words.filter(Boolean).join(", ");
}

function Figures({ workflow }: { workflow: Shown }) {
  const figures = workflow.statistics;
  if (!figures) return null;
  return (
    <Card title="How it goes">
      <dl className={styles.figures}>
        <div>
          <dd>{figures.executions.toLocaleString()}</dd>
          <dt>executions</dt>
        </div>
        <div>
          <dd>{share(figures.successRate) || "–"}</dd>
          <dt>went well</dt>
        </div>
        <div>
          <dd>{figures.averageSeconds == null ? "–" : <Took milliseconds={figures.averageSeconds * 1000} />}</dd>
          <dt>on average</dt>
        </div>
        <div>
          <dd>{figures.failed.toLocaleString()}</dd>
          <dt>failed</dt>
        </div>
        <div>
          <dd>{figures.live.toLocaleString()}</dd>
          <dt>live</dt>
        </div>
      </dl>
    </Card>
  );
}

function Recent({ workflow }: { workflow: Shown }) {
  const rows = workflow.executions?.nodes ?? [];
  return (
    <Card
      title="Recent"
      aside={<Bars statuses={rows.map((row) => row.status)} />}
      end={
        <ButtonLink kind="bare" isSmall href={`/ui/executions?workflow=${workflow.id}`}>
          All
        </ButtonLink>
      }
    >
      {rows.length === 0 && <Empty title="It has not been run yet" />}
      <ul className={styles.recent}>
        {rows.slice(0, 8).map((row) => (
          <li key={row.id}>
            <StatusShape look={lookOf(row)} />
            <Link href={addressOf(row.id)}>
              <Id of={row.id} /> <span className="t3">@{row.workflowVersion}</span>
            </Link>
            <span className="t2 cut">
              <Does row={row} />
            </span>
            <span className="num t2">
              <Time at={row.createdAt} />
            </span>
            <span className="num">{row.durationSeconds == null ? <Since at={row.createdAt} /> : <Took milliseconds={row.durationSeconds * 1000} />}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Deeds({ workflow, onDone }: { workflow: Shown; onDone: () => void }) {
  const isActive = workflow.status === "ACTIVE";
  const name = isActive ? "Refuse starts" : "Take starts";
  const { send, isBusy } = useDeed<{ readonly userErrors: readonly Fault[] }, Record<string, unknown>>(SetWorkflowStatusDocument as never);
  const variables = { input: { id: workflow.id, status: isActive ? "INACTIVE" : "ACTIVE" } };
  const turn = async () => {
    const done = await send(variables);
    if (done.payload) say("ok", isActive ? "Starts are refused now" : "It can be run again", isActive ? "What runs already goes on." : undefined);
    else say("fail", "Not changed", done.faults[0]?.message);
    onDone();
  };
  return (
    <>
      <CallButton of={name} call={() => ({ document: SetWorkflowStatusDocument as never, variables })} />
      <Button
        icon={isActive ? "pause" : "play"}
        isBusy={isBusy}
        offBecause={workflow.viewerCan.update ? null : "You may not change it"}
        title={isActive ? "Starts are refused meanwhile, not kept" : undefined}
        onClick={turn}
      >
        {name}
      </Button>
    </>
  );
}
