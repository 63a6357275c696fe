// One item of an action that runs for each of a list: what came of it, by which attempts.
import { useEffect } from "react";
import { useAsked } from "../../data/asking";
import { ActionItemDocument } from "../../data/documents";
import { IconButton } from "../../parts/button";
import { JsonTree } from "../../parts/json-tree";
import { ErrorBox } from "../../parts/nothing";
import { StatusShape } from "../../parts/status";
import { actionLook } from "../../words/executions";
import { todo } from "../../words/failures";
import { duration } from "../../words/times";
import type { Choice } from "./address";
import { Answer } from "./answer";
import { Attempts, OwnKey } from "./attempts";
import type { ActionOf, Run, Shown } from "./model";
import styles from "./panel.module.css";

interface Props {
  execution: Shown;
  action: ActionOf;
  run: Run;
  index: number;
  onChoose: (choice: Choice) => void;
}

export function OneItem({ execution, action, run, index, onChoose }: Props) {
  // A cursor of the items is the number of one.
  const asked = useAsked(ActionItemDocument, { id: run.id, after: index > 0 ? String(index - 1) : null });
  const revision = `${run.status} ${run.items?.succeeded} ${run.items?.failed} ${run.items?.skipped}`;
  useEffect(() => asked.again(), [revision]);
  const node = asked.data?.node;
  const results = node && "items" in node && node.id === run.id ? node.items?.results : null;
  const item = results?.nodes.find((one) => one.index === index);
  return (
    <section className={styles.part}>
      <h3>
        Item {index} <span className="grow" />
        <IconButton isSmall icon="x" label="Close the item" onClick={() => onChoose({ action: action.id, item: null })} />
      </h3>
      {asked.problem && <ErrorBox title="The item did not come" problem={asked.problem} onAgain={asked.again} />}
      {item ? (
        <>
          <p className="row">
            <StatusShape look={actionLook(item.status)} size="s" />
            {actionLook(item.status).word}
            {item.completedAt && <span className="t3">after {duration(Date.parse(item.completedAt) - Date.parse(item.startedAt))}</span>}
          </p>
          {item.error && (
            <p className={styles.itemError}>
              {item.error.code} {item.error.httpStatus ?? ""}: {item.error.message} <span className="t2">{todo(item.error)}</span>
            </p>
          )}
          {item.attempts.length > 0 && <Attempts attempts={item.attempts} isCutOff={item.status === "CANCELLED"} isWaiting={item.status === "WAITING" || item.status === "PENDING"} />}
          {item.response != null && <JsonTree value={item.response} expression={`${action.id}.response[${index}]`} isBare={typeof item.response === "object"} />}
          <Answer http={item.http} expression={`${action.id}.items[${index}].http`} />
          {action.type === "service_call" && <OwnKey execution={execution} action={action} item={index} isRepeated={item.attempts.length > 1} />}
        </>
      ) : (
        !asked.problem && <p className="t3">{asked.isAsking ? "It is on its way." : "It has not begun."}</p>
      )}
    </section>
  );
}
