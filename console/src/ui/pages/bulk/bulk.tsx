// Bulk operations: what is done to many executions at once, how far each has come, and what came of it.
import { Link, useParams } from "wouter";
import { useAsked } from "../../data/asking";
import { BulkPageDocument, type BulkFragment } from "../../data/documents";
import { useEvery } from "../../data/every";
import { Page } from "../../frame/page";
import { ButtonLink } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { Id } from "../../parts/id";
import { Meter } from "../../parts/meter";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { usePages } from "../../parts/pages";
import { StatusShape } from "../../parts/status";
import { type Column, Table } from "../../parts/table";
import { Time } from "../../parts/time";
import { bulkLook, executions, KINDS } from "../../words/bulk";
import { Abort } from "./abort";
import { bulkAddress } from "./address";
import styles from "./bulk.module.css";
import { One } from "./one";

export default function Bulk() {
  const { id } = useParams<{ id?: string }>();
  return id ? <One key={id} id={id} /> : <All />;
}

const EVERY_MS = 3_000;

function All() {
  const { after, buttons } = usePages();
  const asked = useAsked(BulkPageDocument, { after });
  const page = asked.data?.bulkOperations;
  const rows = page?.nodes ?? [];
  const underWay = rows.filter((row) => row.status === "PENDING" || row.status === "RUNNING").length;
  useEvery(EVERY_MS, () => underWay > 0 && asked.again());
  return (
    <Page
      title="Bulk operations"
      aside={underWay ? `${underWay} under way` : undefined}
      deeds={<CallButton call={() => ({ document: BulkPageDocument as never, variables: { after } })} />}
    >
      <div className={styles.page}>
        {asked.problem && <ErrorBox title="The list did not come" problem={asked.problem} onAgain={asked.again} />}
        {!asked.data && asked.isAsking && <Bones rows={6} />}
        {page && rows.length === 0 && (
          <Empty icon="layers" title="No bulk operation in the last 30 days">
            <p>Select executions in their list to cancel, pause or delete many at once.</p>
            <ButtonLink href="/ui/executions">Executions</ButtonLink>
          </Empty>
        )}
        {rows.length > 0 && (
          <Card title="Operations" aside="the newest first, kept for 30 days">
            <Table label="Bulk operations" rows={rows} keyOf={(row) => row.id} columns={columns(asked.again)} />
          </Card>
        )}
        {buttons(page?.pageInfo)}
      </div>
    </Page>
  );
}

function columns(onDone: () => void): readonly Column<BulkFragment>[] {
  return [
    {
      name: "What",
      cell: (row) => (
        <span className="row">
          <StatusShape look={bulkLook(row)} />
          <Link className={`${styles.name} cut`} href={bulkAddress(row.id)}>
            {KINDS[row.kind].verb} {executions(row.total)}
          </Link>
          {row.reason && <span className="t3 cut no-phone">{row.reason}</span>}
        </span>
      ),
    },
    { name: "Id", width: 90, isExtra: true, cell: (row) => <Id of={row.id} /> },
    { name: "Done", isPlain: true, width: 190, cell: (row) => <Meter used={row.total - row.left} of={row.total} tone={bulkLook(row).tone} /> },
    {
      name: "Refused",
      width: 130,
      isNumber: true,
      isExtra: true,
      cell: (row) => <Refused operation={row} />,
    },
    { name: "By", width: 120, isExtra: true, cell: (row) => row.createdBy },
    { name: "When", width: 110, isNumber: true, isExtra: true, cell: (row) => <Time at={row.createdAt} /> },
    { name: "Abort", width: 106, isNumber: true, isExtra: true, cell: (row) => <Abort operation={row} isSmall onDone={onDone} /> },
  ];
}

function Refused({ operation }: { operation: BulkFragment }) {
  return (
    <>
      {operation.failed > 0 && <span className={styles.failed}>{operation.failed.toLocaleString()} failed</span>}
      {operation.failed > 0 && operation.skipped > 0 && ", "}
      {operation.skipped > 0 && `${operation.skipped.toLocaleString()} left`}
    </>
  );
}
