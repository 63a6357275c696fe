// Asks once before an execution is cancelled, and says what is undone by that.
import { CancelDocument, type CancelMutation } from "../../../data/documents";
import { useDeed } from "../../../data/doing";
import { Button } from "../../../parts/button";
import { CallButton } from "../../../parts/call";
import { Dialog } from "../../../parts/dialog";
import { say } from "../../../parts/toasts";
import { shortId } from "../../../words/ids";
import type { ActionOf, Shown } from "../model";

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  onClose: () => void;
  onDone: () => void;
}

export function CancelDialog({ execution, actions, onClose, onDone }: Props) {
  const { send, isBusy } = useDeed<CancelMutation["cancelExecution"], { input: { id: string } }>(CancelDocument as never);
  const variables = { input: { id: execution.id } };
  const running = actions.filter((action) => action.run?.status === "RUNNING");
  const undone = actions.filter((action) => action.run?.status === "SUCCESS" && action.undoneBy);
  const after = actions.filter((action) => action.phase === "ON_EXIT");
  const cancel = async () => {
    const { payload, faults } = await send(variables);
    onClose();
    if (payload) say("ok", `Cancelled ${shortId(execution.id)}`, payload.execution?.stopping ? "Its clean-up runs now." : undefined);
    else say("fail", "Not cancelled", faults[0]?.message);
    onDone();
  };
  return (
    <Dialog
      title={`Cancel ${execution.workflow?.name ?? "it"} ${shortId(execution.id)}?`}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document: CancelDocument as never, variables })} />
          <span className="grow" />
          <Button onClick={onClose} data-focus-first>
            Not now
          </Button>
          <Button kind="danger" icon="stop" isBusy={isBusy} onClick={cancel}>
            {undone.length ? `Cancel, and undo ${undone.length}` : "Cancel it"}
          </Button>
        </>
      }
    >
      <ul className="stack">
        <li>{running.length ? <>What runs is aborted: {names(running)}.</> : "Nothing of it is at work now."}</li>
        <li>{undone.length ? <>What has succeeded is undone, the last first: {names([...undone].reverse())}.</> : "There is nothing to undo."}</li>
        {after.length > 0 && <li>Then it runs {names(after)}, as it does however it ends.</li>}
      </ul>
    </Dialog>
  );
}

const MOST = 6;

function names(actions: readonly ActionOf[]) {
  const shown = actions.slice(0, MOST);
  return (
    <>
      {shown.map((action, place) => (
        <span key={action.id}>
          {place > 0 && ", "}
          <b className="b">{action.name}</b>
        </span>
      ))}
      {actions.length > MOST && ` and ${actions.length - MOST} more`}
    </>
  );
}
