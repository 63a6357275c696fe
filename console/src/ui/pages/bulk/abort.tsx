// Ends a bulk operation: asked once, as what is left then stays as it is.
import { useState } from "react";
import { BulkAbortDocument, type BulkAbortMutation, type BulkFragment } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Dialog } from "../../parts/dialog";
import { Note } from "../../parts/note";
import { say } from "../../parts/toasts";
import { executions, KINDS } from "../../words/bulk";
import { shortId } from "../../words/ids";

interface Props {
  operation: BulkFragment;
  isSmall?: boolean;
  onDone: () => void;
}

export function Abort({ operation, isSmall, onDone }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const variables = { input: { id: operation.id } };
  const { send, isBusy } = useDeed<BulkAbortMutation["abortBulkOperation"], typeof variables>(BulkAbortDocument as never);
  const submit = async () => {
    const done = await send(variables);
    if (!done.payload) return setFaults(done.faults);
    say("ok", `Aborted ${shortId(operation.id)}`, "What was done stays.");
    setOpen(false);
    onDone();
  };
  if (operation.status !== "PENDING" && operation.status !== "RUNNING") return null;
  return (
    <>
      <Button kind="danger" icon="stop" isSmall={isSmall} offBecause={operation.viewerCan.abort ? null : "It is another one's"} onClick={() => setOpen(true)}>
        Abort…
      </Button>
      {isOpen && (
        <Dialog
          title={`Abort “${KINDS[operation.kind].verb} ${executions(operation.total)}”?`}
          onClose={() => setOpen(false)}
          foot={
            <>
              <CallButton call={() => ({ document: BulkAbortDocument as never, variables })} />
              <span className="grow" />
              <Button onClick={() => setOpen(false)} data-focus-first>
                Not now
              </Button>
              <Button kind="danger" icon="stop" isBusy={isBusy} onClick={submit}>
                Abort it
              </Button>
            </>
          }
        >
          <div className="stack gap-4">
            {faults[0] && <Note tone="fail" icon="warn" title={faults[0].message} />}
            <p>
              {operation.left.toLocaleString()} of {executions(operation.total)} are still to come, and stay as they are. What is done stays done; the few in hand at this moment are finished.
            </p>
          </div>
        </Dialog>
      )}
    </>
  );
}
