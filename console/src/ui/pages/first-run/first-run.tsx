// The first run: make a workflow, run it, break a service, mend it, all on one page and within two minutes.
import type { TypedDocumentNode } from "@urql/core";
import { useEffect, useRef, useState } from "react";
import { useClient, useSubscription } from "urql";
import { useAsked } from "../../data/asking";
import { useNow } from "../../data/clock";
import {
  type FirstStandingFragment,
  FirstExecutionDocument,
  FirstLiveDocument,
  MakeFromTemplateDocument,
  PlayServiceDocument,
  RunDocument,
  TemplatesDocument,
} from "../../data/documents";
import { useLater } from "../../data/later";
import { graphql } from "../../data/place";
import { useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { Link } from "wouter";
import { Button, ButtonLink } from "../../parts/button";
import { CallButton, type NamedCall } from "../../parts/call";
import { inQuotes } from "../../parts/call-texts";
import { Card } from "../../parts/card";
import { CopyButton, Id } from "../../parts/id";
import { Icon } from "../../parts/icon";
import { Note } from "../../parts/note";
import { Bones, ErrorBox } from "../../parts/nothing";
import { Seg } from "../../parts/seg";
import { StatusPill, StatusShape } from "../../parts/status";
import { Since, Took } from "../../parts/time";
import { Picture } from "../../picture/picture";
import { actionLook, isUndone, lookOf } from "../../words/executions";
import { todo } from "../../words/failures";
import { said } from "../../words/reasons";
import { duration } from "../../words/times";
import { addressOf } from "../executions/row";
import styles from "./first-run.module.css";
import { breaking, broken, making, offered, picture, type Template, undoes, whole } from "./story";

type Step = "make" | "run" | "break" | "mend" | "over";
const STEPS: readonly Step[] = ["make", "run", "break", "mend"];

export function FirstRun({ onClose }: { onClose: () => void }) {
  const asked = useAsked(TemplatesDocument, {});
  const templates = offered(asked.data?.workflowTemplates ?? []);
  const [name, setName] = useState("document_analysis");
  const template = templates.find((one) => one.templateName === name) ?? templates[0];
  const story = useStory(template);
  return (
    <Page title="Home" deeds={<Button onClick={onClose}>Close</Button>}>
      <div className={styles.page}>
        <header className={styles.head}>
          <h2>Run something in a minute</h2>
          <p className="t2">
            Take a template. Its services are played by mocks in this test environment, so there is nothing to set up. Or{" "}
            <Link className="link" href="/ui/workflows/new">
              write your own
            </Link>
            .
          </p>
        </header>
        {asked.problem && <ErrorBox title="The templates did not come" problem={asked.problem} onAgain={asked.again} />}
        {!template && asked.isAsking && <Bones rows={6} />}
        {template && (
          <div className={styles.columns}>
            <ul className={styles.templates} aria-label="Templates">
              {templates.map((one) => (
                <TemplateCard key={one.templateName} template={one} isChosen={one === template} isOff={story.step !== "make"} onChoose={() => setName(one.templateName)} />
              ))}
            </ul>
            <div className="stack gap-4">
              <Steps template={template} story={story} onClose={onClose} />
              {story.execution && <Live execution={story.execution} />}
              {story.workflowId && <Terminal workflowId={story.workflowId} template={template} />}
            </div>
          </div>
        )}
      </div>
    </Page>
  );
}

function TemplateCard({ template, isChosen, isOff, onChoose }: { template: Template; isChosen: boolean; isOff: boolean; onChoose: () => void }) {
  const { nodes, edges } = picture(template);
  return (
    <li className={`${styles.template} ${isChosen ? styles.chosen : ""}`}>
      <div className="row">
        <div className="grow">
          <h3>{template.title}</h3>
          <p className="t2 sm">{template.description}</p>
        </div>
        <Button isSmall aria-pressed={isChosen} offBecause={isOff && !isChosen ? "One is under way: finish it first" : null} onClick={onChoose}>
          {isChosen ? "Chosen" : "Choose"}
        </Button>
      </div>
      <Picture nodes={nodes} edges={edges} />
    </li>
  );
}

/** What any of its calls answers. */
interface Answered {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
  readonly workflow?: { readonly id: string } | null;
  readonly execution?: { readonly id: string } | null;
}

interface Story {
  step: Step;
  isBusy: boolean;
  problem: string | null;
  workflowId: string | null;
  execution: FirstStandingFragment | null;
  startedAt: number | null;
  go: () => void;
  /** What the present step sends. */
  calls: () => readonly NamedCall[];
}

const MOST_OTHERS = 20;

/** The calls of a step, in their order. */
function callsOf(step: Step, template: Template, workflowId: string): NamedCall[] {
  const playing = (mocks: readonly { serviceName: string }[]) =>
    mocks.map((input) => ({ name: `Play ${input.serviceName}`, document: PlayServiceDocument as never, variables: { input } }));
  const running = { name: "Run it", document: RunDocument as never, variables: { input: { id: workflowId, parameters: template.exampleParameters } } };
  switch (step) {
    case "make":
      return [...playing(whole(template)), { name: "Make it", document: MakeFromTemplateDocument as never, variables: { input: making(template) } }];
    case "run":
      return [running];
    case "break":
      return [...playing([breaking(template)]), running];
    case "mend":
      // What has failed for good does not go on by itself.
      return [...playing(whole(template)), ...(undoes(template) ? [running] : [])];
    case "over":
      return [];
  }
}

const NEXT: Readonly<Record<Step, Step>> = { make: "run", run: "break", break: "mend", mend: "over", over: "over" };

/** The four steps, each a few calls that anybody can make. */
function useStory(template: Template | undefined): Story {
  const client = useClient();
  const [step, setStep] = useState<Step>("make");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [workflowId, setWorkflowId] = useState<string | null>(null);
  const [executionId, setExecutionId] = useState<string | null>(null);
  const [startedAt, setStartedAt] = useState<number | null>(null);
  const id = executionId ?? "";
  const asked = useAsked(FirstExecutionDocument, { id }, executionId !== null);
  const [live] = useSubscription({ query: FirstLiveDocument, variables: { id }, pause: executionId === null });
  const latest = live.data?.execution.id === executionId ? live.data?.execution : undefined;
  const first = asked.data?.execution?.id === executionId ? asked.data?.execution : undefined;

  const calls = () => (template ? callsOf(step, template, workflowId ?? "") : []);
  const send = async ({ name, document, variables }: NamedCall, others = 0): Promise<void> => {
    const answer = await client.mutation(document as TypedDocumentNode<Record<string, Answered>>, variables).toPromise();
    const payload = Object.values(answer.data ?? {})[0];
    const refusal = payload?.userErrors[0];
    // Whoever is here again has a workflow of that name from the first time.
    if (template && refusal?.code === "NAME_TAKEN" && others < MOST_OTHERS)
      return send({ name, document, variables: { input: making(template, others + 1) } }, others + 1);
    refuse(answer.error?.message ?? refusal?.message);
    if (payload?.workflow) setWorkflowId(payload.workflow.id);
    if (payload?.execution) setExecutionId(payload.execution.id);
  };
  const act = async () => {
    if (step === "make") setStartedAt(Date.now());
    for (const call of calls()) {
      await send(call);
    }
    setStep(NEXT[step]);
  };
  const go = () => {
    if (!template || isBusy) return;
    setBusy(true);
    setProblem(null);
    act()
      .catch((error: Error) => setProblem(error.message))
      .finally(() => setBusy(false));
  };
  return { step, isBusy, problem, workflowId, execution: latest ?? first ?? null, startedAt, go, calls };
}

function refuse(message: string | undefined): void {
  if (message) throw new Error(message);
}

const DEEDS: Readonly<Record<Step, string>> = { make: "Make it", run: "Run it", break: "Break it", mend: "Mend it", over: "" };

function Steps({ template, story, onClose }: { template: Template; story: Story; onClose: () => void }) {
  const now = useNow();
  const service = broken(template).serviceName;
  const isUndoing = undoes(template);
  const texts: Readonly<Record<Step, readonly [string, string]>> = {
    make: ["Make a workflow", "From the template on the left; you can change it later."],
    run: ["Run it", "It is on disk before it has an id, and every action is live."],
    break: [
      "Break it",
      isUndoing
        ? `${service} refuses. The execution fails, and what was done is undone, the last first.`
        : `${service} answers no more. The execution waits, and says why.`,
    ],
    mend: [
      "Mend it",
      isUndoing ? `${service} answers again: run it once more, and it completes.` : "The service answers again: it goes on where it was, and calls nothing twice.",
    ],
    over: ["", ""],
  };
  const place = story.step === "over" ? STEPS.length : STEPS.indexOf(story.step);
  const next = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button that was pressed is gone: whoever has no mouse goes on with the next one.
    if (place > 0 && document.activeElement === document.body) next.current?.querySelector<HTMLElement>("button, a")?.focus();
  }, [place]);
  return (
    <Card
      title="Your first two minutes"
      end={<span className="t3 sm">{story.startedAt ? `${place} of 4, ${duration(now.getTime() - story.startedAt)}` : "4 steps"}</span>}
    >
      <div ref={next}>
        <ol className={styles.steps}>
          {STEPS.map((step, index) => (
            <li key={step} aria-current={index === place ? "step" : undefined}>
              {index < place ? (
                <StatusShape look={{ shape: "s-ok", tone: "ok", word: "Done" }} size="l" />
              ) : (
                <span className={`${styles.number} ${index === place ? styles.present : ""}`}>{index + 1}</span>
              )}
              <span className="grow">
                <b>{texts[step][0]}</b>
                <span className="t2 sm">{texts[step][1]}</span>
              </span>
              {index === place && (
                <>
                  <Button kind="ink" icon="play" isBusy={story.isBusy} onClick={story.go}>
                    {DEEDS[step]}
                  </Button>
                  <CallButton call={story.calls} />
                </>
              )}
            </li>
          ))}
        </ol>
        {story.problem && (
          <Note tone="fail" icon="warn" title="That did not work">
            {story.problem}
          </Note>
        )}
        {story.step === "over" && (
          <div className={styles.over}>
            <Note
              tone="ok"
              icon="check"
              title="Made, run, broken and mended"
              deeds={
                <>
                  {story.workflowId && (
                    <ButtonLink isSmall href={`/ui/workflows/${story.workflowId}`}>
                      Open the workflow
                    </ButtonLink>
                  )}
                  <Button isSmall onClick={onClose}>
                    To the console
                  </Button>
                </>
              }
            >
              Whatever is recorded is never computed again. Next: services of your own.
            </Note>
          </div>
        )}
      </div>
    </Card>
  );
}

/** Who listens is told of a state that has lasted so long. */
const TELL_MS = 1000;

function Live({ execution }: { execution: FirstStandingFragment }) {
  const now = useNow();
  const wait = execution.waiting?.find((one) => one.waitReason !== "DEPENDENCIES");
  const failed = execution.actions?.find((action) => action.error);
  const reason = wait && said(wait, now);
  const words = wait?.waitReason === "RETRY_BACKOFF" ? "Waits for its next attempt" : lookOf(execution).word;
  return (
    <section className={styles.live} aria-label="The execution">
      <p className="sr" role="status">
        {execution.workflow?.name}: {useLater(words, TELL_MS)}
      </p>
      <header className="row">
        <StatusPill look={lookOf(execution)} words={words} />
        <span className="b cut">{execution.workflow?.name}</span>
        <Id of={execution.id} />
        <span className="grow" />
        <span className="t2">{execution.durationSeconds == null ? <Since at={execution.createdAt} /> : <Took milliseconds={execution.durationSeconds * 1000} />}</span>
        <ButtonLink kind="bare" isSmall href={addressOf(execution.id)}>
          Open
        </ButtonLink>
      </header>
      <ul className={styles.actions}>
        {execution.actions?.map((action) => (
          <li key={action.actionId}>
            <StatusShape look={actionLook(action.status, { isUndone: isUndone(action.actionId, execution) })} />
            <span className="b cut">{action.actionId.replaceAll("_", " ")}</span>
            <span className="t2 cut">{action.attempt > 1 && `attempt ${action.attempt}`}</span>
            <span className="num t2">
              {duration((action.completedAt ? new Date(action.completedAt) : now).getTime() - new Date(action.startedAt).getTime())}
            </span>
          </li>
        ))}
      </ul>
      {failed?.error && (
        <Note tone={reason ? "wait" : "fail"} icon={reason?.icon ?? "warn"} title={`${failed.error.code}: ${failed.error.message}`}>
          {reason ? `${reason.why} What succeeded is kept: a recorded result is never computed again.` : todo(failed.error)}
        </Note>
      )}
    </section>
  );
}

type Form = "curl" | "graphql" | "cli";

function Terminal({ workflowId, template }: { workflowId: string; template: Template }) {
  const viewer = useViewer();
  const [form, setForm] = useState<Form>("curl");
  const parameters = JSON.stringify(template.exampleParameters);
  const rest = graphql.href.replace(/\/graphql$/, "");
  const texts: Record<Form, string> = {
    curl: `curl ${rest}/workflows/${workflowId}/execute \\\n  -H ${inQuotes(`X-User-ID: ${viewer.userId}`)} -H 'Content-Type: application/json' \\\n  -d ${inQuotes(`{"parameters": ${parameters}}`)}`,
    graphql: `mutation {\n  executeWorkflow(input: {id: "${workflowId}", parameters: ${inGraphQL(template.exampleParameters)}}) {\n    execution { id status }\n    userErrors { message }\n  }\n}`,
    cli: "orchestrator run workflow.yaml",
  };
  return (
    <Card
      title="The same from a terminal"
      end={
        <>
          <Seg
            label="By what"
            value={form}
            onChange={setForm}
            choices={[
              { value: "curl", name: "cURL" },
              { value: "graphql", name: "GraphQL" },
              { value: "cli", name: "CLI" },
            ]}
          />
          <CopyButton text={texts[form]} label="Copy it" />
        </>
      }
    >
      <pre className={styles.code} tabIndex={0}>
        {texts[form]}
      </pre>
      {form === "cli" && (
        <p className={styles.hint}>
          <Icon name="info" size="s" /> It runs a workflow from a file; <code>orchestrator run --help</code> says more.
        </p>
      )}
    </Card>
  );
}

function inGraphQL(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inGraphQL).join(", ")}]`;
  if (value !== null && typeof value === "object") return `{${Object.entries(value).map(([name, one]) => `${name}: ${inGraphQL(one)}`).join(", ")}}`;
  return JSON.stringify(value);
}
