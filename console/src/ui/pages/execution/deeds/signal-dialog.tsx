// Sends a signal to an execution: its name, and what comes with it.
import { useState } from "react";
import { SignalDocument, type SignalMutation } from "../../../data/documents";
import { type Fault, useDeed } from "../../../data/doing";
import { Button } from "../../../parts/button";
import { CallButton } from "../../../parts/call";
import { Dialog } from "../../../parts/dialog";
import { TextArea, TextField } from "../../../parts/field";
import { Note } from "../../../parts/note";
import { say } from "../../../parts/toasts";
import { givenJson } from "../../../words/given-json";
import { shortId } from "../../../words/ids";
import type { ActionOf, Shown } from "../model";

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  onClose: () => void;
  onDone: () => void;
}

type Variables = { input: { executionId: string; name: string; payload: unknown } };

export function SignalDialog({ execution, actions, onClose, onDone }: Props) {
  const waited = actions.find((action) => action.wait?.waitReason === "SIGNAL")?.wait?.signal ?? "";
  const [name, setName] = useState(waited);
  const [text, setText] = useState("");
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const { send, isBusy } = useDeed<SignalMutation["sendSignal"], Variables>(SignalDocument as never);
  const payload = text.trim() === "" ? { value: null } : givenJson(text, 'JSON, such as {"confirmed": true}, or nothing');
  const variables = (): Variables => ({ input: { executionId: execution.id, name, payload: "value" in payload ? payload.value : null } });
  const faultOf = (field: string) => faults.find((fault) => fault.path?.at(-1) === field)?.message;
  const other = faults.find((fault) => !["name", "payload"].includes(fault.path?.at(-1) ?? ""));
  const submit = async () => {
    if ("fault" in payload) return;
    const done = await send(variables());
    if (!done.payload) return setFaults(done.faults);
    say("ok", `Signal ${name} sent to ${shortId(execution.id)}`);
    onClose();
    onDone();
  };
  return (
    <Dialog
      title="Send a signal"
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document: SignalDocument as never, variables: variables() })} />
          <span className="grow" />
          <Button onClick={onClose}>Not now</Button>
          <Button kind="ink" icon="signal" isBusy={isBusy} offBecause={name ? null : "It needs a name"} onClick={submit}>
            {name ? `Send ${name}` : "Send"}
          </Button>
        </>
      }
    >
      <div className="stack gap-4">
        {other && <Note tone="fail" icon="warn" title={other.message} />}
        <TextField
          label="Name"
          isRequired
          value={name}
          fault={faultOf("name")}
          hint={waited ? "What it waits for now." : "Nothing waits for a signal now: one that comes early is kept."}
          onChange={(event) => setName(event.target.value)}
          data-focus-first
        />
        <TextArea
          label="What comes with it"
          className="mono"
          spellCheck={false}
          rows={5}
          value={text}
          fault={"fault" in payload ? payload.fault : faultOf("payload")}
          hint="Any JSON: it is in the response of the action that waits."
          onChange={(event) => setText(event.target.value)}
        />
      </div>
    </Dialog>
  );
}
