// What went into an execution and what came of it, as trees from which values and expressions are copied.
import { type ReactNode, useEffect, useState } from "react";
import { useAsked } from "../../../data/asking";
import { ExecutionDataDocument } from "../../../data/documents";
import { usePaced } from "../../../data/paced";
import { Button, IconButton } from "../../../parts/button";
import { Card } from "../../../parts/card";
import { CopyButton } from "../../../parts/id";
import { JsonTree } from "../../../parts/json-tree";
import { Note } from "../../../parts/note";
import { Bones, ErrorBox } from "../../../parts/nothing";
import { amount } from "../../../words/amounts";
import { LIVE } from "../../../words/executions";
import { bytes, sizeOf } from "../../../words/sizes";
import styles from "./data.module.css";
import type { Shown } from "../model";

/** What is larger opens on demand. */
const LARGE = 256 * 1024;
/** It is read anew at most so often, in milliseconds, and less often the more actions there are. */
const PACE_MS = 2000;
const PACE_OF_ONE_MS = 60;

export function Data({ execution }: { execution: Shown }) {
  const { readPayload } = execution.viewerCan;
  const asked = useAsked(ExecutionDataDocument, { id: execution.id }, readPayload);
  const settled = usePaced(execution.journal?.nodes.at(-1)?.sequence ?? 0, PACE_MS + (execution.actions?.length ?? 0) * PACE_OF_ONE_MS);
  useEffect(() => {
    if (readPayload && settled > 0) asked.again();
  }, [settled]);
  if (!readPayload)
    return (
      <div className="pad">
        <Note icon="lock" title="You see the flow, not the data">
          Inputs and outputs need the permission execution:payload. Ask an admin.
        </Note>
      </div>
    );
  const data = asked.data?.execution;
  if (!data) return asked.problem ? <ErrorBox title="The data did not come" problem={asked.problem} onAgain={asked.again} /> : <Bones rows={6} />;
  const isLive = LIVE.has(execution.status);
  const runs = data.actions?.filter((run) => run.response != null) ?? [];
  const results = Object.fromEntries(runs.map((run) => [run.actionId, { status: run.status.toLowerCase(), response: run.response }]));
  const planned = data.definition?.outputs;
  const isEmpty = (value: unknown) => value == null || (typeof value === "object" && Object.keys(value).length === 0);
  return (
    <div className={styles.data}>
      <div className={styles.column}>
        <Card title="Parameters" aside="as given, with defaults" end={<Ends name="parameters" value={data.parameters} />}>
          <Body>{isEmpty(data.parameters) ? <p className="t3">It has none.</p> : <JsonTree value={data.parameters} expression="" isBare openDepth={1} />}</Body>
        </Card>
        {!isEmpty(data.outputs) ? (
          <Card title="Outputs" end={<Ends name="outputs" value={data.outputs} />}>
            <Body>
              <Large value={data.outputs} />
            </Body>
          </Card>
        ) : (
          !isEmpty(planned) &&
          isLive && (
            <Card title="Outputs" aside="filled in when it completes">
              <Body>
                <JsonTree value={planned} isBare />
              </Body>
            </Card>
          )
        )}
      </div>
      <Card title={isLive ? "Results so far" : "Results"} aside={`${amount(runs.length, "action")}, ${bytes(sizeOf(results))}`} end={<Ends name="results" value={results} />}>
        <Body>
          {runs.length === 0 && <p className="t3">None so far.</p>}
          {runs.map((run) => (
            <Result key={run.actionId} id={run.actionId} status={run.status.toLowerCase()} response={run.response} isOpen={runs.length <= 12} />
          ))}
        </Body>
      </Card>
    </div>
  );
}

const Body = ({ children }: { children: ReactNode }) => <div className={styles.body}>{children}</div>;

/** What one action returned; a large one opens on demand. */
function Result({ id, status, response, isOpen }: { id: string; status: string; response: unknown; isOpen: boolean }) {
  const size = sizeOf(response);
  const [isShown, setShown] = useState(size <= LARGE);
  if (isShown) return <JsonTree value={{ [id]: { status, response } }} expression="" isBare openDepth={isOpen ? 2 : 0} />;
  return (
    <p className="row">
      <code>{id}</code>
      <Button isSmall onClick={() => setShown(true)}>
        Open {bytes(size)}
      </Button>
    </p>
  );
}

function Large({ value }: { value: unknown }) {
  const size = sizeOf(value);
  const [isShown, setShown] = useState(size <= LARGE);
  if (isShown) return <JsonTree value={value} isBare />;
  return (
    <Button isSmall onClick={() => setShown(true)}>
      Open {bytes(size)}
    </Button>
  );
}

/** Saves a value as a file, and copies it. */
function Ends({ name, value }: { name: string; value: unknown }) {
  const text = () => JSON.stringify(value ?? null, null, 2);
  const save = () => {
    const address = URL.createObjectURL(new Blob([text()], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${name}.json`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <span className="row gap-1">
      <IconButton isSmall icon="down-tray" label="Save as JSON" onClick={save} />
      <CopyButton text={text()} label="Copy as JSON" />
    </span>
  );
}
