// Does one thing to many executions: how many they are is asked first, and confirmed once.
import { useCallback, useEffect, useState } from "react";
import { BulkCreateDocument, type BulkCreateMutation, type BulkKind, type CreateBulkOperationInput, type ExecutionFilterInput } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Dialog } from "../../parts/dialog";
import { TextField } from "../../parts/field";
import { Id } from "../../parts/id";
import { Note } from "../../parts/note";
import { Bones } from "../../parts/nothing";
import { StatusShape } from "../../parts/status";
import { say } from "../../parts/toasts";
import { executions, KINDS } from "../../words/bulk";
import { lookOf } from "../../words/executions";
import { bulkAddress } from "../bulk/address";
import styles from "./bulk.module.css";
import { DetailFields, type Details, detailsInput, NO_DETAILS } from "./bulk-details";

/** Those that were ticked, or all that a filter finds. */
export type Target = { ids: readonly string[] } | { filter: ExecutionFilterInput };

interface Props {
  kind: BulkKind;
  target: Target;
  onClose: () => void;
  onDone: () => void;
}

/** What is not left out though they are only counted: no label is changed by that. */
const COUNTED_WITH: Partial<Record<BulkKind, Pick<CreateBulkOperationInput, "labels">>> = { LABEL: { labels: {} } };

type Payload = BulkCreateMutation["createBulkOperation"];

export function BulkDialog({ kind, target, onClose, onDone }: Props) {
  const words = KINDS[kind];
  const [found, setFound] = useState<Payload | null>(null);
  const [reason, setReason] = useState("");
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [details, setDetails] = useState<Details>(NO_DETAILS);
  const extra = detailsInput(kind, details);
  const { send, isBusy } = useDeed<Payload, { input: CreateBulkOperationInput }>(BulkCreateDocument as never);
  const count = found?.count ?? null;
  const look = useCallback(async () => {
    const done = await send({ input: { kind, ...target, ...COUNTED_WITH[kind], dryRun: true } });
    if (done.payload) setFound(done.payload);
    else setFaults(done.faults);
  }, [send, kind, target]);
  useEffect(() => void look(), [look]);
  const variables = { input: { kind, ...target, ...extra.input, ...(reason.trim() ? { reason: reason.trim() } : {}), ...(count === null ? {} : { expectedCount: count }) } };
  const submit = async () => {
    const done = await send(variables);
    if (!done.payload) {
      setFaults(done.faults);
      // There are others by now: how many is said, and confirmed anew.
      if (done.faults[0]?.code === "COUNT_MISMATCH") await look();
      return;
    }
    const operation = done.payload.bulkOperation;
    if (operation) say("ok", `${words.verb}: ${executions(operation.total)}`, "It is done in the background.", { name: "How far it is", href: bulkAddress(operation.id) });
    onDone();
  };
  const whyNot = count === null ? "How many they are is not known yet" : count === 0 ? "There are none" : extra.fault;
  return (
    <Dialog
      title={count === null ? `${words.verb} executions` : `${words.verb} ${executions(count)}?`}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document: BulkCreateDocument as never, variables })} />
          <span className="grow" />
          <Button onClick={onClose} data-focus-first>
            Not now
          </Button>
          <Button kind={words.isFinal ? "danger" : "ink"} icon={words.icon} isBusy={isBusy && count !== null} offBecause={whyNot} onClick={submit}>
            {count ? `${words.verb} ${count === 1 ? "it" : `all ${count.toLocaleString()}`}` : words.verb}
          </Button>
        </>
      }
    >
      <div className="stack gap-4">
        {faults.map((fault) => (
          <Note key={fault.message} tone="fail" icon="warn" title="Nothing was done">
            {fault.message}
          </Note>
        ))}
        <p>
          {words.then} {"ids" in target ? (words.which ? `It is done to those ${words.which}; the others are left as they are, and told.` : "") : `It is done to all that match now ${words.which}`.trim() + "; what begins later is not touched."}
        </p>
        {found === null && faults.length === 0 && <Bones rows={3} />}
        {count === 0 && <Note title={`There are none ${words.which}`.trim()} />}
        {found !== null && found.firstExecutions.length > 0 && (
          <div>
            <h3 className={styles.which}>{(count ?? 0) > found.firstExecutions.length ? `The first ${found.firstExecutions.length} of ${count?.toLocaleString()}, the oldest first` : "Which"}</h3>
            <ul className={styles.first}>
              {found.firstExecutions.map((one) => (
                <li key={one.id}>
                  <StatusShape look={lookOf(one)} />
                  <span className="cut grow">
                    <span className="b">{one.workflow?.name ?? "deleted workflow"}</span> <span className="t3">@{one.workflowVersion}</span>
                  </span>
                  <Id of={one.id} />
                </li>
              ))}
            </ul>
          </div>
        )}
        {count !== 0 && <DetailFields kind={kind} details={details} onChange={setDetails} />}
        {count !== 0 && <TextField label="Why" hint="It stands in the audit log, with your name." maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </div>
    </Dialog>
  );
}
