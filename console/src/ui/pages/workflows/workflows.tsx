// Workflows: what is defined, how much it is used, and how well it goes.
import { useState } from "react";
import { Link } from "wouter";
import { useAsked } from "../../data/asking";
import { WorkflowListDocument, type WorkflowListQuery } from "../../data/documents";
import { useLater } from "../../data/later";
import { useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { Button, ButtonLink } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { Search } from "../../parts/search";
import { Table } from "../../parts/table";
import { Tag } from "../../parts/tag";
import { Time, Took } from "../../parts/time";
import { share, workflowAddress } from "./address";
import styles from "./workflows.module.css";

type Listed = NonNullable<WorkflowListQuery["workflows"]>["nodes"][number];

export default function Workflows() {
  const viewer = useViewer();
  const [text, setText] = useState("");
  const search = useLater(text, 200);
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const filter = search.trim() ? { search: search.trim() } : null;
  const variables = { filter, after: cursors.at(-1) ?? null };
  const asked = useAsked(WorkflowListDocument, variables);
  const page = asked.data?.workflows;
  return (
    <Page
      title="Workflows"
      deeds={
        <>
          <CallButton call={() => ({ document: WorkflowListDocument as never, variables })} />
          <ButtonLink kind="ink" icon="plus" href="/ui/workflows/new" offBecause={viewer.canCreateWorkflows ? null : "You may not make workflows"}>
            New workflow
          </ButtonLink>
        </>
      }
    >
      <div className={styles.tools}>
        <Search
          label="Find a workflow"
          placeholder="Name or description"
          value={text}
          onChange={(next) => {
            setText(next);
            setCursors([null]);
          }}
        />
      </div>
      {asked.problem && <ErrorBox title="The workflows did not come" problem={asked.problem} onAgain={asked.again} />}
      {!page && asked.isAsking && <Bones rows={8} />}
      {page && page.nodes.length === 0 && <Empty title={filter ? "No workflow has that in its name or description" : "No workflow yet"} />}
      {page && page.nodes.length > 0 && <List rows={page.nodes} />}
      <div className={styles.pages}>
        {cursors.length > 1 && <Button onClick={() => setCursors(cursors.slice(0, -1))}>Newer</Button>}
        {page?.pageInfo.hasNextPage && <Button onClick={() => setCursors([...cursors, page.pageInfo.endCursor ?? null])}>Older</Button>}
      </div>
    </Page>
  );
}

function List({ rows }: { rows: readonly Listed[] }) {
  return (
    <Table
      label="Workflows"
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        {
          name: "Name",
          cell: (row) => (
            <>
              <Link href={workflowAddress(row.id)} className="b">
                {row.name}
              </Link>{" "}
              <span className="t3">@{row.version}</span> {row.status !== "ACTIVE" && <Tag isOutlined>{row.status.toLowerCase()}</Tag>}
            </>
          ),
        },
        {
          name: "What it does",
          isExtra: true,
          cell: (row) => (
            <span className="row">
              {row.description && (
                <span className="t2 cut" title={row.description}>
                  {row.description}
                </span>
              )}
              {row.tags.map((tag) => (
                <Tag key={tag}>{tag}</Tag>
              ))}
            </span>
          ),
        },
        { name: "Live", isNumber: true, isExtra: true, width: 70, cell: (row) => row.statistics?.live || "" },
        { name: "Runs", isNumber: true, width: 90, cell: (row) => row.statistics?.executions.toLocaleString() },
        { name: "Went well", isNumber: true, width: 90, cell: (row) => share(row.statistics?.successRate) },
        {
          name: "On average",
          isNumber: true,
          isExtra: true,
          width: 100,
          cell: (row) => row.statistics?.averageSeconds != null && <Took milliseconds={row.statistics.averageSeconds * 1000} />,
        },
        { name: "Changed", isNumber: true, isExtra: true, width: 120, cell: (row) => <Time at={row.updatedAt} /> },
      ]}
    />
  );
}
