// One execution: what happened, what it is doing, why not, and what can be done.
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useParams } from "wouter";
import { lastList } from "../../data/last-list";
import { PHONE, useMedia } from "../../data/media";
import { useSearch } from "../../data/search";
import { Page } from "../../frame/page";
import { Dialog } from "../../parts/dialog";
import { DialogHost } from "../../parts/dialog-host";
import { CopyButton } from "../../parts/id";
import { KeyHints, useKeys } from "../../parts/keys";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { useIsSheet } from "../../parts/sheet";
import { Tabs } from "../../parts/tabs";
import { LIVE } from "../../words/executions";
import { shortId } from "../../words/ids";
import { type Area, AREAS, areaAddress, type Choice, choiceOf } from "./address";
import { Data } from "./areas/data";
import { Deeds, type DeedsHandle } from "./deeds/deeds";
import { Events } from "./areas/events";
import styles from "./execution.module.css";
import { Flow } from "./flow/flow";
import { Head } from "./head";
import { actionsOf, type Shown } from "./model";
import { Panel } from "./panel";
import { useShown } from "./shown";
import { Related } from "./areas/related";
import { Timeline } from "./areas/timeline";

const loadGraph = () => import("./areas/graph");
const Graph = lazy(loadGraph);
const RerunDialog = lazy(() => import("./deeds/rerun-dialog"));

const NAMES: Readonly<Record<Area, string>> = { flow: "Flow", graph: "Graph", timeline: "Timeline", events: "Events", data: "Data", related: "Related" };
/** The areas that have actions to choose. */
const CHOOSES: ReadonlySet<Area> = new Set(["flow", "graph", "timeline"]);
const HINTS = [["1-6", "areas"], ["J K", "actions"], ["↵", "panel"], ["E", "not well"], ["R", "rerun"], ["P", "pause"], ["C", "cancel"], ["G", "call"], ["U", "list"]] as const;

export default function ExecutionPage() {
  const { id = "" } = useParams<{ id: string }>();
  // Nothing of one execution stays when another one is opened.
  return <Whole key={id} id={id} />;
}

function Whole({ id }: { id: string }) {
  const { execution, asked } = useShown(id);
  if (execution)
    return (
      <DialogHost>
        <Opened execution={execution} onDone={asked.again} />
      </DialogHost>
    );
  return (
    <Page title={shortId(id)} isId above={[{ name: "Executions", href: lastList() }]}>
      {asked.problem ? (
        <ErrorBox title="The execution did not come" problem={asked.problem} onAgain={asked.again} />
      ) : asked.isAsking ? (
        <Bones rows={6} />
      ) : (
        <Empty title="There is no such execution">
          <p>It may be of another tenant, or it was deleted.</p>
        </Empty>
      )}
    </Page>
  );
}

function Opened({ execution, onDone }: { execution: Shown; onDone: () => void }) {
  const { id } = execution;
  const { area: named = "flow" } = useParams<{ area?: string }>();
  const isRerun = named === "rerun";
  // The dialog has an address of its own, and what lies below it stays.
  const below = useRef<Area>("flow");
  if ((AREAS as readonly string[]).includes(named)) below.current = named as Area;
  else if (!isRerun) below.current = "flow";
  const area = below.current;
  const [, go] = useLocation();
  const isPhone = useMedia(PHONE);
  const isSheet = useIsSheet();
  const actions = useMemo(() => actionsOf(execution), [execution]);
  const given = choiceOf(useSearch());
  const [isClosed, setClosed] = useState(false);
  const deeds = useRef<DeedsHandle>(null);
  // Where there is room, the one that needs a look is open from the beginning; once chosen it stays chosen.
  const notWell = actions.find((action) => action.isNotWell)?.id ?? null;
  const offered = useRef<string | null>(null);
  offered.current ??= isSheet ? null : notWell;
  const choice: Choice = given.action === null && !isClosed && !isSheet ? { action: offered.current, item: null } : given;
  const chosen = actions.find((action) => action.id === choice.action) ?? null;
  const choose = (next: Choice) => {
    setClosed(next.action === null);
    go(areaAddress(id, CHOOSES.has(area) ? area : "flow", next), { replace: true });
  };
  const ids = actions.map((action) => action.id);
  const move = (step: number, isWanted: (action: (typeof actions)[number]) => boolean = () => true) => {
    const from = ids.indexOf(choice.action ?? "");
    for (let tries = 1; tries <= actions.length; tries += 1) {
      const place = from < 0 ? (step > 0 ? tries - 1 : actions.length - tries) : from + step * tries;
      const next = actions[((place % actions.length) + actions.length) % actions.length];
      if (next && isWanted(next)) {
        choose({ action: next.id, item: null });
        document.querySelector(`[data-action="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: "nearest" });
        return;
      }
    }
  };
  useKeys({
    ...Object.fromEntries(AREAS.map((one, place) => [String(place + 1), () => go(areaAddress(id, one, given))])),
    J: () => move(1),
    K: () => move(-1),
    E: () => move(1, (action) => action.isNotWell),
    Enter: () => document.querySelector<HTMLElement>("[data-side]")?.focus(),
    Escape: () => choice.action && choose({ action: null, item: null }),
    C: () => deeds.current?.cancel(),
    P: () => deeds.current?.pause(),
    R: () => deeds.current?.rerun(),
    G: () => deeds.current?.showCall(),
    U: () => go(lastList()),
  });
  useEffect(() => {
    // The picture is a chunk of its own, and is here before one asks for it.
    const timer = setTimeout(loadGraph, 1500);
    return () => clearTimeout(timer);
  }, []);
  const isLive = LIVE.has(execution.status);
  const events = execution.journal?.nodes.at(-1)?.sequence ?? 0;
  const asides: Partial<Record<Area, string | number>> = { flow: `${execution.progress.completedActions}/${execution.progress.totalActions}`, events };
  const above = [{ name: "Executions", href: lastList() }];
  if (execution.workflow && !isPhone) above.push({ name: execution.workflow.name, href: `/ui/workflows/${execution.workflow.id}` });
  const leaveRerun = () => go(areaAddress(id, area, given), { replace: true });
  const shared = { execution, actions, choice, onChoose: choose };
  return (
    <Page
      title={shortId(id)}
      isId
      above={above}
      aside={<CopyButton text={id} label="Copy the id" />}
      deeds={<Deeds ref={deeds} execution={execution} actions={actions} onDone={onDone} />}
      isWhole
    >
      <Head execution={execution} actions={actions} />
      <Tabs
        label="Parts of the execution"
        tabs={AREAS.map((one) => ({ name: NAMES[one], href: areaAddress(id, one, given), isHere: one === area, aside: asides[one] }))}
      />
      <div className={styles.body}>
        <div className={styles.area}>
          {area === "events" ? (
            <Events id={id} isLive={isLive} latest={events} names={ids} />
          ) : area === "data" ? (
            <Data execution={execution} />
          ) : area === "related" ? (
            <Related execution={execution} />
          ) : area === "timeline" ? (
            <Timeline {...shared} />
          ) : area === "graph" ? (
            <Suspense fallback={<Bones rows={6} />}>
              <Graph {...shared} />
            </Suspense>
          ) : (
            <Flow {...shared} />
          )}
        </div>
        {CHOOSES.has(area) && chosen && (area === "flow" || given.action !== null) && (
          <Panel key={chosen.id} execution={execution} action={chosen} item={choice.item} onChoose={choose} onMove={move} onDone={onDone} />
        )}
      </div>
      <KeyHints hints={HINTS} />
      {isRerun && (
        <Suspense fallback={null}>
          {execution.viewerCan.rerun ? (
            <RerunDialog execution={execution} actions={actions} onClose={leaveRerun} />
          ) : (
            <Dialog title="It cannot be done over" onClose={leaveRerun}>
              <p>{isLive ? "It has not ended yet." : "You may not do executions over. Ask an operator."}</p>
            </Dialog>
          )}
        </Suspense>
      )}
    </Page>
  );
}
