// Runs a workflow: a form of its parameters and their JSON are one state, and a double press starts one.
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { RunDocument, type WorkflowQuery } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { freshKey } from "../../data/fresh-key";
import { useViewer, type Viewer } from "../../data/viewer";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { TextArea } from "../../parts/field";
import { Note } from "../../parts/note";
import { Seg } from "../../parts/seg";
import { type SortedFaults, sortedFaults } from "../../parts/value-faults";
import { ValueForm } from "../../parts/value-form";
import { meant, shownIn, type Typed, typedFrom } from "../../parts/value-fields";
import { givenJson, isObject } from "../../words/given-json";
import { addressOf } from "../executions/row";
import styles from "./workflow.module.css";

type Shown = NonNullable<WorkflowQuery["workflow"]>;
type Payload = { readonly execution?: { readonly id: string } | null; readonly userErrors: readonly Fault[] };

const NOTHING_TOLD: SortedFaults = { ofFields: {}, others: [] };

export function RunForm({ workflow }: { workflow: Shown }) {
  const viewer = useViewer();
  const fields = useMemo(() => workflow.parameters ?? [], [workflow.parameters]);
  const [typed, setTyped] = useState<Typed>(() => typedFrom(fields));
  const [json, setJson] = useState<string | null>(null);
  const [told, setTold] = useState<SortedFaults>(NOTHING_TOLD);
  const [isTried, setTried] = useState(false);
  // Made with the form, so that a second press is the same request.
  const [key, setKey] = useState(freshKey);
  const [, go] = useLocation();
  const { send, isBusy } = useDeed<Payload, Record<string, unknown>>(RunDocument as never);
  const form = meant(fields, typed);
  const parsed = json === null ? { values: form.values, fault: null } : parse(json);
  const input = { id: workflow.id, parameters: parsed.values, idempotencyKey: key };
  const faults = { ...(isTried ? form.faults : {}), ...told.ofFields };

  const inJson = Object.entries(told.ofFields)
    .map(([name, message]) => `${name}: ${message}`)
    .join("; ");

  const change = (next: Typed) => {
    setTyped(next);
    setTold(NOTHING_TOLD);
    setKey(freshKey());
  };
  const run = async () => {
    setTried(true);
    if (json === null ? Object.keys(form.faults).length : parsed.fault) {
      focusFirst(Object.keys(form.faults)[0]);
      return;
    }
    const done = await send({ input });
    if (done.payload?.execution) go(addressOf(done.payload.execution.id));
    else {
      const found = sortedFaults(done.faults, "parameters");
      setTold(found);
      focusFirst(Object.keys(found.ofFields)[0]);
    }
  };
  return (
    <Card
      title="Run"
      aside={`@${workflow.version}`}
      end={
        <Seg
          label="As a form or as JSON"
          value={json === null ? "form" : "json"}
          choices={[
            { value: "form", name: "Form" },
            { value: "json", name: "JSON" },
          ]}
          onChange={(form_) => {
            if (form_ === "json") setJson(JSON.stringify(form.values, null, 2));
            else {
              if (json !== null && !parsed.fault) setTyped(typedFrom(fields, parsed.values));
              setJson(null);
            }
          }}
        />
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        {json !== null ? (
          <TextArea
            label="Parameters"
            value={json}
            rows={10}
            spellCheck={false}
            fault={parsed.fault ?? (inJson || null)}
            onChange={(event) => {
              setJson(event.target.value);
              setTold(NOTHING_TOLD);
              setKey(freshKey());
            }}
          />
        ) : fields.length ? (
          <ValueForm fields={fields} typed={typed} faults={faults} onChange={change} />
        ) : (
          <p className="t3">It takes no parameters.</p>
        )}
        {told.others.map(({ message }) => (
          <Note key={message} tone="fail" icon="warn" title="Not run">
            {message}
          </Note>
        ))}
        <div className="row">
          <span className={styles.run}>
            <Button kind="ink" icon="play" type="submit" isBusy={isBusy} offBecause={whyNot(workflow, viewer)}>
              Run
            </Button>
          </span>
          <CallButton of="Run" call={() => ({ document: RunDocument as never, variables: { input: { ...input, parameters: shownIn(fields, parsed.values) } } })} />
        </div>
      </form>
    </Card>
  );
}

function whyNot(workflow: Shown, viewer: Viewer): string | null {
  if (!viewer.canExecuteWorkflows) return "You may not run workflows";
  return workflow.viewerCan.execute ? null : "Its starts are refused: it is not active";
}

function parse(json: string): { values: Record<string, unknown>; fault: string | null } {
  const read = givenJson(json);
  if ("fault" in read) return { values: {}, fault: read.fault };
  return isObject(read.value) ? { values: read.value, fault: null } : { values: {}, fault: "An object with the value of each parameter" };
}

function focusFirst(name: string | undefined): void {
  if (name) document.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`)?.focus();
}
