// Two executions side by side: what differs, the likely cause first, then all actions with their times.
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useAsked } from "../../data/asking";
import { CompareDocument, type CompareQuery } from "../../data/documents";
import { useSearch } from "../../data/search";
import { Page } from "../../frame/page";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { PlaceLines } from "../../parts/difference";
import { Id } from "../../parts/id";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { Seg } from "../../parts/seg";
import { StatusPill, StatusShape } from "../../parts/status";
import { Time, Took } from "../../parts/time";
import { actionLook, lookOf } from "../../words/executions";
import { duration } from "../../words/times";
import { Differences } from "../differences";
import { addressOf } from "../executions/row";
import { compareAddress } from "./address";
import styles from "./compare.module.css";

type Comparison = NonNullable<CompareQuery["compareExecutions"]>;
type Side = Comparison["base"];
type Action = Comparison["actions"][number];

const ABOVE = [{ name: "Executions", href: "/ui/executions" }];

export default function Compare() {
  const address = new URLSearchParams(useSearch());
  const [, go] = useLocation();
  const [which, setWhich] = useState<"all" | "different">("all");
  const base = address.get("a") ?? "";
  const other = address.get("b") ?? "";
  const variables = { base, other, all: which === "all" };
  const asked = useAsked(CompareDocument, variables, base !== "" && other !== "");
  const comparison = asked.data?.compareExecutions;
  return (
    <Page
      title="Compare"
      above={ABOVE}
      deeds={
        <>
          <CallButton call={() => ({ document: CompareDocument as never, variables })} />
          <Button onClick={() => go(compareAddress(other, base))}>Swap</Button>
        </>
      }
    >
      <div className={styles.page}>
        {asked.problem && <ErrorBox title="The comparison did not come" problem={asked.problem} onAgain={asked.again} />}
        {!comparison && asked.isAsking && <Bones rows={6} />}
        {!comparison && !asked.isAsking && !asked.problem && (
          <Empty title="Nothing to compare">
            <p>One of the two executions is not there. Choose two in the list of executions.</p>
          </Empty>
        )}
        {comparison && (
          <>
            <div className={styles.sides}>
              <SideCard letter="A" side={comparison.base} />
              <SideCard letter="B" side={comparison.other} />
            </div>
            <WhatDiffers comparison={comparison} />
            <Card
              title="Actions"
              end={
                <Seg
                  label="Which"
                  value={which}
                  onChange={setWhich}
                  choices={[
                    { value: "all", name: "All" },
                    { value: "different", name: "Different" },
                  ]}
                />
              }
            >
              <Actions actions={comparison.actions} />
            </Card>
            {comparison.definition && comparison.definition.length > 0 && (
              <section className="stack">
                <h2>
                  Definition, {comparison.base.workflowVersion} → {comparison.other.workflowVersion}
                </h2>
                <Differences differences={comparison.definition} />
              </section>
            )}
          </>
        )}
      </div>
    </Page>
  );
}

function SideCard({ letter, side }: { letter: string; side: Side }) {
  return (
    <section className={styles.side} aria-label={`Execution ${letter}`}>
      <span className={styles.letter}>{letter}</span>
      <div className="grow">
        <div className="row wrap">
          <StatusPill look={lookOf(side)} />
          <Link href={addressOf(side.id)} className="b">
            {side.workflow?.name ?? "deleted workflow"}
          </Link>
          <Id of={side.id} />
        </div>
        <p className="t3 sm">
          @{side.workflowVersion}, <Time at={side.createdAt} />
          {side.durationSeconds != null && (
            <>
              , <Took milliseconds={side.durationSeconds * 1000} />
            </>
          )}
          , by {side.createdBy}
        </p>
      </div>
    </section>
  );
}

function WhatDiffers({ comparison }: { comparison: Comparison }) {
  const outcome = comparison.actions.find((action) => action.before?.status !== action.after?.status);
  const isSame = !comparison.parameters?.length && !comparison.definition?.length && !comparison.settings.length && !outcome && !comparison.outputs?.length;
  return (
    <Card title="What differs" aside="the likely cause first">
      {isSame && <Empty title="Parameters, definition and outcomes are the same" />}
      {comparison.parameters && comparison.parameters.length > 0 && (
        <Part name="Parameters">
          {comparison.parameters.map((place) => (
            <PlaceLines key={place.path.join(" ")} place={place} />
          ))}
        </Part>
      )}
      {comparison.definition && comparison.definition.length > 0 && (
        <Part name="Definition">
          <p className={styles.words}>{comparison.definition.map((one) => `${one.name} ${one.kind.toLowerCase()}`).join(", ")}</p>
        </Part>
      )}
      {comparison.settings.length > 0 && (
        <Part name="Settings">
          {comparison.settings.map((place) => (
            <PlaceLines key={place.path.join(" ")} place={place} />
          ))}
        </Part>
      )}
      {outcome && (
        <Part name="First outcome">
          <p className={styles.words}>
            <b>{outcome.actionId}</b>: {told(outcome.before)} in A, {told(outcome.after)} in B
          </p>
        </Part>
      )}
      {comparison.outputs && comparison.outputs.length > 0 && (
        <Part name="Outputs">
          {comparison.outputs.map((place) => (
            <PlaceLines key={place.path.join(" ")} place={place} />
          ))}
        </Part>
      )}
    </Card>
  );
}

function Part({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={styles.part}>
      <span className="b">{name}</span>
      <div className="grow">{children}</div>
    </div>
  );
}

function told(run: Action["before"]): string {
  if (!run) return "not begun";
  const look = actionLook(run.status).word.toLowerCase();
  return run.error ? `${look}, ${run.error.code}${run.error.httpStatus ? ` ${run.error.httpStatus}` : ""}` : look;
}

const WIDTH = 130;

function Actions({ actions }: { actions: readonly Action[] }) {
  const longest = Math.max(0.001, ...actions.flatMap((action) => [action.secondsBefore ?? 0, action.secondsAfter ?? 0]));
  const [open, setOpen] = useState<string | null>(null);
  if (actions.length === 0) return <Empty title="No action differs" />;
  return (
    <>
      <div className={`${styles.action} ${styles.headings}`} aria-hidden="true">
        <span>Action</span>
        <span className={styles.pair}>A</span>
        <span className={styles.pair}>B</span>
        <span className="no-phone">Took</span>
        <span className="no-phone">Difference</span>
      </div>
      <ul className={styles.actions}>
        {actions.map((action) => (
          <li key={action.actionId}>
            <button type="button" className={styles.action} aria-expanded={open === action.actionId} onClick={() => setOpen(open === action.actionId ? null : action.actionId)}>
              <span className="b cut">{action.actionId}</span>
              <StatusShape look={actionLook(action.before?.status)} />
              <span className="num t2">{action.secondsBefore == null ? "" : duration(action.secondsBefore * 1000)}</span>
              <StatusShape look={actionLook(action.after?.status)} />
              <span className="num t2">{action.secondsAfter == null ? "" : duration(action.secondsAfter * 1000)}</span>
              <svg className="no-phone" width={WIDTH} height="16" aria-hidden="true">
                <rect className={styles.before} y="3" height="4" rx="1" width={(WIDTH * (action.secondsBefore ?? 0)) / longest} />
                <rect className={styles.after} y="9" height="4" rx="1" width={(WIDTH * (action.secondsAfter ?? 0)) / longest} />
              </svg>
              <span className={`cut no-phone ${action.differs.length ? "b" : "t3"}`}>{says(action)}</span>
            </button>
            {open === action.actionId && (
              <div className={styles.response}>
                {action.response?.length ? (
                  action.response.map((place) => <PlaceLines key={place.path.join(" ")} place={place} />)
                ) : (
                  <p className="t3">What it returned is the same, or is not shown to you.</p>
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function says(action: Action): string {
  if (!action.before && action.after) return "only in B";
  if (action.before && !action.after) return "only in A";
  return action.differs.map((aspect) => aspect.toLowerCase()).join(", ") || "the same";
}
