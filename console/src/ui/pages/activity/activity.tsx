// Activity: what happened in the tenant, and for admins who did what.
import { Link, useLocation } from "wouter";
import { type Asked, useAsked } from "../../data/asking";
import { ActivityPageDocument, type ActivityPageQuery, AuditPageDocument, type AuditPageQuery } from "../../data/documents";
import { useMay } from "../../data/viewer";
import { Page } from "../../frame/page";
import { CallButton } from "../../parts/call";
import { Id } from "../../parts/id";
import { Note } from "../../parts/note";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { usePages } from "../../parts/pages";
import { Seg } from "../../parts/seg";
import { StatusShape } from "../../parts/status";
import { Table } from "../../parts/table";
import { Time } from "../../parts/time";
import type { Look } from "../../words/executions";
import { shortId } from "../../words/ids";
import { addressOf } from "../executions/row";
import { workflowAddress } from "../workflows/address";

const AUDIT = "/ui/audit";

export default function Activity() {
  const [path, go] = useLocation();
  const isAudit = path === AUDIT;
  const isAdmin = useMay("ADMIN");
  return (
    <Page
      title="Activity"
      aside={
        isAdmin && (
          <Seg
            label="What"
            value={isAudit ? "audit" : "activity"}
            onChange={(what) => go(what === "audit" ? AUDIT : "/ui/activity")}
            choices={[
              { value: "activity", name: "What happened" },
              { value: "audit", name: "Audit" },
            ]}
          />
        )
      }
      deeds={<CallButton call={() => ({ document: (isAudit ? AuditPageDocument : ActivityPageDocument) as never, variables: { after: null } })} />}
    >
      {!isAudit ? (
        <Happened />
      ) : isAdmin ? (
        <Audit />
      ) : (
        <Note icon="lock" title="You may not see the audit log">
          Admins do.
        </Note>
      )}
    </Page>
  );
}

function Around({ asked, isEmpty }: { asked: Asked<unknown>; isEmpty: boolean }) {
  if (asked.problem) return <ErrorBox title="The list did not come" problem={asked.problem} onAgain={asked.again} />;
  if (!asked.data) return <Bones rows={8} />;
  return isEmpty ? <Empty title="Nothing yet" /> : null;
}

type Happening = NonNullable<ActivityPageQuery["activities"]>["nodes"][number];

const SHAPES: Readonly<Record<string, Look>> = {
  WORKFLOW_CREATED: { shape: "plus", tone: "idle", word: "made a workflow" },
  WORKFLOW_UPDATED: { shape: "edit", tone: "idle", word: "changed a workflow" },
  WORKFLOW_DELETED: { shape: "trash", tone: "idle", word: "deleted a workflow" },
  WORKFLOW_EXECUTED: { shape: "play", tone: "run", word: "ran a workflow" },
  EXECUTION_COMPLETED: { shape: "s-ok", tone: "ok", word: "an execution completed" },
  EXECUTION_FAILED: { shape: "s-fail", tone: "fail", word: "an execution failed" },
  EXECUTION_CANCELLED: { shape: "s-cancel", tone: "idle", word: "an execution was cancelled" },
};

function Happened() {
  const { after, buttons } = usePages();
  const asked = useAsked(ActivityPageDocument, { after });
  const rows = asked.data?.activities?.nodes ?? [];
  const lookOf = (row: Happening): Look => SHAPES[row.type] ?? { shape: "pulse", tone: "idle", word: row.type.toLowerCase().replaceAll("_", " ") };
  return (
    <>
      <Around asked={asked} isEmpty={rows.length === 0} />
      {rows.length > 0 && (
        <Table
          label="What happened"
          rows={rows}
          keyOf={(row) => row.id}
          columns={[
            { name: "At", isPlain: true, width: 110, cell: (row) => <Time at={row.timestamp} /> },
            { name: "Who", isExtra: true, width: 150, cell: (row) => <span className="b">{row.userId}</span> },
            {
              name: "What",
              cell: (row) => (
                <span className="row">
                  <StatusShape look={lookOf(row)} size="s" /> {lookOf(row).word}
                </span>
              ),
            },
            {
              name: "Which",
              isPlain: true,
              cell: (row) => (
                <span className="row">
                  {row.workflowId && (
                    <Link className="cut" href={workflowAddress(row.workflowId)}>
                      {row.workflow?.name ?? shortId(row.workflowId)}
                    </Link>
                  )}
                  {row.executionId && (
                    <Link href={addressOf(row.executionId)}>
                      <Id of={row.executionId} />
                    </Link>
                  )}
                </span>
              ),
            },
          ]}
        />
      )}
      {buttons(asked.data?.activities?.pageInfo)}
    </>
  );
}

type Entry = NonNullable<AuditPageQuery["auditEntries"]>["nodes"][number];

function outcome(entry: Entry): Look {
  switch (entry.outcome) {
    case "SUCCEEDED":
      return { shape: "s-ok", tone: "ok", word: "done" };
    case "DENIED":
      return { shape: "s-fail", tone: "fail", word: "refused" };
    default:
      return { shape: "s-fail", tone: "fail", word: "unknown" };
  }
}

function Audit() {
  const { after, buttons } = usePages();
  const asked = useAsked(AuditPageDocument, { after });
  const rows = asked.data?.auditEntries?.nodes ?? [];
  return (
    <>
      <Around asked={asked} isEmpty={rows.length === 0} />
      {rows.length > 0 && (
        <Table
          label="Who did what"
          rows={rows}
          keyOf={(row) => row.id}
          columns={[
            { name: "At", isPlain: true, width: 110, cell: (row) => <Time at={row.at} /> },
            {
              name: "Who, by what",
              cell: (row) => (
                <>
                  <span className="b">{row.actor ?? "unknown"}</span> <span className="t3">{row.credential}</span>
                </>
              ),
            },
            { name: "Did", isPlain: true, cell: (row) => <code>{row.action}</code> },
            { name: "To", isExtra: true, cell: (row) => <code className="t2">{row.target}</code> },
            {
              name: "Ended",
              isPlain: true,
              width: 110,
              cell: (row) => (
                <span className="row gap-1">
                  <StatusShape look={outcome(row)} size="s" /> {outcome(row).word}
                </span>
              ),
            },
            { name: "With", isExtra: true, cell: (row) => <span className="t2">{withWhat(row.details)}</span> },
          ]}
        />
      )}
      {buttons(asked.data?.auditEntries?.pageInfo)}
    </>
  );
}

function withWhat(details: unknown): string {
  if (details === null || typeof details !== "object") return "";
  return Object.entries(details)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
