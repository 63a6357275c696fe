// Setting an action right by hand: tried again now, passed by, or given its result, with why.
import { useState } from "react";
import { type Resolution, ResolveDocument, type ResolveMutation } from "../../../data/documents";
import { type Fault, useDeed } from "../../../data/doing";
import { Button, Joined } from "../../../parts/button";
import { CallButton } from "../../../parts/call";
import { Dialog } from "../../../parts/dialog";
import { useDialogHost } from "../../../parts/dialog-host";
import { TextArea, TextField } from "../../../parts/field";
import { Note } from "../../../parts/note";
import { say } from "../../../parts/toasts";
import { LIVE } from "../../../words/executions";
import { givenJson } from "../../../words/given-json";
import { type ActionOf, isOver, type Shown } from "../model";

type Variables = { input: { executionId: string; actionId: string; item?: number; outcome: Resolution; output?: unknown; reason: string } };

/** What is said where one tries again and has nothing to say. */
const NO_WORDS = "Tried again now from the console";
const DONE: Readonly<Record<Resolution, string>> = { RETRY_NOW: "is tried again now", SKIP: "is passed by", SUCCEED: "has its result" };

/** What waits for its turn has not begun, and cannot be set right. */
const IN_LINE: ReadonlySet<string> = new Set(["WORKER", "WORKFLOW_LIMIT", "CONCURRENCY", "RATE_LIMIT"]);

/** Whether an action is where it can be set right: the service has the last word, and says why not. */
function canBeResolved(execution: Shown, action: ActionOf): boolean {
  const { run, wait } = action;
  if (!LIVE.has(execution.status) || execution.startedAt === null || isOver(execution, action)) return false;
  if (run?.status === "FAILED") return true;
  return action.isHeld && !IN_LINE.has(wait?.waitReason ?? "") && run?.status !== "RUNNING";
}

interface Props {
  execution: Shown;
  action: ActionOf;
  item?: number;
}

/** The three buttons of an action that waits or failed while its execution lives. */
export function Resolving({ execution, action, item }: Props) {
  const show = useDialogHost();
  const { send, isBusy } = useDeed<ResolveMutation["resolveAction"], Variables>(ResolveDocument as never);
  if (!canBeResolved(execution, action)) return null;
  const offBecause = execution.viewerCan.resolveAction ? null : "You may not set its actions right";
  const again: Variables = { input: { executionId: execution.id, actionId: action.id, item, outcome: "RETRY_NOW", reason: NO_WORDS } };
  const tryNow = async () => {
    const { payload, faults } = await send(again);
    if (payload) say("ok", `${action.name} ${DONE.RETRY_NOW}`);
    else say("fail", "Not tried", faults[0]?.message);
  };
  // These buttons go when the action is tried, perhaps by itself: what is being written stays.
  const open = (outcome: "SKIP" | "SUCCEED") => show((close) => <ResolveDialog execution={execution} action={action} item={item} outcome={outcome} onClose={close} />);
  return (
    <>
      {action.wait?.waitReason !== "APPROVAL" && (
        <Joined>
          <Button isSmall isBusy={isBusy} offBecause={offBecause} onClick={tryNow}>
            Try now
          </Button>
          <CallButton isSmall of="Try now" call={() => ({ document: ResolveDocument as never, variables: again })} />
        </Joined>
      )}
      <Button isSmall offBecause={offBecause} onClick={() => open("SKIP")}>
        Skip…
      </Button>
      <Button isSmall offBecause={offBecause} onClick={() => open("SUCCEED")}>
        Give its result…
      </Button>
    </>
  );
}

function ResolveDialog({ execution, action, item, outcome, onClose }: Props & { outcome: "SKIP" | "SUCCEED"; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [text, setText] = useState("{}");
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const { send, isBusy } = useDeed<ResolveMutation["resolveAction"], Variables>(ResolveDocument as never);
  const isGiven = outcome === "SUCCEED";
  const output = givenJson(text, 'JSON, such as {"receipt": "r-1"}');
  const variables = (): Variables => ({
    input: { executionId: execution.id, actionId: action.id, item, outcome, ...(isGiven && "value" in output ? { output: output.value } : {}), reason },
  });
  const after = execution.dag?.edges.filter((edge) => edge.source === action.id && !edge.isCompensation).map((edge) => edge.target) ?? [];
  const faultOf = (field: string) => faults.find((fault) => fault.path?.at(-1) === field)?.message;
  const other = faults.find((fault) => !["reason", "output"].includes(fault.path?.at(-1) ?? ""));
  const submit = async () => {
    if (isGiven && "fault" in output) return;
    const done = await send(variables());
    if (!done.payload) return setFaults(done.faults);
    say("ok", `${action.name} ${DONE[outcome]}`);
    onClose();
  };
  return (
    <Dialog
      title={isGiven ? `Give ${action.name} its result` : `Skip ${action.name}?`}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document: ResolveDocument as never, variables: variables() })} />
          <span className="grow" />
          <Button onClick={onClose}>Not now</Button>
          <Button kind="ink" icon={isGiven ? "check" : "skipf"} isBusy={isBusy} offBecause={reason.trim() ? null : "Say why: it stands in the journal"} onClick={submit}>
            {isGiven ? "Give the result" : "Skip it"}
          </Button>
        </>
      }
    >
      <div className="stack gap-4">
        {other && <Note tone="fail" icon="warn" title={other.message} />}
        <p>
          {isGiven ? "It counts as succeeded, and those after it see what you give as its response." : "It is passed by, and has no response."}{" "}
          {after.length > 0 && (
            <>
              After it: <b className="b">{after.join(", ")}</b>.
            </>
          )}{" "}
          What it waited for is let go of. There is no undo.
        </p>
        {isGiven && (
          <TextArea
            label="Its response"
            className="mono"
            spellCheck={false}
            rows={6}
            value={text}
            fault={"fault" in output ? output.fault : faultOf("output")}
            hint={`Any JSON: {{${action.id}.response}} gives it.`}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        <TextField label="Why" isRequired value={reason} fault={faultOf("reason")} hint="It stands in the journal and the audit log, with your name." onChange={(event) => setReason(event.target.value)} data-focus-first />
      </div>
    </Dialog>
  );
}
