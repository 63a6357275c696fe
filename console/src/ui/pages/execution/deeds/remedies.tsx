// The buttons of what can be done about an action that waits or failed.
import { Button, ButtonLink } from "../../../parts/button";
import { useDialogHost } from "../../../parts/dialog-host";
import { approvalAddress } from "../../approvals/address";
import { editorAddress } from "../../editor/address";
import { addressOf } from "../../executions/row";
import { areaAddress } from "../address";
import type { ActionOf, Shown } from "../model";
import { Resolving } from "./resolving";
import { SignalDialog } from "./signal-dialog";

/** What is mended where the workflow is written. */
const OF_THE_WORKFLOW = new Set(["EXPRESSION_ERROR", "EXPRESSION_TOO_COSTLY", "EXECUTION_TOO_LARGE", "INVALID_CONFIG", "SERVICE_NOT_REGISTERED", "UNSUCCESSFUL", "RAISED"]);

interface Props {
  execution: Shown;
  action: ActionOf;
  /** The item that is chosen, of an action that runs for each of a list. */
  item?: number | null;
}

export function Remedies({ execution, action, item = null }: Props) {
  const show = useDialogHost();
  switch (action.wait?.waitReason) {
    case "APPROVAL":
      return (
        <>
          <ToTheApproval execution={execution} action={action} item={item} />
          <Resolving execution={execution} action={action} />
        </>
      );
    case "SIGNAL":
      return (
        <>
          <Button isSmall offBecause={execution.viewerCan.signal ? null : "You may not send signals to it"} onClick={() => show((close) => <SignalDialog execution={execution} actions={[action]} onClose={close} onDone={() => undefined} />)}>
            Send the signal…
          </Button>
          <Resolving execution={execution} action={action} />
        </>
      );
    case "EXECUTION":
      return (
        <>
          <ButtonLink isSmall href={action.wait.childId ? addressOf(action.wait.childId) : areaAddress(execution.id, "related")}>
            What it started
          </ButtonLink>
          <Resolving execution={execution} action={action} />
        </>
      );
    default:
      return (
        <>
          {execution.workflow && OF_THE_WORKFLOW.has(action.run?.error?.code ?? "") && (
            <ButtonLink isSmall href={editorAddress(execution.workflow.id)}>
              Edit the workflow
            </ButtonLink>
          )}
          <Resolving execution={execution} action={action} />
        </>
      );
  }
}

/** Each item waits for a decision of its own: where none is chosen, it is chosen among the approvals. */
function ToTheApproval({ execution, action, item }: Props) {
  if (action.run?.items && item == null)
    return (
      <ButtonLink isSmall href="/ui/approvals">
        See the approvals
      </ButtonLink>
    );
  return (
    <ButtonLink isSmall href={approvalAddress({ executionId: execution.id, actionId: action.id, item })}>
      Open the approval
    </ButtonLink>
  );
}
