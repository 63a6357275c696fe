// The compact view of an execution: its actions by level, and under each why it waits or failed.
import { useMemo, useRef, useState } from "react";
import { useNow } from "../../../data/clock";
import { Tick } from "../../../parts/field";
import { Icon } from "../../../parts/icon";
import { useKeys } from "../../../parts/keys";
import { Empty } from "../../../parts/nothing";
import { Search } from "../../../parts/search";
import { Seg } from "../../../parts/seg";
import { amount } from "../../../words/amounts";
import { LIVE } from "../../../words/executions";
import type { Choice } from "../address";
import styles from "./flow.module.css";
import { FlowRow } from "./flow-row";
import { type Group, groupsOf } from "./flow-groups";
import { type ActionOf, criticalPath, isFound, type Shown } from "../model";
import { axisWords } from "../areas/scale-words";
import { type Laid, useTimeline } from "../areas/timeline-data";

/** From so many actions on the list is drawn as it is scrolled, by what is known already. */
const LONG = 200;

type View = "all" | "unwell" | "path";

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  choice: Choice;
  onChoose: (choice: Choice) => void;
}

export function Flow({ execution, actions, choice, onChoose }: Props) {
  const isLive = LIVE.has(execution.status);
  const tick = useNow().getTime();
  const now = isLive ? tick : Date.parse(execution.completedAt ?? execution.createdAt);
  const [text, setText] = useState("");
  const [view, setView] = useState<View>("all");
  const [isFolding, setFolding] = useState(true);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const laid = useTimeline(execution, actions, now, isFolding, actions.length > LONG);
  const unwell = useMemo(() => actions.filter((action) => action.isNotWell || (action.run?.attempt ?? 0) > 1), [actions]);
  const path = useMemo(() => criticalPath(execution, actions), [execution, actions]);
  const groups = useMemo(() => {
    const isWanted = (action: ActionOf) =>
      (view === "all" || (view === "unwell" ? unwell.includes(action) : path.has(action.id))) && (text.trim() === "" || isFound(action, text));
    return groupsOf(execution, actions, view === "all" && text.trim() === "" ? null : isWanted);
  }, [execution, actions, view, text, unwell, path]);
  useKeys({ "/": () => search.current?.focus() });
  const open = (key: string) =>
    setOpened((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  const views = [
    { value: "all" as const, name: `All ${actions.filter((action) => action.phase === "MAIN").length}` },
    { value: "unwell" as const, name: `Not well ${unwell.length}` },
    { value: "path" as const, name: "Critical path" },
  ];
  return (
    <div className={styles.whole}>
      <div className={styles.tools}>
        <Search ref={search} label="Find an action" placeholder="Find an action or an error" value={text} onChange={setText} />
        <Seg label="Which actions" value={view} choices={views} onChange={setView} />
        <span className="grow" />
        {laid.scale.folds.length > 0 || !isFolding ? (
          <span className={styles.fold}>
            <Tick label="Fold waits" checked={isFolding} onChange={(event) => setFolding(event.target.checked)} />
          </span>
        ) : null}
      </div>
      {groups.length === 0 ? (
        <Empty title={view === "unwell" && text === "" ? "Nothing is unwell" : "No action is found"} />
      ) : (
        <div className={styles.list}>
          <Axis laid={laid} now={isLive ? now : null} />
          <ol className={actions.length > LONG ? styles.long : ""} aria-label="Actions, in order">
            {groups.map((group) => (
              <OneGroup key={group.key} group={group} isOpen={!group.isFolded || opened.has(group.key)} onOpen={open} opened={opened}>
                {(line) => (
                  <FlowRow
                    key={line.action.id}
                    {...line}
                    execution={execution}
                    isOnly={groups.length === 1 && group.lines.length === 1}
                    isChosen={choice.action === line.action.id}
                    chosenItem={choice.action === line.action.id ? choice.item : null}
                    scale={laid.scale}
                    pieces={laid.pieces.get(line.action.id) ?? []}
                    now={line.action.run?.completedAt ? null : now}
                    onChoose={onChoose}
                  />
                )}
              </OneGroup>
            ))}
          </ol>
        </div>
      )}
    </div>
  );
}

interface GroupProps {
  group: Group;
  isOpen: boolean;
  opened: ReadonlySet<string>;
  onOpen: (key: string) => void;
  children: (line: Extract<Group["lines"][number], { action: ActionOf }>) => React.ReactNode;
}

function OneGroup({ group, isOpen, opened, onOpen, children }: GroupProps) {
  return (
    <>
      {group.heading &&
        (group.isFolded ? (
          <li className={styles.heading}>
            <button type="button" className={styles.twist} aria-expanded={isOpen} onClick={() => onOpen(group.key)}>
              <Icon name={isOpen ? "down" : "right"} size="s" />
              {group.heading}
            </button>
          </li>
        ) : (
          <li className={styles.heading}>{group.heading}</li>
        ))}
      {isOpen &&
        group.lines.map((line) => {
          if ("action" in line) return children(line);
          const key = line.folded[0]?.id ?? "";
          const isUnfolded = opened.has(key);
          return [
            <li key={`fold ${key}`} className={styles.heading}>
              <button type="button" className={styles.twist} aria-expanded={isUnfolded} onClick={() => onOpen(key)}>
                <Icon name={isUnfolded ? "down" : "right"} size="s" />
                {amount(line.folded.length, "notification")} told
              </button>
            </li>,
            ...(isUnfolded ? line.folded.map((action) => children({ action, level: null, bracket: null })) : []),
          ];
        })}
    </>
  );
}

const MOST_MARKS = 4;

/** The heading of the list, with the marks of the small waterfall. */
function Axis({ laid, now }: { laid: Laid; now: number | null }) {
  const { scale } = laid;
  const place = now === null ? null : scale.at(now);
  const marks = scale.marks(MOST_MARKS).filter((mark) => place === null || Math.abs(mark.at - place) > 0.16);
  return (
    <div className={`${styles.row} ${styles.headings}`} aria-hidden="true">
      <span className={styles.nameHead}>Action</span>
      <span className={styles.doesHead}>Does</span>
      <span className={styles.axis}>
        {marks.map((mark) => (
          <span key={mark.at} className={styles.mark} style={{ left: `${mark.at * 100}%` }}>
            {axisWords(mark.after)}
          </span>
        ))}
        {scale.folds.filter((fold) => marks.every((mark) => Math.abs(mark.at - fold.left) > 0.1) && (place === null || place - fold.right > 0.1)).map((fold) => (
          <span key={fold.left} className={styles.cut} style={{ left: `${((fold.left + fold.right) / 2) * 100}%` }} title={`${axisWords(fold.to - fold.from)} are folded`}>
            ⁄⁄
          </span>
        ))}
        {place !== null && (
          <span className={`${styles.mark} ${styles.now}`} style={{ left: `${place * 100}%` }}>
            now
          </span>
        )}
      </span>
      <span className="num">Took</span>
    </div>
  );
}
