// The versions of a workflow: two are chosen, and what differs between them is told; an earlier one can be restored.
import { useState } from "react";
import { useLocation } from "wouter";
import { useAsked } from "../../data/asking";
import { ChangesDocument, RestoreDocument, VersionsDocument } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { useSearch } from "../../data/search";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { ChangeSize } from "../../parts/difference";
import { Dialog } from "../../parts/dialog";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { Time } from "../../parts/time";
import { say } from "../../parts/toasts";
import { Differences } from "../differences";
import { amount } from "../../words/amounts";
import styles from "./versions.module.css";

export function Versions({ id, onChanged }: { id: string; onChanged: () => void }) {
  const [, go] = useLocation();
  const address = new URLSearchParams(useSearch());
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const asked = useAsked(VersionsDocument, { id, after: cursors.at(-1) ?? null });
  const workflow = asked.data?.workflow;
  const versions = workflow?.versions?.nodes ?? [];
  const newer = address.get("b") ?? versions[0]?.version;
  const older = address.get("a") ?? versions[versions.findIndex((one) => one.version === newer) + 1]?.version;
  const choose = (a: string | undefined, b: string | undefined) => go(`/ui/workflows/${id}/versions?a=${a ?? ""}&b=${b ?? ""}`);
  if (!workflow)
    return asked.problem ? <ErrorBox title="The versions did not come" problem={asked.problem} onAgain={asked.again} /> : <Bones rows={6} />;
  return (
    <div className={styles.columns}>
      <ol className={styles.list} aria-label="Versions, newest first">
        {versions.map((one) => (
          <li key={one.version} className={one.version === newer || one.version === older ? styles.chosen : ""}>
            <span className={styles.sides}>
              <Side letter="A" words={`Compare ${one.version} as what was`} isOn={one.version === older} onChoose={() => choose(one.version, newer)} />
              <Side letter="B" words={`Compare ${one.version} as what came of it`} isOn={one.version === newer} onChoose={() => choose(older, one.version)} />
            </span>
            <div className="grow">
              <b>{one.version}</b> {one.isCurrent && <span className="t3">present</span>}
              <p className="t3 sm cut">
                {one.createdBy ? `${one.createdBy}, ` : ""}
                <Time at={one.createdAt} />
              </p>
            </div>
            <span className="t2 sm">{one.changesSince ? <ChangeSize differences={one.changesSince} /> : "first"}</span>
          </li>
        ))}
        <li className="row">
          {cursors.length > 1 && <Button onClick={() => setCursors(cursors.slice(0, -1))}>Newer</Button>}
          {workflow.versions?.pageInfo.hasNextPage && (
            <Button onClick={() => setCursors([...cursors, workflow.versions?.pageInfo.endCursor ?? null])}>Older</Button>
          )}
        </li>
      </ol>
      <div className={styles.changes}>
        {older && newer ? (
          <Changes
            id={id}
            older={older}
            newer={newer}
            present={workflow.version}
            mayRestore={workflow.viewerCan.restore}
            onRestored={() => {
              asked.again();
              onChanged();
            }}
          />
        ) : (
          <Empty title="There is one version">A change of its parameters, actions or outputs makes the next one.</Empty>
        )}
      </div>
    </div>
  );
}

function Side({ letter, words, isOn, onChoose }: { letter: string; words: string; isOn: boolean; onChoose: () => void }) {
  return (
    <button type="button" className={styles.side} aria-pressed={isOn} aria-label={words} title={words} onClick={onChoose}>
      {letter}
    </button>
  );
}

interface ChangesProps {
  id: string;
  older: string;
  newer: string;
  present: string;
  mayRestore: boolean;
  onRestored: () => void;
}

function Changes({ id, older, newer, present, mayRestore, onRestored }: ChangesProps) {
  const variables = { id, version: newer, since: older };
  const asked = useAsked(ChangesDocument, variables);
  const [isAsking, setAsking] = useState(false);
  const changes = asked.data?.workflow?.atVersion?.changesSince;
  return (
    <>
      <header className="row wrap">
        <h2>
          {older} → {newer}
        </h2>
        {changes && <span className="t3">{amount(changes.length, "change")}</span>}
        <span className="grow" />
        <CallButton call={() => ({ document: ChangesDocument as never, variables })} />
        {older !== present && (
          <Button icon="undo" offBecause={mayRestore ? null : "You may not change it"} onClick={() => setAsking(true)}>
            Restore {older}…
          </Button>
        )}
      </header>
      {asked.problem && <ErrorBox title="The changes did not come" problem={asked.problem} onAgain={asked.again} />}
      {!changes && asked.isAsking && <Bones />}
      {changes && <Differences differences={changes} />}
      {isAsking && (
        <RestoreDialog
          id={id}
          version={older}
          present={present}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            onRestored();
          }}
        />
      )}
    </>
  );
}

function RestoreDialog({ id, version, present, onClose, onDone }: { id: string; version: string; present: string; onClose: () => void; onDone: () => void }) {
  const { send, isBusy } = useDeed<{ readonly workflow?: { readonly version: string } | null; readonly userErrors: readonly Fault[] }, Record<string, unknown>>(
    RestoreDocument as never,
  );
  const variables = { input: { id, version, expectedVersion: present } };
  const restore = async () => {
    const done = await send(variables);
    if (!done.payload) {
      say("fail", "Not restored", done.faults.map((fault) => fault.message).join(" "));
      onClose();
      return;
    }
    say("ok", `Restored ${version}`, `It is ${done.payload.workflow?.version} now.`);
    onDone();
  };
  return (
    <Dialog
      title={`Restore ${version}?`}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document: RestoreDocument as never, variables })} />
          <span className="grow" />
          <Button onClick={onClose} data-focus-first>
            Not now
          </Button>
          <Button kind="ink" icon="undo" isBusy={isBusy} onClick={restore}>
            Restore it as a new version
          </Button>
        </>
      }
    >
      <p>
        The next version will be what {version} was; {present} stays in the list. Executions that run go on as they began.
      </p>
    </Dialog>
  );
}
