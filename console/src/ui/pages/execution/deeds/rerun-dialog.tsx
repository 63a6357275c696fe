// Has an execution done over: from where, by which definition, with which parameters; and beside it what that will do.
import { useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useAsked } from "../../../data/asking";
import { RerunDocument, RerunFormDocument, type RerunFormQuery, type RerunMutation, RerunPreviewDocument } from "../../../data/documents";
import type { PreviewRerunInput } from "../../../data/documents";
import { type Fault, useDeed } from "../../../data/doing";
import { freshKey } from "../../../data/fresh-key";
import { useLater } from "../../../data/later";
import { Button } from "../../../parts/button";
import { CallButton } from "../../../parts/call";
import { Dialog } from "../../../parts/dialog";
import { PlaceLines } from "../../../parts/difference";
import { TextField, Tick } from "../../../parts/field";
import { Note } from "../../../parts/note";
import { Bones, ErrorBox } from "../../../parts/nothing";
import { Chip } from "../../../parts/tag";
import { say } from "../../../parts/toasts";
import { type FieldDefinition, meant, NO_VALUES, replacing, shownIn, type Typed, typedFrom, type Values } from "../../../parts/value-fields";
import { sortedFaults } from "../../../parts/value-faults";
import { ValueForm } from "../../../parts/value-form";
import { shortId } from "../../../words/ids";
import { promise } from "../../../words/reruns";
import type { ActionOf, Shown } from "../model";
import { RerunOutlook } from "./rerun-outlook";
import styles from "./rerun.module.css";

const QUIET_MS = 300;
const OUTDATED = "PREVIEW_OUTDATED";

type From = "FAILED" | "START" | "ACTIONS";

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  onClose: () => void;
}

export default function RerunDialog({ execution, actions, onClose }: Props) {
  const asked = useAsked(RerunFormDocument, { id: execution.id });
  const form = asked.data?.execution;
  if (form) return <Form execution={execution} form={form} actions={actions} onClose={onClose} />;
  return (
    <Dialog title={titleOf(execution)} onClose={onClose} isWide>
      {asked.problem ? <ErrorBox title="What it ran with did not come" problem={asked.problem} onAgain={asked.again} /> : <Bones rows={8} />}
    </Dialog>
  );
}

const titleOf = (execution: Shown): string => `Rerun ${execution.workflow?.name ?? "it"} ${shortId(execution.id)}`;

function Form({ execution, form, actions, onClose }: Props & { form: NonNullable<RerunFormQuery["execution"]> }) {
  const [, go] = useLocation();
  const main = useMemo(() => actions.filter((action) => action.phase === "MAIN"), [actions]);
  const newest = form.workflow?.version ?? form.workflowVersion;
  const isOutdated = newest !== form.workflowVersion;
  const [from, setFrom] = useState<From>(execution.status === "COMPLETED" ? "START" : "FAILED");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [isNewest, setNewest] = useState(false);
  const [asksAgain, setAsksAgain] = useState(true);
  const [reason, setReason] = useState("");
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  // Who may not see the values can still replace them.
  const known = form.parameters as Values | null;
  const before = known ?? NO_VALUES;
  const given = (isNewest ? form.workflow?.parameters : form.definition?.parameters) ?? form.workflow?.parameters;
  const fields = useMemo(
    (): readonly FieldDefinition[] => (given ?? []).map((field) => (known ? field : { ...field, required: false, defaultValue: null })),
    [given, known],
  );
  const [typed, setTyped] = useState<Typed>(() => typedFrom(fields, before));
  const values = meant(fields, typed, before);
  const changed = replacing(fields, values.values, before);
  const hasApprovals = main.some((action) => action.type === "approval");

  const input: PreviewRerunInput = {
    id: execution.id,
    from,
    ...(from === "ACTIONS" ? { actionIds: chosen } : {}),
    ...(Object.keys(changed).length ? { parameters: changed } : {}),
    ...(isNewest ? { definition: "LATEST" as const } : {}),
    ...(hasApprovals && !asksAgain ? { reuseApprovals: true } : {}),
  };
  const text = JSON.stringify(input);
  useEffect(() => setFaults([]), [text]);
  const late = useLater(text, QUIET_MS);
  const asked = useAsked(RerunPreviewDocument, useMemo(() => ({ input: JSON.parse(late) as PreviewRerunInput }), [late]));
  const isFresh = late === text && !asked.isAsking && !asked.problem;
  const preview = asked.data?.previewRerun;

  // Of one request, so that a second press is the same one.
  const key = useMemo(freshKey, [text, reason]);
  const variables = { input: { ...input, ...(reason.trim() ? { reason: reason.trim() } : {}), ...(preview ? { previewToken: preview.token } : {}), idempotencyKey: key } };
  const { send, isBusy } = useDeed<RerunMutation["rerunExecution"], typeof variables>(RerunDocument as never);
  const { ofFields, others } = sortedFaults(faults, "parameters");
  const wrong = Object.keys(values.faults).length > 0;
  const submit = async () => {
    const done = await send(variables);
    if (!done.payload?.execution) {
      setFaults(done.faults);
      if (done.faults.some((fault) => fault.code === OUTDATED)) asked.again();
      return;
    }
    say("ok", `${shortId(execution.id)} is done over`, done.payload.warnings[0]);
    go(`/ui/executions/${done.payload.execution.id}`);
  };
  const whyNot = wrong ? "A parameter is not right yet" : from === "ACTIONS" && chosen.length === 0 ? "Choose the actions first" : isFresh && preview ? null : "See first what it will do";
  return (
    <Dialog
      title={titleOf(execution)}
      onClose={onClose}
      isWide
      foot={
        <>
          <span className="t3 sm no-phone">Nothing has been sent yet.</span>
          <span className="grow" />
          <CallButton call={() => ({ document: RerunDocument as never, variables: { input: { ...variables.input, ...(input.parameters ? { parameters: shownIn(fields, changed) } : {}) } } })} />
          <Button kind="bare" onClick={onClose}>
            Not now
          </Button>
          <Button kind="ink" icon="rerun" isBusy={isBusy} offBecause={whyNot} onClick={submit}>
            {preview ? `Rerun: ${promise(preview.actions)}` : "Rerun"}
          </Button>
        </>
      }
    >
      <div className={styles.split}>
        <form className={styles.form} onSubmit={(event) => event.preventDefault()}>
          <p className="t2">A new execution, linked to this one. This one stays as it is.</p>
          <fieldset className={styles.set}>
            <legend>Begin at</legend>
            <Tick type="radio" name="from" label="What failed, and what it needs" data-focus-first={from === "FAILED" || undefined} checked={from === "FAILED"} onChange={() => setFrom("FAILED")} />
            <Tick type="radio" name="from" label="Actions of your choice" checked={from === "ACTIONS"} onChange={() => setFrom("ACTIONS")} />
            {from === "ACTIONS" && (
              <div className={styles.choice}>
                {main.map((action) => (
                  <Tick
                    key={action.id}
                    label={action.name}
                    hint={action.hasName ? action.id : undefined}
                    checked={chosen.includes(action.id)}
                    onChange={(event) => setChosen(event.target.checked ? [...chosen, action.id] : chosen.filter((id) => id !== action.id))}
                  />
                ))}
              </div>
            )}
            <Tick type="radio" name="from" label="The beginning, nothing reused" data-focus-first={from === "START" || undefined} checked={from === "START"} onChange={() => setFrom("START")} />
          </fieldset>
          {isOutdated && (
            <fieldset className={styles.set}>
              <legend>With the definition</legend>
              <Tick type="radio" name="version" label={`${form.workflowVersion}, as it was`} checked={!isNewest} onChange={() => setNewest(false)} />
              <Tick type="radio" name="version" label={`${newest}, the newest`} checked={isNewest} onChange={() => setNewest(true)} />
            </fieldset>
          )}
          {fields.length > 0 && (
            <section className={styles.set} aria-label="Parameters">
              <h3 className="row">
                Parameters {Object.keys(changed).length > 0 && <Chip tone="run">{Object.keys(changed).length} changed</Chip>}
              </h3>
              {!known && <p className="t3 sm">You may not see the values. What you leave empty stays as it was.</p>}
              <ValueForm
                fields={fields}
                typed={typed}
                before={before}
                faults={{ ...values.faults, ...ofFields }}
                onChange={setTyped}
              />
              {known &&
                Object.entries(changed).map(([name, after]) => (
                  <PlaceLines key={name} place={{ kind: name in known ? "CHANGED" : "ADDED", path: [name], before: known[name], after }} />
                ))}
            </section>
          )}
          {hasApprovals && <Tick label="Ask again for approvals" checked={asksAgain} onChange={(event) => setAsksAgain(event.target.checked)} />}
          <TextField label="Why" hint="For the record." maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          {others.map((fault) =>
            fault.code === OUTDATED ? (
              <Note key={fault.code} tone="wait" icon="warn" title="Not rerun: it would do something else by now">
                Beside this is what it will do now. Look at it, then rerun.
              </Note>
            ) : (
              <Note key={fault.message} tone="fail" icon="warn" title="Not rerun">
                {fault.message}
              </Note>
            ),
          )}
        </form>
        <section className={styles.outlook} aria-label="What will happen" aria-busy={!isFresh}>
          {asked.problem ? (
            <ErrorBox title="It cannot be done over so" problem={asked.problem} onAgain={asked.again} />
          ) : preview ? (
            <RerunOutlook executionId={execution.id} preview={preview} actions={actions} isOld={!isFresh} />
          ) : (
            <Bones rows={8} />
          )}
        </section>
      </div>
    </Dialog>
  );
}
