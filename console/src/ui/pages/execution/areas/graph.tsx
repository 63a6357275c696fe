// The graph of an execution: columns by level, lanes for what cleans up, and each action with how it stands.
import "@xyflow/react/dist/base.css";
import { Background, BackgroundVariant, type Edge, Handle, type Node, type NodeProps, Panel, Position, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { createContext, useContext, useEffect, useMemo, useRef, useState } from "react";
import { PHONE, useMedia } from "../../../data/media";
import { Button } from "../../../parts/button";
import { Icon } from "../../../parts/icon";
import { useKeys } from "../../../parts/keys";
import { Note } from "../../../parts/note";
import { Search } from "../../../parts/search";
import { Seg } from "../../../parts/seg";
import { StatusShape } from "../../../parts/status";
import { amount } from "../../../words/amounts";
import { actionIcon } from "../../../words/action-types";
import { actionLook } from "../../../words/executions";
import { said } from "../../../words/reasons";
import { duration } from "../../../words/times";
import type { Choice } from "../address";
import { Doing } from "../flow/flow-row";
import styles from "./graph.module.css";
import { type BoxData, type Direction, laidOut, neighbour, SIZE, type Step } from "./graph-layout";
import { type ActionOf, isFound, lengthOf, type Shown } from "../model";

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  choice: Choice;
  onChoose: (choice: Choice) => void;
}

interface Facts {
  chosen: string | null;
  /** The one that the key Tab leads to. */
  reachable: string | null;
  found: ReadonlySet<string> | null;
  hasEnded: boolean;
  canOpen: boolean;
  direction: Direction;
  onChoose: (id: string) => void;
  onOpen: (box: string) => void;
  onStep: (id: string, step: Step) => void;
}

const FactsContext = createContext<Facts | null>(null);
const NODE_TYPES = { box: BoxNode, lane: LaneNode, words: WordsNode };
const LEGEND = [
  ["SUCCESS", null, "succeeded"],
  ["RUNNING", null, "running"],
  ["WAITING", null, "waits"],
  ["WAITING", "APPROVAL", "needs a person"],
  ["FAILED", null, "failed"],
  ["SKIPPED", null, "skipped"],
  ["UNDONE", null, "undone"],
  [null, null, "to come"],
] as const;

export default function Graph(props: Props) {
  return (
    <ReactFlowProvider>
      <Drawn {...props} />
    </ReactFlowProvider>
  );
}

function Drawn({ execution, actions, choice, onChoose }: Props) {
  const isPhone = useMedia(PHONE);
  const [direction, setDirection] = useState<Direction>(isPhone ? "down" : "across");
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [text, setText] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const flow = useReactFlow();
  // Where things lie depends on the graph alone: it is not placed anew as the execution goes on.
  const ids = actions.map((action) => action.id).join("\n");
  const layout = useMemo(() => laidOut(actions, execution.dag?.edges ?? [], opened, direction), [ids, execution.dag, opened, direction]);
  const byId = useMemo(() => new Map(actions.map((action) => [action.id, action])), [actions]);
  const found = useMemo(() => (text.trim() ? new Set(actions.filter((action) => isFound(action, text)).map((action) => action.id)) : null), [actions, text]);
  const nodes = useMemo(
    (): Node[] =>
      layout.nodes.map((node) => ({
        ...node,
        draggable: false,
        selectable: false,
        data: { ...node.data, actions: (node.data as BoxData).ids?.flatMap((id) => byId.get(id) ?? []) ?? [] },
      })),
    [layout, byId],
  );
  const edges = useMemo(
    (): Edge[] =>
      layout.edges.map((edge) => {
        const [source, target] = [byId.get(edge.source), byId.get(edge.target)];
        const isPassed = edge.sources.every((id) => ["SUCCESS", "SKIPPED"].includes(byId.get(id)?.run?.status ?? "")) && (target?.run != null || target?.isNotWell === true || edge.isFolded);
        const kind = edge.isCompensation ? styles.undoes : isPassed ? styles.passed : edge.isImplicit ? styles.implicit : styles.coming;
        return { id: edge.id, source: edge.source, target: edge.target, sourceHandle: edge.isCompensation ? "below" : "out", targetHandle: edge.isCompensation ? "above" : "in", className: kind, focusable: false, ariaLabel: source && target ? `${source.name} comes before ${target.name}` : undefined };
      }),
    [layout, byId],
  );
  const chosenBox = layout.boxOf.get(choice.action ?? "") ?? null;
  const reach = (id: string) => {
    const box = layout.nodes.find((node) => node.id === id);
    if (!box) return;
    void flow.setCenter(box.position.x + SIZE.width / 2, box.position.y + SIZE.height / 2, { zoom: flow.getZoom(), duration: 0 });
  };
  const facts: Facts = {
    chosen: choice.action,
    reachable: chosenBox ?? layout.nodes.find((node) => node.type === "box")?.id ?? null,
    found,
    hasEnded: execution.completedAt !== null,
    canOpen: layout.canOpen,
    direction,
    onChoose: (id) => onChoose({ action: id, item: null }),
    onOpen: (box) => setOpened((before) => new Set(before).add(box)),
    onStep: (id, step) => {
      const next = neighbour(layout, id, step, direction);
      if (next === null) return;
      const action = layout.nodes.find((node) => node.id === next)?.data as BoxData | undefined;
      if (action?.ids.length === 1 && action.ids[0]) onChoose({ action: action.ids[0], item: null });
      const element = document.querySelector<HTMLElement>(`[data-box="${CSS.escape(next)}"]`);
      if (element) element.focus({ preventScroll: true });
      const box = layout.nodes.find((node) => node.id === next);
      const view = flow.getViewport();
      const room = pane.current?.getBoundingClientRect();
      if (!box || !room) return;
      const x = box.position.x * view.zoom + view.x;
      const y = box.position.y * view.zoom + view.y;
      if (x < 0 || y < 0 || x + SIZE.width * view.zoom > room.width || y + SIZE.height * view.zoom > room.height) reach(next);
    },
  };
  const fit = () => void flow.fitView({ padding: 0.06, maxZoom: 1 });
  const pane = useRef<HTMLDivElement>(null);
  // At first as much as can be read, from its beginning; the whole is one key away.
  useEffect(() => {
    const room = pane.current?.getBoundingClientRect();
    if (!room) return;
    const zoom = Math.max(READABLE, Math.min(1, (room.width - 2 * EDGE) / layout.size.width, (room.height - 2 * EDGE) / layout.size.height));
    void flow.setViewport({ x: EDGE - layout.size.x * zoom, y: EDGE - layout.size.y * zoom, zoom });
  }, [layout]);
  useEffect(() => {
    const first = found && [...found][0];
    const box = first && layout.boxOf.get(first);
    if (box) reach(box);
  }, [found]);
  useKeys({ "/": () => search.current?.focus(), "+": () => void flow.zoomIn(), "-": () => void flow.zoomOut(), "0": fit });
  return (
    <div className={styles.whole}>
      <div className={styles.tools}>
        <Search ref={search} label="Find an action" placeholder="Find an action" value={text} onChange={setText} />
        <Seg
          label="In which direction"
          value={direction}
          choices={[
            { value: "across", name: "Across" },
            { value: "down", name: "Down" },
          ]}
          onChange={setDirection}
        />
        {found && <span className="t3 sm">{found.size} found</span>}
        <span className="grow" />
        <ul className={`${styles.legend} no-phone`} aria-label="What the shapes mean">
          {LEGEND.map(([status, reason, word]) => (
            <li key={word}>
              <StatusShape size="s" look={actionLook(status, { isUndone: status === "UNDONE", waitReason: reason })} />
              <span aria-hidden="true">{word}</span>
            </li>
          ))}
        </ul>
      </div>
      {layout.foldedActions > 0 && (
        <div className={styles.note}>
          <Note icon="layers" title={`${actions.length} actions: levels are folded`}>
            {layout.canOpen ? "A folded level opens when it is pressed." : "So many are only shown folded. The flow list has each of them, and finds them."}
          </Note>
        </div>
      )}
      <FactsContext value={facts}>
        <div className={styles.pane} ref={pane}>
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={NODE_TYPES}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            onlyRenderVisibleElements
            minZoom={0.08}
            maxZoom={1.6}
            proOptions={{ hideAttribution: true }}
            aria-label="The graph of its actions; the flow list has the same as text"
          >
            <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} className={styles.dots} />
            <Panel position="bottom-right" className={styles.zoom}>
              <Button isSmall icon="plus" aria-label="Nearer" onClick={() => void flow.zoomIn()} />
              <Button isSmall icon="minus" aria-label="Farther" onClick={() => void flow.zoomOut()} />
              <Button isSmall onClick={fit}>
                Fit
              </Button>
            </Panel>
          </ReactFlow>
        </div>
      </FactsContext>
    </div>
  );
}

/** Nothing smaller is read, and so far is it from the edge at first. */
const READABLE = 0.85;
const EDGE = 24;

const ARROWS: Readonly<Record<string, Step>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

type Boxed = Node<BoxData & { actions: ActionOf[] }>;

function BoxNode({ id, data }: NodeProps<Boxed>) {
  const facts = useContext(FactsContext);
  if (!facts) return null;
  const { actions } = data;
  const [only] = actions;
  const isSingle = data.ids.length === 1 && only !== undefined;
  const isChosen = facts.chosen !== null && data.ids.includes(facts.chosen);
  const isPale = facts.found !== null && !data.ids.some((one) => facts.found?.has(one));
  const tone = isSingle ? (only.isNotWell ? styles[`tint-${only.look.tone}`] : only.run ? "" : styles.toCome) : actions.some((action) => action.run?.status === "FAILED") ? styles["tint-fail"] : "";
  const isAcross = facts.direction === "across";
  const press = () => {
    if (isSingle) facts.onChoose(only.id);
    else if (facts.canOpen) facts.onOpen(id);
  };
  return (
    <button
      type="button"
      data-box={id}
      tabIndex={facts.reachable === id ? 0 : -1}
      className={`${styles.box} nodrag nopan ${isSingle && only.undoes ? styles.pill : ""} ${isSingle && only.run?.items ? styles.stack : ""} ${isSingle ? "" : styles.many} ${isChosen ? styles.chosen : ""} ${isPale ? styles.pale : ""} ${tone ?? ""}`}
      aria-label={isSingle ? undefined : `${manyWords(actions)}${facts.canOpen ? ", opens" : ""}`}
      onClick={press}
      onKeyDown={(event) => {
        const step = ARROWS[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        facts.onStep(id, step);
      }}
    >
      <Handle id="in" type="target" position={isAcross ? Position.Left : Position.Top} isConnectable={false} />
      <Handle id="out" type="source" position={isAcross ? Position.Right : Position.Bottom} isConnectable={false} />
      <Handle id="below" type="source" position={isAcross ? Position.Bottom : Position.Right} isConnectable={false} />
      <Handle id="above" type="target" position={isAcross ? Position.Top : Position.Left} isConnectable={false} />
      {isSingle ? (
        <>
          {only.undoes && !only.run ? <Icon name="undo" size="s" /> : <StatusShape look={only.look} size="s" />}
          <span className={styles.text}>
            <b className="cut">{only.undoes && only.name.startsWith("Undo: ") ? only.name.slice("Undo: ".length) : only.name}</b>
            {!only.undoes && (
              <span className="cut">
                <Second action={only} hasEnded={facts.hasEnded} />
              </span>
            )}
          </span>
          {!only.undoes && <Icon name={only.definition?.forEach ? "split" : actionIcon(only.type)} size="s" />}
        </>
      ) : (
        <>
          <Icon name="layers" size="s" />
          <span className={styles.text}>
            <b className="cut">{amount(actions.length, "action")}</b>
            <span className="cut">{manyWords(actions).replace(/^\d+ actions,? ?/, "") || "to come"}</span>
          </span>
        </>
      )}
    </button>
  );
}

/** `37 actions, 2 failed, 30 succeeded`. */
function manyWords(actions: readonly ActionOf[]): string {
  const counts = new Map<string, number>();
  for (const action of actions) if (action.run || action.isNotWell) counts.set(action.look.word.toLowerCase(), (counts.get(action.look.word.toLowerCase()) ?? 0) + 1);
  const order = ["failed", "needs a person", "waiting", "running"];
  const rank = (word: string) => (order.includes(word) ? order.indexOf(word) : order.length);
  const parts = [...counts].sort(([one], [other]) => rank(one) - rank(other)).map(([word, count]) => `${count} ${word}`);
  return [amount(actions.length, "action"), ...parts].join(", ");
}

function Second({ action, hasEnded }: { action: ActionOf; hasEnded: boolean }) {
  const { run, wait } = action;
  if (wait && action.isHeld) return <>{said(wait, new Date()).short}</>;
  if (run?.error) return <>{run.error.httpStatus ?? run.error.code}</>;
  if (run?.completedAt && run.status === "SUCCESS") {
    const took = duration(lengthOf(run, 0) ?? 0);
    return <>{run.items ? `${run.items.succeeded} of ${amount(run.items.total, "item")}, ${took}` : `${action.type === "service_call" ? `${action.does.words}, ` : ""}${took}`}</>;
  }
  return <Doing action={action} hasEnded={hasEnded} />;
}

function LaneNode({ data }: NodeProps<Node<{ words: string; width: number; height: number }>>) {
  return (
    <div className={styles.lane} style={{ width: data.width, height: data.height }}>
      {data.words}
    </div>
  );
}

function WordsNode({ data }: NodeProps<Node<{ words: string }>>) {
  return <div className={styles.words}>{data.words}</div>;
}
