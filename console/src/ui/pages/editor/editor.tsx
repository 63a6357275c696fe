// The editor of a workflow: its text at the left, its picture at the right, and below what is wrong with it.
import { useMemo, useRef, useState } from "react";
import { useLocation, useParams } from "wouter";
import { useAsked } from "../../data/asking";
import { SaveTextDocument, ValidateDocument, type ValidateQuery, WorkflowSourceDocument } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { useLater } from "../../data/later";
import { useMay, useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Icon } from "../../parts/icon";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { Note } from "../../parts/note";
import { Chip, Tag } from "../../parts/tag";
import { say } from "../../parts/toasts";
import { Picture } from "../../picture/picture";
import { CodeEditor, type Handle } from "./code-editor";
import { type Saved, useDraft } from "./draft";
import styles from "./editor.module.css";
import { changedLines, type Finding, mended } from "./findings";
import { SaveDialog } from "./save";
import { useSchemaWords, wordsIn } from "./words";
import { amount } from "../../words/amounts";

const QUIET_MS = 300;
const MISMATCH = "VERSION_MISMATCH";
const FIRST = `name: My workflow
parameters:
  - {name: who, type: string, default_value: world}
actions:
  - action_id: greet
    action_type: notification
    config:
      message: "Hello, {{who}}!"
`;

type Graph = NonNullable<NonNullable<ValidateQuery["validateWorkflow"]>["graph"]>;

export default function EditorPage() {
  const { id } = useParams<{ id?: string }>();
  const asked = useAsked(WorkflowSourceDocument, { id: id ?? "" }, id !== undefined);
  const workflow = asked.data?.workflow;
  const above = [{ name: "Workflows", href: "/ui/workflows" }];
  if (id === undefined) return <Editor key="new" id={null} name="New workflow" version={null} source={FIRST} mayChange onSaved={() => undefined} onNewest={() => undefined} above={above} />;
  if (!workflow || workflow.source == null)
    return (
      <Page title="Editor" above={above}>
        {asked.problem ? (
          <ErrorBox title="The workflow did not come" problem={asked.problem} onAgain={asked.again} />
        ) : asked.isAsking ? (
          <Bones rows={8} />
        ) : (
          <Empty title="There is no such workflow" />
        )}
      </Page>
    );
  return (
    <Editor
      key={id}
      id={id}
      name={workflow.name}
      version={workflow.version}
      source={workflow.source}
      mayChange={workflow.viewerCan.update}
      onSaved={asked.again}
      onNewest={asked.again}
      above={[...above, { name: workflow.name, href: `/ui/workflows/${id}` }]}
    />
  );
}

interface Props {
  id: string | null;
  name: string;
  version: string | null;
  source: string;
  mayChange: boolean;
  onSaved: () => void;
  /** Asks what the newest version is. */
  onNewest: () => void;
  above: readonly { name: string; href: string }[];
}

interface Payload {
  readonly workflow?: { readonly id: string; readonly version: string } | null;
  readonly userErrors: readonly Fault[];
}

function Editor({ id, name, version: toldVersion, source: toldSource, mayChange: mayUpdate, onSaved, onNewest, above }: Props) {
  const viewer = useViewer();
  const mayChange = mayUpdate && (id !== null || viewer.canCreateWorkflows);
  const mayCheck = useMay("WORKFLOW_WRITE");
  const [, go] = useLocation();
  const { text, version, source, newest, ...draft } = useDraft(id, { version: toldVersion, source: toldSource });
  const { setText } = draft;
  const late = useLater(text, QUIET_MS);
  const checked = useAsked(ValidateDocument, { text: late }, mayCheck);
  const found = checked.data?.validateWorkflow;
  const graph = useLastGraph(found?.graph);
  const findings = useMemo(() => found?.diagnostics ?? [], [found]);
  const handle = useRef<Handle | null>(null);
  const schemaWords = useSchemaWords();
  const words = useMemo(() => [...wordsIn(late), ...schemaWords], [late, schemaWords]);
  const [refusal, setRefusal] = useState<Fault | null>(null);
  const { send, isBusy } = useDeed<Payload, Record<string, unknown>>(SaveTextDocument as never);
  const isChanged = text !== source;
  const errors = findings.filter((finding) => finding.severity === "ERROR").length;
  const warnings = findings.length - errors;
  const lines = changedLines(source, text);

  const input = { id, text, expectedVersion: version };
  const off = !mayChange ? "You may not change it" : version !== newest.version ? "Somebody else saved it meanwhile" : errors > 0 ? "There are errors" : id !== null && !isChanged ? "Nothing has changed" : null;
  const call = () => ({ document: SaveTextDocument as never, variables: { input } });
  const [isSaving, setSaving] = useState(false);
  const ask = () => {
    if (off || isBusy) return;
    // What is new has nothing to be compared with.
    if (id === null) void save();
    else setSaving(true);
  };
  const save = async () => {
    if (off || isBusy) return;
    const done = await send({ input });
    setSaving(false);
    if (!done.payload?.workflow) {
      setRefusal(done.faults[0] ?? null);
      if (done.faults[0]?.code === MISMATCH) onNewest();
      return;
    }
    setRefusal(null);
    draft.saved(done.payload.workflow.version);
    say("ok", `Saved as ${done.payload.workflow.version}`);
    if (id === null) go(`/ui/workflows/${done.payload.workflow.id}`);
    else onSaved();
  };

  const run = () => id !== null && !isChanged && go(`/ui/workflows/${id}`);

  return (
    <Page
      title={id === null ? name : "Editor"}
      above={above}
      aside={id !== null && isChanged ? <Tag isOutlined>{`from ${version}, ${amount(lines, "line")} changed`}</Tag> : undefined}
      deeds={
        <>
          {isChanged && id !== null && (
            <Button kind="bare" icon="undo" onClick={() => setText(source)}>
              Undo all
            </Button>
          )}
          {id === null && <CallButton call={call} />}
          {id !== null && (
            <Button icon="play" offBecause={isChanged ? "Save it first: what runs is what is saved" : null} onClick={run}>
              Run…
            </Button>
          )}
          <Button kind="ink" isBusy={isBusy} offBecause={off} onClick={ask}>
            {id === null ? "Save" : "Save…"}
          </Button>
        </>
      }
      isWhole
    >
      {refusal && refusal.code !== MISMATCH && (
        <div className={styles.refusal}>
          <Note tone="fail" icon="warn" title="Not saved">
            {refusal.message}
          </Note>
        </div>
      )}
      {version !== newest.version && <Meanwhile version={version} newest={newest} onRebase={draft.rebase} onDrop={draft.drop} />}
      <div className={styles.columns}>
        <div className={styles.text}>
          <CodeEditor
            text={text}
            findings={findings}
            words={words}
            isReadOnly={!mayChange}
            onChange={setText}
            onSave={ask}
            onRun={run}
            onHandle={(made) => {
              handle.current = made;
            }}
          />
        </div>
        <aside className={styles.picture} aria-label="Its picture">
          <p className="t3 sm">Drawn as you type; in the middle of a word the last good picture stays.</p>
          {graph ? <Picture nodes={graph.nodes} edges={graph.edges} /> : <Empty title="No picture yet" />}
        </aside>
      </div>
      {isSaving && version !== null && (
        <SaveDialog version={version} before={source} after={text} isBusy={isBusy} call={call} onSave={() => void save()} onClose={() => setSaving(false)} />
      )}
      <section className={styles.problems} aria-label="Problems">
        <header className="row">
          <h2>Problems</h2>
          {errors > 0 && <Chip tone="fail">{amount(errors, "error")}</Chip>}
          {warnings > 0 && <Chip tone="wait">{amount(warnings, "warning")}</Chip>}
          <span className="grow" />
          <span className="t3 sm">{!mayCheck ? "not checked: you may not change workflows" : checked.problem ? checked.problem.message : checked.isAsking || late !== text ? "being checked" : "checked by the service"}</span>
        </header>
        {findings.length === 0 && found && <p className="t3">None.</p>}
        <ul className={styles.list}>
          {findings.map((finding) => (
            <Problem
              key={`${finding.line} ${finding.column} ${finding.message}`}
              finding={finding}
              onOpen={() => finding.line && handle.current?.goTo(finding.line, finding.column ?? 1)}
              onMend={() => setText(mended(text, finding))}
            />
          ))}
        </ul>
      </section>
    </Page>
  );
}

function Problem({ finding, onOpen, onMend }: { finding: Finding; onOpen: () => void; onMend: () => void }) {
  const isError = finding.severity === "ERROR";
  return (
    <li className="row">
      <button type="button" className={styles.problem} onClick={onOpen}>
        <span className={isError ? "tone-fail" : "tone-wait"}>
          <Icon name={isError ? "s-fail" : "warn"} label={isError ? "Error" : "Warning"} />
        </span>
        <span className="grow">
          {finding.message} <code className="t3">{finding.code}</code>
        </span>
        <span className="t3">{finding.line && `${finding.line}:${finding.column}`}</span>
      </button>
      {finding.fix != null && (
        <Button isSmall title={`Write ${finding.fix}`} onClick={onMend}>
          Mend it
        </Button>
      )}
    </li>
  );
}

/** The last graph that there was: while a text has an error there is none. */
function useLastGraph(graph: Graph | null | undefined): Graph | null {
  const last = useRef<Graph | null>(null);
  if (graph) last.current = graph;
  return last.current;
}

interface MeanwhileProps {
  version: string | null;
  newest: Saved;
  onRebase: () => void;
  onDrop: () => void;
}

/** Somebody saved another version under what is written here: that one is shown, and nothing of the two is lost. */
function Meanwhile({ version, newest, onRebase, onDrop }: MeanwhileProps) {
  const [isShown, setShown] = useState(false);
  return (
    <div className={styles.refusal}>
      <Note
        tone="wait"
        icon="warn"
        title={`Somebody else saved ${newest.version} meanwhile`}
        deeds={
          <>
            <Button isSmall aria-expanded={isShown} onClick={() => setShown(!isShown)}>
              {isShown ? "Hide theirs" : "Show theirs"}
            </Button>
            <Button isSmall onClick={onRebase}>
              Keep mine, over {newest.version}
            </Button>
            <Button isSmall onClick={onDrop}>
              Take theirs
            </Button>
          </>
        }
      >
        Your text began with {version}, and stays here.
      </Note>
      {isShown && (
        <pre className={styles.theirs} tabIndex={0}>
          {newest.source}
        </pre>
      )}
    </div>
  );
}
