// What stands under an action of the flow list: why it waits, or why it failed, with what can be done.
import { useNow } from "../../../data/clock";
import { Note } from "../../../parts/note";
import { inOneLine, todo } from "../../../words/failures";
import { said } from "../../../words/reasons";
import styles from "./flow.module.css";
import type { ActionOf, Shown } from "../model";
import { Remedies } from "../deeds/remedies";

interface Props {
  execution: Shown;
  action: ActionOf;
  /** Whether the bracket of its level goes on beside it. */
  isBracketed: boolean;
}

export function UnderAction({ execution, action, isBracketed }: Props) {
  const { run, wait } = action;
  const around = `${styles.under} ${isBracketed ? styles.bracketed : ""}`;
  if (wait && action.isHeld) return <Waits execution={execution} action={action} wait={wait} around={around} />;
  if (run?.error)
    return (
      <li className={around}>
        <Note
          tone="fail"
          icon="x"
          title={`${run.error.code}${run.error.httpStatus ? ` ${run.error.httpStatus}` : ""}: ${run.error.message}`}
          deeds={<Remedies execution={execution} action={action} />}
        >
          {todo(run.error)}
        </Note>
      </li>
    );
  return null;
}

function Waits({ execution, action, wait, around }: { execution: Shown; action: ActionOf; wait: NonNullable<ActionOf["wait"]>; around: string }) {
  const reason = said(wait, useNow());
  const error = action.run?.error;
  return (
    <li className={around}>
      <Note tone={wait.waitReason === "APPROVAL" ? "hold" : "wait"} icon={reason.icon} title={reason.why} deeds={<Remedies execution={execution} action={action} />}>
        {error && <>The last attempt: {inOneLine({ ...error, actionId: null })}. </>}
        {reason.todo}
      </Note>
    </li>
  );
}
