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

export function Remedies({ execution, action }: { execution: Shown; action: ActionOf }) {
  const show = useDialogHost();
  switch (action.wait?.waitReason) {
    case "APPROVAL":
      return (
        <>
          <ButtonLink isSmall href={approvalAddress({ executionId: execution.id, actionId: action.id })}>
            Open the approval
          </ButtonLink>
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
