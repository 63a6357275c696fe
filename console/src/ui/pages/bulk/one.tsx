// One bulk operation, live: how far it has come, and why it could not be done to some.
import { type ReactNode, useEffect, useState } from "react";
import { useSubscription } from "urql";
import { Link } from "wouter";
import { useAsked } from "../../data/asking";
import { BulkItemsDocument, type BulkItemsQuery, type BulkFragment, type BulkItemStatus, BulkLiveDocument, BulkOneDocument } from "../../data/documents";
import { usePaced } from "../../data/paced";
import { Page } from "../../frame/page";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { CopyButton, Id } from "../../parts/id";
import { Meter } from "../../parts/meter";
import { Note } from "../../parts/note";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { usePages } from "../../parts/pages";
import { Seg } from "../../parts/seg";
import { StatusPill, StatusShape } from "../../parts/status";
import { type Column, Table } from "../../parts/table";
import { Time } from "../../parts/time";
import { bulkLook, executions, ITEM_LOOKS, KINDS } from "../../words/bulk";
import { lookOf } from "../../words/executions";
import { shortId } from "../../words/ids";
import { addressOf } from "../executions/row";
import { Abort } from "./abort";
import styles from "./bulk.module.css";

const ABOVE = [{ name: "Bulk operations", href: "/ui/bulk" }];
const PACE_MS = 2_000;

export function One({ id }: { id: string }) {
  const asked = useAsked(BulkOneDocument, { id });
  const first = asked.data?.bulkOperation;
  const isOver = first?.status === "COMPLETED" || first?.status === "ABORTED";
  const [live] = useSubscription({ query: BulkLiveDocument, variables: { id }, pause: !first || isOver });
  const operation = first && !isOver ? (live.data?.bulkOperationProgress ?? first) : first;
  if (operation) return <Shown operation={operation} onDone={asked.again} />;
  return (
    <Page title={shortId(id)} isId above={ABOVE}>
      {asked.problem ? (
        <ErrorBox title="The operation did not come" problem={asked.problem} onAgain={asked.again} />
      ) : asked.isAsking ? (
        <Bones rows={6} />
      ) : (
        <Empty title="There is no such operation">
          <p>It may be of another tenant, or was over more than 30 days ago.</p>
        </Empty>
      )}
    </Page>
  );
}

function Shown({ operation, onDone }: { operation: BulkFragment; onDone: () => void }) {
  const kind = KINDS[operation.kind];
  return (
    <Page
      title={shortId(operation.id)}
      isId
      above={ABOVE}
      aside={<CopyButton text={operation.id} label="Copy the id" />}
      deeds={
        <>
          <CallButton call={() => ({ document: BulkOneDocument as never, variables: { id: operation.id } })} />
          <Abort operation={operation} onDone={onDone} />
        </>
      }
    >
      <div className={styles.page}>
        <header>
          <div className="row wrap">
            <h2 className={styles.title}>
              {kind.verb} {executions(operation.total)}
            </h2>
            <StatusPill look={bulkLook(operation)} />
          </div>
          <dl className={styles.facts}>
            <Fact name="Gone through">
              <Meter used={operation.total - operation.left} of={operation.total} tone={bulkLook(operation).tone} />
            </Fact>
            <Fact name={`Were ${kind.done}`}>{operation.succeeded.toLocaleString()}</Fact>
            <Fact name="Left as they were">{operation.skipped.toLocaleString()}</Fact>
            <Fact name="Failed">{operation.failed ? <span className={styles.failed}>{operation.failed.toLocaleString()}</span> : 0}</Fact>
            <Fact name="By">{operation.createdBy}</Fact>
            <Fact name="Made">
              <Time at={operation.createdAt} />
            </Fact>
            {operation.completedAt && (
              <Fact name="Over">
                <Time at={operation.completedAt} />
              </Fact>
            )}
            {operation.reason && <Fact name="Why">{operation.reason}</Fact>}
          </dl>
        </header>
        {operation.status === "ABORTED" && (
          <Note tone="wait" icon="stop" title={operation.endedBy ? `Aborted by ${operation.endedBy}` : "Aborted by the service"}>
            {operation.refusal} {executions(operation.left)} {operation.left === 1 ? "was" : "were"} left alone.
          </Note>
        )}
        <Items operation={operation} />
      </div>
    </Page>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

type Item = NonNullable<NonNullable<NonNullable<BulkItemsQuery["bulkOperation"]>["items"]>["nodes"]>[number];
type Which = "refused" | "all";
const REFUSED: readonly BulkItemStatus[] = ["FAILED", "SKIPPED"];

function Items({ operation }: { operation: BulkFragment }) {
  const [chosen, setChosen] = useState<Which | null>(null);
  const refused = operation.failed + operation.skipped;
  const which = chosen ?? "refused";
  return (
    <Card
      title={which === "refused" ? "What was refused, and why" : "Each execution"}
      aside={which === "refused" ? refused.toLocaleString() : operation.total.toLocaleString()}
      end={
        <Seg
          label="Which"
          value={which}
          onChange={setChosen}
          choices={[
            { value: "refused", name: "Refused" },
            { value: "all", name: "All" },
          ]}
        />
      }
    >
      <Listed key={which} operation={operation} which={which} changes={which === "refused" ? refused : operation.left} />
    </Card>
  );
}

function Listed({ operation, which, changes }: { operation: BulkFragment; which: Which; changes: number }) {
  const { after, buttons } = usePages();
  const asked = useAsked(BulkItemsDocument, { id: operation.id, status: which === "refused" ? REFUSED : null, after });
  const paced = usePaced(changes, PACE_MS);
  const { again } = asked;
  useEffect(() => again(), [paced]);
  const items = asked.data?.bulkOperation?.items;
  if (asked.problem) return <ErrorBox title="The executions did not come" problem={asked.problem} onAgain={asked.again} />;
  if (!items) return <Bones rows={6} />;
  if (items.nodes.length === 0)
    return (
      <Empty icon="s-ok" title={which === "all" ? "It is about no execution" : "Nothing was refused"}>
        {which === "refused" && operation.left > 0 && <p>{executions(operation.left)} are still to come.</p>}
      </Empty>
    );
  return (
    <>
      <Table label="Executions of the operation" rows={items.nodes} keyOf={(item) => item.executionId} columns={COLUMNS} />
      {buttons(items.pageInfo)}
    </>
  );
}

const COLUMNS: readonly Column<Item>[] = [
  {
    name: "Came to",
    isPlain: true,
    width: 130,
    cell: (item) => (
      <span className="row gap-1">
        <StatusShape look={ITEM_LOOKS[item.status]} size="s" />
        <span className="cut">{ITEM_LOOKS[item.status].word}</span>
      </span>
    ),
  },
  {
    name: "Execution",
    cell: (item) =>
      item.execution ? (
        <span className="row">
          <StatusShape look={lookOf(item.execution)} />
          <Link className={`${styles.name} cut`} href={addressOf(item.executionId)}>
            {item.execution.workflow?.name ?? "deleted workflow"}
          </Link>
          <span className="t3">@{item.execution.workflowVersion}</span>
        </span>
      ) : (
        <span className="t3">is not there</span>
      ),
  },
  { name: "Id", width: 96, isExtra: true, cell: (item) => <Id of={item.executionId} /> },
  {
    name: "Why",
    cell: (item) => (
      <span title={item.message ?? undefined} className={item.status === "FAILED" ? styles.failed : "t2"}>
        {item.message ?? ""}
      </span>
    ),
  },
  {
    name: "Made",
    width: 96,
    isExtra: true,
    cell: (item) =>
      item.newExecutionId && (
        <Link className="link" href={addressOf(item.newExecutionId)}>
          <Id of={item.newExecutionId} />
        </Link>
      ),
  },
  { name: "At", width: 100, isNumber: true, isExtra: true, cell: (item) => item.at && <Time at={item.at} /> },
];
