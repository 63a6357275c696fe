// Asks before an execution is ended at once, and says that nothing is cleaned up then.
import { useState } from "react";
import { TerminateDocument, type TerminateMutation } from "../../../data/documents";
import { type Fault, useDeed } from "../../../data/doing";
import { Button } from "../../../parts/button";
import { CallButton } from "../../../parts/call";
import { Dialog } from "../../../parts/dialog";
import { TextField } from "../../../parts/field";
import { Note } from "../../../parts/note";
import { say } from "../../../parts/toasts";
import { shortId } from "../../../words/ids";
import type { ActionOf, Shown } from "../model";

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  onClose: () => void;
  onDone: () => void;
}

export function TerminateDialog({ execution, actions, onClose, onDone }: Props) {
  const [reason, setReason] = useState("");
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const variables = { input: { id: execution.id, reason } };
  const { send, isBusy } = useDeed<TerminateMutation["terminateExecution"], typeof variables>(TerminateDocument as never);
  const left = actions.filter((action) => action.run?.status === "SUCCESS" && action.undoneBy && !action.isUndone);
  const submit = async () => {
    const done = await send(variables);
    if (!done.payload) return setFaults(done.faults);
    say("ok", `Terminated ${shortId(execution.id)}`, left.length ? `Not undone: ${left.map((action) => action.name).join(", ")}` : undefined);
    onClose();
    onDone();
  };
  return (
    <Dialog
      title={`Terminate ${execution.workflow?.name ?? "it"} ${shortId(execution.id)}?`}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document: TerminateDocument as never, variables })} />
          <span className="grow" />
          <Button onClick={onClose} data-focus-first>
            Not now
          </Button>
          <Button kind="danger" icon="stop" isBusy={isBusy} offBecause={reason.trim() ? null : "Say why: it stands in the journal"} onClick={submit}>
            Terminate it
          </Button>
        </>
      }
    >
      <div className="stack gap-4">
        {faults[0] && <Note tone="fail" icon="warn" title={faults[0].message} />}
        <Note tone="fail" icon="warn" title={left.length ? `Not undone, for good: ${left.map((action) => action.name).join(", ")}` : "It ends at once, and nothing is cleaned up"}>
          What runs is aborted, and neither a compensation nor what runs at the end is begun. Cancel is the way that cleans up.
        </Note>
        <TextField label="Why" isRequired value={reason} hint="It stands in the journal and the audit log, with your name." onChange={(event) => setReason(event.target.value)} />
      </div>
    </Dialog>
  );
}
