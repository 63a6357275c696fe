// What an execution is tied to: the one that started it, those that it started, and what it told others.
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { type Asked, useAsked } from "../../../data/asking";
import { ExecutionRelatedDocument, type ExecutionRelatedQuery, RedeliverDocument, type RedeliverMutation, type RowFragment } from "../../../data/documents";
import { useDeed } from "../../../data/doing";
import { usePaced } from "../../../data/paced";
import { Button, ButtonLink } from "../../../parts/button";
import { CallButton } from "../../../parts/call";
import { Card } from "../../../parts/card";
import { Id } from "../../../parts/id";
import { Icon } from "../../../parts/icon";
import { Bones, Empty, ErrorBox } from "../../../parts/nothing";
import { StatusPill, StatusShape } from "../../../parts/status";
import { type Column, Table } from "../../../parts/table";
import { Since, Time, Took } from "../../../parts/time";
import { say } from "../../../parts/toasts";
import { lookOf } from "../../../words/executions";
import { inOneLine } from "../../../words/failures";
import type { Tone } from "../../../words/tones";
import { duration } from "../../../words/times";
import { compareAddress } from "../../compare/address";
import type { Shown } from "../model";
import styles from "./related.module.css";

type Delivery = NonNullable<NonNullable<ExecutionRelatedQuery["execution"]>["callbackDeliveries"]>[number];

/** It is asked anew at most so often, in milliseconds. */
const PACE_MS = 2000;

export function Related({ execution }: { execution: Shown }) {
  const asked = useAsked(ExecutionRelatedDocument, { id: execution.id });
  // As the execution goes on it starts others, and its end is told.
  const settled = usePaced(execution.journal?.nodes.at(-1)?.sequence, PACE_MS);
  const seen = useRef(settled);
  useEffect(() => {
    if (seen.current !== settled) asked.again();
    seen.current = settled;
  }, [settled]);
  const related = asked.data?.execution;
  if (!related) return asked.problem ? <ErrorBox title="What it is tied to did not come" problem={asked.problem} onAgain={asked.again} /> : <Bones rows={6} />;
  const children = asked.data?.executions?.nodes ?? [];
  const deliveries = related.callbackDeliveries ?? [];
  const reruns = related.reruns?.nodes ?? [];
  const isEmpty = !related.parent && !related.rerunOf && reruns.length === 0 && children.length === 0 && deliveries.length === 0 && !execution.callbackUrl;
  return (
    <div className={styles.related}>
      {isEmpty && (
        <Empty icon="link" title="It is tied to nothing">
          <p>No execution started it, it started none, none does another one over, and nobody is told of its end.</p>
        </Empty>
      )}
      {related.parent && (
        <Card title="Started by">
          <Rows rows={[related.parent]} label="The execution that started it" />
        </Card>
      )}
      {related.rerunOf && (
        <Card
          title="Does over"
          aside={related.rerunReason ? `“${related.rerunReason}”` : undefined}
          end={
            <ButtonLink kind="bare" isSmall icon="compare" href={compareAddress(related.rerunOf.id, execution.id)}>
              Compare
            </ButtonLink>
          }
        >
          <Rows rows={[related.rerunOf]} label="The execution that it does over" />
        </Card>
      )}
      {reruns.length > 0 && (
        <Card title="Done over by" aside={related.reruns?.pageInfo.hasNextPage ? "the newest 50" : undefined}>
          <Rows rows={reruns} label="The executions that do it over" />
        </Card>
      )}
      {children.length > 0 && (
        <Card
          title="It started"
          aside={asked.data?.executions?.pageInfo.hasNextPage ? "the newest 50" : undefined}
          end={
            <ButtonLink kind="bare" isSmall href={`/ui/executions?parent=${execution.id}`}>
              All as a list
            </ButtonLink>
          }
        >
          <Rows rows={children} label="The executions that it started" />
        </Card>
      )}
      {deliveries.map((delivery) => (
        <OneDelivery key={delivery.id} delivery={delivery} mayRedeliver={execution.viewerCan.redeliver} asked={asked} />
      ))}
      {deliveries.length === 0 && execution.callbackUrl && (
        <Card title="Callback">
          <p className={styles.words}>
            {execution.completedAt ? "Nothing has been sent so far to" : "When it ends, that is told to"} <code>{execution.callbackUrl}</code>
          </p>
        </Card>
      )}
    </div>
  );
}

const COLUMNS: readonly Column<RowFragment>[] = [
  {
    name: "Workflow",
    cell: (row) => (
      <span className="row">
        <StatusShape look={lookOf(row)} />
        <Link className="b cut" href={`/ui/executions/${row.id}`}>
          {row.workflow?.name ?? "deleted workflow"}
        </Link>
        <span className="t3">@{row.workflowVersion}</span>
      </span>
    ),
  },
  { name: "Id", isPlain: true, width: 96, cell: (row) => <Id of={row.id} /> },
  { name: "How it stands", isExtra: true, cell: (row) => (row.error ? <span className={styles.failed}>{inOneLine(row.error)}</span> : lookOf(row).word) },
  { name: "Started", isNumber: true, isExtra: true, width: 110, cell: (row) => <Time at={row.createdAt} /> },
  { name: "For", isNumber: true, width: 90, cell: (row) => (row.durationSeconds == null ? <Since at={row.createdAt} /> : <Took milliseconds={row.durationSeconds * 1000} />) },
];

const Rows = ({ rows, label }: { rows: readonly RowFragment[]; label: string }) => <Table label={label} columns={COLUMNS} rows={rows} keyOf={(row) => row.id} />;

const LOOKS: Readonly<Record<string, { shape: string; tone: Tone; word: string }>> = {
  PENDING: { shape: "s-wait", tone: "wait", word: "Not delivered yet" },
  DELIVERED: { shape: "s-ok", tone: "ok", word: "Delivered" },
  EXHAUSTED: { shape: "s-fail", tone: "fail", word: "Every attempt failed" },
  DISABLED: { shape: "s-cancel", tone: "idle", word: "Refused for good" },
};

function OneDelivery({ delivery, mayRedeliver, asked }: { delivery: Delivery; mayRedeliver: boolean; asked: Asked<unknown> }) {
  const [fault, setFault] = useState<string | null>(null);
  const { send, isBusy } = useDeed<RedeliverMutation["redeliverCallback"], { input: { id: string } }>(RedeliverDocument as never);
  const variables = { input: { id: delivery.id } };
  const redeliver = async () => {
    const { payload, faults } = await send(variables);
    setFault(payload ? null : (faults[0]?.message ?? "It was refused."));
    if (payload) say("ok", "It is sent again", "The attempt appears here.");
    asked.again();
  };
  const look = LOOKS[delivery.status];
  const name = delivery.channel === "CALLBACK" ? "Callback" : delivery.channel === "EMAIL" ? "Mail" : "Notification";
  return (
    <Card
      title={delivery.actionId ? `${name} of ${delivery.actionId}` : name}
      aside={delivery.event.toLowerCase().replace("_", ".")}
      end={
        <span className="row">
          {delivery.status !== "PENDING" && (
            <>
              <CallButton of="Send again" call={() => ({ document: RedeliverDocument as never, variables })} />
              <Button isSmall icon="rerun" isBusy={isBusy} offBecause={mayRedeliver ? null : "You may not send it again"} onClick={redeliver}>
                Send again
              </Button>
            </>
          )}
        </span>
      }
    >
      <div className={styles.words}>
        <p className="row wrap">
          {look && <StatusPill look={look} />}
          <code className={styles.url}>{delivery.url}</code>
          {delivery.nextAttemptAt && (
            <span className="t2">
              again at <Time at={delivery.nextAttemptAt} />
            </span>
          )}
        </p>
        {fault && <p className={styles.failed}>{fault}</p>}
      </div>
      {delivery.attempts.length > 0 && (
        <Table
          label={`Attempts to deliver ${delivery.id}`}
          columns={[
            { name: "#", width: 44, cell: (attempt) => attempt.number },
            { name: "At", isPlain: true, width: 110, cell: (attempt) => <Time at={attempt.at} /> },
            { name: "Took", isNumber: true, width: 80, cell: (attempt) => duration(attempt.durationSeconds * 1000) },
            {
              name: "Came to",
              cell: (attempt) => (
                <span className={`row gap-1 ${attempt.error ? styles.failed : ""}`}>
                  <Icon name={attempt.error ? "x" : "check"} size="s" />
                  <span className="cut">
                    {attempt.httpStatus} {attempt.error ?? "taken"}
                  </span>
                </span>
              ),
            },
          ]}
          rows={delivery.attempts}
          keyOf={(attempt) => String(attempt.number)}
        />
      )}
    </Card>
  );
}
