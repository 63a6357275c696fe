// What went into an execution and what came of it, as trees.
import { JsonTree } from "../../parts/json-tree";
import { Card } from "../../parts/card";
import { Note } from "../../parts/note";
import type { Shown } from "./execution";
import styles from "./execution.module.css";

export function Data({ execution }: { execution: Shown }) {
  if (!execution.viewerCan.readPayload)
    return (
      <div className="pad">
        <Note icon="lock" title="You see the flow, not the data">
          Inputs and outputs need the permission execution:payload. Ask an admin.
        </Note>
      </div>
    );
  return (
    <div className={`${styles.scroll} ${styles.data}`}>
      <Card title="Parameters">
        <JsonTree value={execution.parameters} expression="parameters" />
      </Card>
      {execution.outputs != null && (
        <Card title="Outputs">
          <JsonTree value={execution.outputs} />
        </Card>
      )}
      {execution.result != null && (
        <Card title="Results">
          <JsonTree value={execution.result} expression="actions" />
        </Card>
      )}
    </div>
  );
}
