// Nodes: which processes carry executions out, whether they are alive, and how much each has in hand.
import { useAsked } from "../../data/asking";
import { NodesDocument, type NodesQuery } from "../../data/documents";
import { useEvery } from "../../data/every";
import { oversees, useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { Id } from "../../parts/id";
import { Note } from "../../parts/note";
import { Bones, ErrorBox } from "../../parts/nothing";
import { StatusShape } from "../../parts/status";
import { Table } from "../../parts/table";
import { Tag } from "../../parts/tag";
import { Since, Time } from "../../parts/time";
import type { Look } from "../../words/executions";
import styles from "./nodes.module.css";

type Node = NonNullable<NodesQuery["nodes"]>[number];

const EVERY_MS = 5_000;
const KINDS: Readonly<Record<string, string>> = { ALL: "api and worker", API: "api", WORKER: "worker" };
const ALIVE: Look = { shape: "s-ok", tone: "ok", word: "Alive" };
const GONE: Look = { shape: "s-cancel", tone: "idle", word: "Gone" };

export default function Nodes() {
  const maySee = oversees(useViewer());
  const asked = useAsked(NodesDocument, {}, maySee);
  useEvery(EVERY_MS, () => maySee && asked.again());
  const nodes = asked.data?.nodes ?? [];
  const alive = nodes.filter((node) => node.isAlive).length;
  return (
    <Page title="Nodes" aside={maySee ? `${alive} alive` : undefined} deeds={<CallButton call={() => ({ document: NodesDocument as never, variables: {} })} />}>
      <div className={styles.page}>
        {!maySee && (
          <Note icon="lock" title="You may not see the nodes">
            Operators and admins do.
          </Note>
        )}
        {asked.problem && <ErrorBox title="The nodes did not come" problem={asked.problem} onAgain={asked.again} />}
        {!asked.data && asked.isAsking && <Bones />}
        {nodes.length > 0 && (
          <Card title="Nodes" aside={nodes.length > alive ? `${alive} alive, ${nodes.length - alive} gone` : undefined}>
            <Table label="Nodes" rows={nodes} keyOf={(node) => node.id} columns={COLUMNS} />
          </Card>
        )}
      </div>
    </Page>
  );
}

const COLUMNS = [
  { name: "State", isMark: true, cell: (node: Node) => <StatusShape look={node.isAlive ? ALIVE : GONE} /> },
  {
    name: "Node",
    cell: (node: Node) => (
      <>
        <Id of={node.id} /> {node.isAnswering && <Tag isOutlined>answers this page</Tag>} {node.isLeading && <Tag isOutlined>leads</Tag>}
      </>
    ),
  },
  { name: "Kind", isExtra: true, cell: (node: Node) => KINDS[node.kind] ?? node.kind.toLowerCase() },
  { name: "Version", isExtra: true, width: 110, cell: (node: Node) => <code>{node.version}</code> },
  { name: "Lease until", isExtra: true, width: 120, isNumber: true, cell: (node: Node) => (node.leaseUntil ? <Time at={node.leaseUntil} /> : "needs none") },
  { name: "In hand", width: 80, isNumber: true, cell: (node: Node) => node.inHand.toLocaleString() },
  { name: "Up", width: 110, isNumber: true, cell: (node: Node) => <Since at={node.startedAt} /> },
];
