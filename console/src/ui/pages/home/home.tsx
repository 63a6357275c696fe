// Home: what must I do, what goes on, is it well?
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { forGood } from "../../../keeping";
import { useAsked } from "../../data/asking";
import { HasRunDocument, HomeDocument, type HomeQuery, type WaitReason } from "../../data/documents";
import { useEvery } from "../../data/every";
import { useSearch } from "../../data/search";
import { useMay, useMayRerun, useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { ButtonLink } from "../../parts/button";
import { RunSomething } from "../../frame/run-something";
import { Card } from "../../parts/card";
import { Icon } from "../../parts/icon";
import { Id } from "../../parts/id";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { StatusShape } from "../../parts/status";
import { Strip } from "../../parts/strip";
import { Chip } from "../../parts/tag";
import { Since, Time } from "../../parts/time";
import { amount } from "../../words/amounts";
import { lookOf } from "../../words/executions";
import { inOneLine } from "../../words/failures";
import { approvalAddress } from "../approvals/address";
import { rerunAddress } from "../execution/address";
import { WAITS as WAIT_WORDS } from "../../data/filters";
import { addressOf, Does } from "../executions/row";
import { FIRST_RUN_SEARCH } from "../first-run/address";
import { causes } from "./causes";
import styles from "./home.module.css";
import { Series } from "./series";
import { Busiest } from "./workflows";

const FirstRun = lazy(() => import("../first-run/first-run").then((module) => ({ default: module.FirstRun })));

const DAY_MS = 86_400_000;
const RENEW_MS = 10_000;

const FIRST_RUN = "orchestrator:first-run";

/** Home; the first run while the tenant has no execution until it is closed, and whenever the address asks for it. */
export function Home() {
  const viewer = useViewer();
  const [, go] = useLocation();
  const isAskedFor = `?${useSearch()}` === FIRST_RUN_SEARCH && viewer.isTrusted && viewer.canCreateWorkflows;
  const isNew = viewer.isTrusted && viewer.canCreateWorkflows && forGood.read(FIRST_RUN) === null;
  const asked = useAsked(HasRunDocument, {}, isNew && !isAskedFor);
  const [isFirst, setFirst] = useState<boolean | null>(null);
  const nodes = asked.data?.executions?.nodes;
  // What was decided first holds: the own execution of the first run does not end it.
  useEffect(() => {
    if (nodes) setFirst((before) => before ?? nodes.length === 0);
  }, [nodes]);
  if (isNew && !isAskedFor && isFirst === null && asked.isAsking) return <Page title="Home">{null}</Page>;
  if (!isFirst && !isAskedFor) return <Overview />;
  return (
    <Suspense fallback={<div />}>
      <FirstRun
        onClose={() => {
          forGood.write(FIRST_RUN, "closed");
          setFirst(false);
          go("/");
        }}
      />
    </Suspense>
  );
}

function Overview() {
  const viewer = useViewer();
  const since = useMemo(() => new Date(Date.now() - DAY_MS).toISOString(), []);
  const asked = useAsked(HomeDocument, { since, waits: WAITS.map((reason) => reason.toUpperCase() as WaitReason), mayDecide: useMay("EXECUTION_APPROVE") });
  const lists = useRef<HTMLDivElement>(null);
  useEvery(RENEW_MS, () => {
    // Nothing moves under the pointer, nor under the focus.
    const isInUse = lists.current?.querySelector("li:hover") || lists.current?.contains(document.activeElement);
    if (!isInUse) asked.again();
  });
  return (
    <Page title="Home" deeds={viewer.canExecuteWorkflows && <RunSomething />}>
      <div className={styles.home}>
        <div className={styles.main} ref={lists}>
          <Card title="Needs you" aside="the most urgent first">
            {asked.problem && <ErrorBox title="It did not come" problem={asked.problem} onAgain={asked.again} />}
            {asked.data ? <Needs home={asked.data} /> : asked.isAsking && <Bones />}
          </Card>
          <Card title="Running now" end={<ButtonLink kind="bare" isSmall href="/ui/executions?status=running&status=queued">All</ButtonLink>}>
            {asked.data ? <Running home={asked.data} /> : asked.isAsking && <Bones />}
          </Card>
          <Busiest since={since} />
        </div>
        <aside className={styles.side}>
          {asked.data && <Counts home={asked.data} />}
          <Series />
        </aside>
      </div>
    </Page>
  );
}

function Needs({ home }: { home: HomeQuery }) {
  const mayRerun = useMayRerun();
  const failures = causes(home.failed?.nodes ?? []);
  const approvals = home.approvals?.nodes ?? [];
  const open = home.health?.serviceGates.filter((gate) => gate.circuit !== "CLOSED") ?? [];
  if (!approvals.length && !failures.length && !open.length)
    return (
      <Empty icon="s-ok" title="Nothing needs you">
        <p>No decision is due, nothing failed in the last 24 hours, and no circuit is open.</p>
      </Empty>
    );
  return (
    <>
      {approvals.length > 0 && (
        <section className={styles.needs}>
          <h3>
            <Icon name="hand" size="s" /> Waits for your decision <span>{(home.approvals?.totalCount ?? approvals.length).toLocaleString()}</span>
          </h3>
          <ul>
            {approvals.map((approval) => (
              <li key={approval.id} className={styles.need}>
                <StatusShape look={{ shape: "s-hold", tone: "hold", word: "Needs a person" }} size="l" />
                <span className="grow">
                  <b className="cut">{approval.message ?? `${approval.actionId} waits for a decision`}</b>
                  <span className="t3 sm cut">
                    {approval.execution?.workflow?.name} <Id of={approval.executionId} /> · {approval.decisions.length} of {approval.quorum} decided
                  </span>
                </span>
                <span className="t3 sm no-phone">
                  since <Time at={approval.since} />
                </span>
                <ButtonLink isSmall href={approvalAddress(approval)}>
                  Review
                </ButtonLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      {failures.length > 0 && (
        <section className={styles.needs}>
          <h3>
            <Icon name="x" size="s" /> Failed <span>{amount(failures.length, "cause")}{home.failed?.pageInfo.hasNextPage && ` among the latest ${home.failed.nodes.length}`}, in the last 24 hours</span>
          </h3>
          <ul>
            {failures.map(({ latest, count }) => (
              <li key={latest.id} className={styles.need}>
                <StatusShape look={lookOf(latest)} size="l" />
                <span className="grow">
                  <span className="row">
                    <Link href={addressOf(latest.id)} className="cut b">
                      <bdi>{latest.workflow?.name}</bdi>: {latest.error && inOneLine(latest.error)}
                    </Link>
                    {count > 1 && <Chip>{home.failed?.pageInfo.hasNextPage && "at least "}{count} alike</Chip>}
                  </span>
                  <span className="t3 sm cut">
                    the last is <Id of={latest.id} />, @{latest.workflowVersion}
                  </span>
                </span>
                <span className="t3 sm no-phone">{latest.completedAt && <Time at={latest.completedAt} />}</span>
                <ButtonLink isSmall href={rerunAddress(latest.id)} offBecause={mayRerun ? null : "You may not do executions over"}>
                  Rerun…
                </ButtonLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      {open.length > 0 && (
        <section className={styles.needs}>
          <h3>
            <Icon name="hour" size="s" /> Stuck
          </h3>
          <ul>
            {open.map((gate) => (
              <li key={gate.name} className={styles.need}>
                <StatusShape look={{ shape: "s-stuck", tone: "wait", word: "Stuck" }} size="l" />
                <span className="grow">
                  <Link className="b cut" href="/ui/services">
                    {gate.name} is left alone: {amount(gate.consecutiveFailures, "call")} failed in a row
                  </Link>
                  <span className="t3 sm cut">
                    {gate.waiting > 0 && `${amount(gate.waiting, "call waits", "calls wait")} for it · `}
                    {gate.openUntil ? (
                      <>
                        one call is let through at <Time at={gate.openUntil} />
                      </>
                    ) : (
                      "one call is let through next"
                    )}
                  </span>
                </span>
                <ButtonLink isSmall href="/ui/executions?waits=circuit_open">
                  See what waits
                </ButtonLink>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Running({ home }: { home: HomeQuery }) {
  const rows = home.live?.nodes ?? [];
  if (!rows.length) return <Empty title="Nothing runs" />;
  return (
    <>
      <div className={`${styles.line} ${styles.headings} no-phone`} aria-hidden="true">
        <span />
        <span>Workflow</span>
        <span>Does, or waits for</span>
        <span>Actions</span>
        <span className="num">For</span>
      </div>
      <ul className={styles.running}>
        {rows.map((row) => (
          <li key={row.id} className={styles.line}>
            <StatusShape look={lookOf(row)} />
            <Link href={addressOf(row.id)} className="cut">
              <span className="b">{row.workflow?.name}</span> <span className="t3">@{row.workflowVersion}</span>
            </Link>
            <span className="t2 cut">
              <Does row={row} />
            </span>
            <span className="no-phone">{row.strip != null && <Strip letters={row.strip} total={row.progress.totalActions} />}</span>
            <span className="num">
              <Since at={row.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What something that has begun may wait for. */
const WAITS = Object.keys(WAIT_WORDS).filter((reason) => !["paused", "workflow_limit", "worker"].includes(reason));
const LIVE_COUNTS = [
  { key: "RUNNING", address: "status=running", look: { shape: "s-run", tone: "run", word: "Running" } },
  { key: "WAITING", address: `status=running&${WAITS.map((reason) => `waits=${reason}`).join("&")}`, look: { shape: "s-wait", tone: "wait", word: "Waiting" } },
  { key: "QUEUED", address: "status=queued", look: { shape: "s-queue", tone: "idle", word: "Queued" } },
  { key: "PAUSED", address: "status=paused", look: { shape: "s-pause", tone: "hold", word: "Paused" } },
] as const;

/** What is live at this moment; of what runs, that which waits is counted by itself. */
function Counts({ home }: { home: HomeQuery }) {
  const counts = new Map(home.byStatus?.groups.map((group) => [group.key.toUpperCase(), group.count]));
  const waiting = home.waiting?.totalCount ?? 0;
  counts.set("WAITING", waiting);
  counts.set("RUNNING", Math.max(0, (counts.get("RUNNING") ?? 0) - waiting));
  return (
    <section className={styles.counts} aria-label="Now">
      {LIVE_COUNTS.map(({ key, address, look }) => (
        <Link key={key} href={`/ui/executions?${address}`}>
          <span className="row gap-1 sm t2">
            <StatusShape look={look} size="s" />
            {look.word}
          </span>
          <span className={styles.count}>{(counts.get(key) ?? 0).toLocaleString()}</span>
        </Link>
      ))}
    </section>
  );
}
