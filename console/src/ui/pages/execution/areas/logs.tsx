// The log of an execution, newest first: what happened, written for people.
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useClient } from "urql";
import { type Problem, problemOf } from "../../../data/asking";
import { useOnReturn } from "../../../data/connection";
import { ExecutionLogsDocument, type ExecutionLogsQuery } from "../../../data/documents";
import { usePaced } from "../../../data/paced";
import { Button } from "../../../parts/button";
import { useKeys } from "../../../parts/keys";
import { Bones, Empty, ErrorBox } from "../../../parts/nothing";
import { Search } from "../../../parts/search";
import { Seg } from "../../../parts/seg";
import { StatusShape } from "../../../parts/status";
import type { Look } from "../../../words/executions";
import { exact } from "./events";
import styles from "./events.module.css";
import { type Lines, NO_LINES, withNewest, withOlder } from "./log-lines";

type Edge = NonNullable<NonNullable<ExecutionLogsQuery["execution"]>["logLines"]>["edges"][number];
type View = "ALL" | "WARNING" | "ERROR";

const LOOKS: Readonly<Record<string, Look>> = {
  INFO: { shape: "s-none", tone: "idle", word: "info" },
  WARNING: { shape: "s-wait", tone: "wait", word: "warning" },
  ERROR: { shape: "s-fail", tone: "fail", word: "error" },
};
const PLAIN: Look = { shape: "s-none", tone: "idle", word: "line" };

/** It is read anew at most so often, in milliseconds. */
const PACE_MS = 2000;

interface Props {
  id: string;
  /** It is read anew when this changes. */
  revision: number;
  choice: ReactNode;
}

export function Logs({ id, revision, choice }: Props) {
  const client = useClient();
  const [{ lines, before, hasOlder }, setLines] = useState<Lines<Edge>>(NO_LINES);
  const [isAsking, setAsking] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [text, setText] = useState("");
  const [view, setView] = useState<View>("ALL");
  const search = useRef<HTMLInputElement>(null);
  const settled = usePaced(revision, PACE_MS);
  const load = async (from: string | null, isCurrent: () => boolean = () => true) => {
    setAsking(true);
    const answer = await client.query(ExecutionLogsDocument, { id, before: from }, { requestPolicy: "network-only" }).toPromise();
    if (!isCurrent()) return;
    setAsking(false);
    setProblem(answer.error ? problemOf(answer.error) : null);
    const found = answer.data?.execution?.logLines;
    if (!found) return;
    setLines((known) => (from === null ? withNewest(known, found) : withOlder(known, found, from)));
  };
  useEffect(() => {
    let isWanted = true;
    void load(null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [client, id, settled]);
  useOnReturn(() => void load(null));
  const shown = useMemo(
    () =>
      lines.filter(
        ({ node }) =>
          (view === "ALL" || node.level === view || (view === "WARNING" && node.level === "ERROR")) &&
          `${node.message} ${node.actionId ?? ""}`.toLowerCase().includes(text.trim().toLowerCase()),
      ),
    [lines, view, text],
  );
  useKeys({ "/": () => search.current?.focus() });
  return (
    <div className={styles.whole}>
      <div className={styles.tools}>
        <Search ref={search} label="Find in the log" placeholder="Text in the lines" value={text} onChange={setText} />
        <Seg
          label="Which lines"
          value={view}
          choices={[
            { value: "ALL", name: "All" },
            { value: "WARNING", name: "Warnings" },
            { value: "ERROR", name: "Errors" },
          ]}
          onChange={setView}
        />
        <span className="grow" />
        {choice}
      </div>
      {problem && <ErrorBox title="The log did not come" problem={problem} onAgain={() => load(null)} />}
      {lines.length === 0 && isAsking && <Bones />}
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Log">
        {lines.length > 0 && shown.length === 0 && <Empty title="No line is found" />}
        <ol>
          {shown.map(({ cursor, node }) => (
            <li key={cursor} className={`${styles.line} ${styles.entry}`}>
              <time className="mono" dateTime={node.timestamp} title={node.timestamp}>
                {exact(node.timestamp)}
              </time>
              <StatusShape look={LOOKS[node.level] ?? PLAIN} size="s" />
              <code className="cut">{node.actionId}</code>
              <span className={styles.message}>{node.message}</span>
            </li>
          ))}
        </ol>
        {hasOlder && (
          <div className={styles.foot}>
            <Button isSmall isBusy={isAsking} onClick={() => load(before)}>
              Older lines
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
