// The journal of an execution, newest first: what happened, and when.
import { useState } from "react";
import { useAsked } from "../../data/asking";
import { ExecutionEventsDocument } from "../../data/documents";
import { JsonTree } from "../../parts/json-tree";
import { Bones, ErrorBox } from "../../parts/nothing";
import { Time } from "../../parts/time";
import styles from "./execution.module.css";

export function Events({ id }: { id: string; isLive: boolean }) {
  const asked = useAsked(ExecutionEventsDocument, { id, before: null });
  const [open, setOpen] = useState<number | null>(null);
  const events = [...(asked.data?.execution?.journal?.nodes ?? [])].reverse();
  return (
    <div className={styles.scroll}>
      {asked.problem && <ErrorBox title="The events did not come" problem={asked.problem} onAgain={asked.again} />}
      {!events.length && asked.isAsking && <Bones />}
      <ol className={styles.events}>
        {events.map((event) => (
          <li key={event.sequence}>
            <button type="button" className={styles.event} aria-expanded={open === event.sequence} onClick={() => setOpen(open === event.sequence ? null : event.sequence)}>
              <span className="num t3">{event.sequence}</span>
              <span className="t2">
                <Time at={event.at} />
              </span>
              <span className="b">{event.type.toLowerCase().replaceAll("_", " ")}</span>
              <span className="t2 cut">{event.actionId}</span>
            </button>
            {open === event.sequence && (
              <div className={styles.eventData}>
                <JsonTree value={event.data} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
