// The workflows that were executed most in the last 24 hours: how it went with each lately, and how long it takes.
import { Link } from "wouter";
import { useAsked } from "../../data/asking";
import { type ExecutionStatus, HomeWorkflowsDocument, type HomeWorkflowsQuery } from "../../data/documents";
import { useEvery } from "../../data/every";
import { ButtonLink } from "../../parts/button";
import { Card } from "../../parts/card";
import { Bones, ErrorBox } from "../../parts/nothing";
import { Strip } from "../../parts/strip";
import { Took } from "../../parts/time";
import { share, workflowAddress } from "../workflows/address";
import styles from "./home.module.css";

type Group = NonNullable<NonNullable<HomeWorkflowsQuery["executionsGroupedBy"]>["groups"]>[number];

/** To count all of a day is dear, and changes little meanwhile. */
const RENEW_MS = 60_000;

/** What stands for an execution of a status among the last ones. */
const LETTERS: Readonly<Record<ExecutionStatus, string>> = { COMPLETED: "s", FAILED: "f", CANCELLED: "c", RUNNING: "r", QUEUED: "-", PAUSED: "p" };

/** Nothing while there is none: then Home says elsewhere that nothing has run. */
export function Busiest({ since }: { since: string }) {
  const asked = useAsked(HomeWorkflowsDocument, { since });
  useEvery(RENEW_MS, asked.again);
  const groups = asked.data?.executionsGroupedBy?.groups ?? [];
  if (asked.data && groups.length === 0) return null;
  return (
    <Card title="Workflows" aside="the busiest of the last 24 hours" end={<ButtonLink kind="bare" isSmall href="/ui/workflows">All</ButtonLink>}>
      {asked.problem && <ErrorBox title="They did not come" problem={asked.problem} onAgain={asked.again} />}
      {!asked.data && asked.isAsking && <Bones />}
      {groups.length > 0 && <Rows groups={groups} />}
    </Card>
  );
}

function Rows({ groups }: { groups: readonly Group[] }) {
  return (
    <>
      <div className={`${styles.workflow} ${styles.headings} no-phone`} aria-hidden="true">
        <span>Name</span>
        <span>Last 20</span>
        <span className="num">Went well</span>
        <span className="num">p50</span>
        <span className="num">p95</span>
        <span className="num">Runs</span>
      </div>
      <ul className={styles.running}>
        {groups.map(({ count, workflow }) => workflow && <Row key={workflow.id} count={count} workflow={workflow} />)}
      </ul>
    </>
  );
}

function Row({ count, workflow }: { count: number; workflow: NonNullable<Group["workflow"]> }) {
  const { statistics } = workflow;
  const letters = (workflow.executions?.nodes ?? []).map((node) => LETTERS[node.status]).reverse();
  const took = (seconds: number | null | undefined) => seconds != null && <Took milliseconds={seconds * 1000} />;
  return (
    <li className={styles.workflow}>
      <Link href={workflowAddress(workflow.id)} className="cut" title={workflow.name}>
        <span className="b">{workflow.name}</span> <span className="t3">@{workflow.version}</span>
      </Link>
      <span className="no-phone">
        <Strip letters={letters.join("")} total={letters.length} />
      </span>
      <span className="num">{share(statistics?.successRate)}</span>
      <span className="num no-phone">{took(statistics?.p50Seconds)}</span>
      <span className="num no-phone">{took(statistics?.p95Seconds)}</span>
      <span className="num">{count.toLocaleString()}</span>
    </li>
  );
}
