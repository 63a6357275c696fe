// When each action was at work, waited and tried again, on one scale; and where the time went.
import { type CSSProperties, useMemo, useState } from "react";
import { useNow } from "../../../data/clock";
import { Tick } from "../../../parts/field";
import { Icon } from "../../../parts/icon";
import { ErrorBox } from "../../../parts/nothing";
import { Seg } from "../../../parts/seg";
import { StatusShape } from "../../../parts/status";
import { Track } from "../../../parts/track";
import type { Scale } from "../../../picture/scale";
import { type Piece, type Share, whereItWent } from "../../../picture/spans";
import { amount } from "../../../words/amounts";
import { actionLook, LIVE } from "../../../words/executions";
import { duration } from "../../../words/times";
import type { Choice } from "../address";
import { itemPieces, useItems } from "../flow/items";
import { type ActionOf, lengthOf, type Run, type Shown } from "../model";
import { axisWords } from "./scale-words";
import styles from "./timeline.module.css";
import { useTimeline } from "./timeline-data";

type Order = "start" | "length";

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  choice: Choice;
  onChoose: (choice: Choice) => void;
}

const MOST_MARKS = 9;
const LONG = 200;

/** What a wait of an action is for, in a share of the time. */
function waitsFor(action: ActionOf, reason: string | null): string {
  const config = action.definition?.config as Record<string, unknown> | undefined;
  const service = typeof config?.service === "string" && !config.service.includes("{{") ? config.service : "a service";
  switch (reason) {
    case "APPROVAL":
      return "waiting for a person";
    case "SIGNAL":
      return "waiting for a signal";
    case "TIMER":
      return "waiting for a moment";
    case "EXECUTION":
      return "waiting for another execution";
    case "CIRCUIT_OPEN":
    case "CONCURRENCY":
    case "RATE_LIMIT":
      return `waiting for ${service}`;
    case "WORKFLOW_LIMIT":
      return "waiting in line";
    case "RETRY_BACKOFF":
      return "waiting to try again";
    default:
      return "waiting";
  }
}

export function Timeline({ execution, actions, choice, onChoose }: Props) {
  const isLive = LIVE.has(execution.status);
  const tick = useNow().getTime();
  const now = isLive ? tick : Date.parse(execution.completedAt ?? execution.createdAt);
  const [isFolding, setFolding] = useState(true);
  const [order, setOrder] = useState<Order>("start");
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const { scale, pieces, whole, asked } = useTimeline(execution, actions, now, isFolding);
  const shares = useMemo(() => {
    const begun = Date.parse(execution.startedAt ?? execution.completedAt ?? new Date(now).toISOString());
    return whereItWent(whole, begun, actions.map((action) => ({ pieces: pieces.get(action.id) ?? [], waitsFor: (reason) => waitsFor(action, reason) })));
  }, [whole, pieces, actions, execution.startedAt]);
  const rows = useMemo(() => {
    const begun = actions.filter((action) => action.run !== null || action.isNotWell);
    const when = (action: ActionOf) => pieces.get(action.id)?.[0]?.from ?? (action.run ? Date.parse(action.run.startedAt) : Number.MAX_SAFE_INTEGER);
    const long = (action: ActionOf) => pieces.get(action.id)?.reduce((sum, piece) => sum + (piece.kind === "coming" ? 0 : piece.to - piece.from), 0) ?? 0;
    const sorted = [...begun].sort((one, other) => (order === "start" ? when(one) - when(other) : long(other) - long(one)));
    return [...sorted, ...actions.filter((action) => action.phase === "MAIN" && !begun.includes(action) && isLive)];
  }, [actions, pieces, order, isLive]);
  const place = isLive ? scale.at(now) : null;
  const marks = scale.marks(MOST_MARKS).filter((mark) => place === null || Math.abs(mark.at - place) > 0.05);
  const queued = (execution.queueSeconds ?? 0) * 1000;
  const toggle = (id: string) =>
    setOpened((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return (
    <div className={styles.whole}>
      <div className={styles.tools}>
        <Where shares={shares} whole={whole.to - whole.from} />
        <span className="grow" />
        {(scale.folds.length > 0 || !isFolding) && (
          <span className={styles.fold}>
            <Tick label="Fold waits" checked={isFolding} onChange={(event) => setFolding(event.target.checked)} />
          </span>
        )}
        <Seg
          label="In which order"
          value={order}
          choices={[
            { value: "start", name: "By start" },
            { value: "length", name: "By length" },
          ]}
          onChange={setOrder}
        />
      </div>
      {asked.problem && <ErrorBox title="The timeline did not come" problem={asked.problem} onAgain={asked.again} />}
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Timeline" data-sideways>
        <div className={styles.chart}>
          <div className={`${styles.row} ${styles.axisRow}`} aria-hidden="true">
            <span />
            <span className={styles.axis}>
              {marks.map((mark) => (
                <span key={mark.at} className={styles.mark} style={{ left: `${mark.at * 100}%` }}>
                  {axisWords(mark.after)}
                </span>
              ))}
              {place !== null && (
                <span className={`${styles.mark} ${styles.now}`} style={{ left: `${place * 100}%` }}>
                  now
                </span>
              )}
            </span>
          </div>
          <div className={styles.lines} aria-hidden="true">
            {marks.map((mark) => (
              <i key={mark.at} className={styles.line} style={{ left: `${mark.at * 100}%` }} />
            ))}
            {scale.folds.map((fold) => (
              <ZigZag key={fold.left} left={fold.left} right={fold.right} words={duration(fold.to - fold.from)} />
            ))}
            {place !== null && <i className={styles.nowLine} style={{ left: `${place * 100}%` }} />}
          </div>
          <ol className={`${styles.rows} ${actions.length > LONG ? styles.long : ""}`} aria-label="Actions and when they were at work">
            {queued >= 1 && (
              <li className={styles.row}>
                <span className={styles.name}>
                  <Icon name="s-queue" size="s" />
                  <span className="b">Queue</span>
                </span>
                <span className={styles.bar}>
                  <Track isTall scale={scale} pieces={[{ kind: "queued", from: whole.from, to: whole.from + queued, attempt: 0, reason: null }]} />
                  <Words from={0} to={scale.at(whole.from + queued)}>{duration(queued)} until a worker had it</Words>
                </span>
              </li>
            )}
            {rows.map((action) => (
              <Row
                key={action.id}
                action={action}
                pieces={pieces.get(action.id) ?? []}
                scale={scale}
                now={now}
                isChosen={choice.action === action.id}
                isOpen={opened.has(action.id)}
                onOpen={() => toggle(action.id)}
                onChoose={onChoose}
              />
            ))}
          </ol>
        </div>
      </div>
    </div>
  );
}

/** Behind this part of the width there is no room for words any more. */
const FAR = 0.74;
/** A bar that begins behind this part has room for words before it. */
const LATE = 0.45;

/** The words of a bar: after it where there is room, else before it, else under it. */
function Words({ from, to, children }: { from: number; to: number; children: React.ReactNode }) {
  const place = to <= FAR ? "after" : from >= LATE ? "before" : "under";
  const style: CSSProperties = place === "after" ? { left: `calc(${to * 100}% + 8px)` } : place === "before" ? { right: `calc(${(1 - from) * 100}% + 8px)` } : { marginLeft: `${from * 100}%` };
  return (
    <span className={`${styles.words} ${place === "under" ? styles.wordsUnder : ""}`} style={style}>
      {children}
    </span>
  );
}

interface RowProps {
  action: ActionOf;
  pieces: readonly Piece[];
  scale: Scale;
  now: number;
  isChosen: boolean;
  isOpen: boolean;
  onOpen: () => void;
  onChoose: (choice: Choice) => void;
}

function summary(action: ActionOf, pieces: readonly Piece[], now: number): string {
  const { run } = action;
  if (!run) return "";
  if (run.status === "SKIPPED") return "skipped";
  const failed = pieces.filter((piece) => piece.kind === "failed").length;
  const words = [duration(lengthOf({ startedAt: new Date(pieces.find((piece) => piece.kind !== "queued")?.from ?? Date.parse(run.startedAt)).toISOString(), completedAt: run.completedAt }, now) ?? 0)];
  if (run.items) words.push(amount(run.items.total, "item"));
  if (failed && run.status !== "FAILED") words.push(`${failed} failed before`);
  if (run.error && run.status === "FAILED") words.push(run.error.httpStatus ? String(run.error.httpStatus) : run.error.code);
  if (action.wait && action.isHeld) words.push(waitsFor(action, action.wait.waitReason));
  return words.join(", ");
}

function Row({ action, pieces, scale, now, isChosen, isOpen, onOpen, onChoose }: RowProps) {
  const { run } = action;
  const end = pieces.at(-1)?.to ?? null;
  const begin = pieces[0]?.from ?? (run ? Date.parse(run.startedAt) : 0);
  return (
    <>
      <li className={`${styles.row} ${styles.action} ${isChosen ? styles.chosen : ""}`} data-action={action.id} aria-current={isChosen || undefined} onClick={() => onChoose({ action: action.id, item: null })}>
        <span className={styles.name}>
          <StatusShape look={action.look} size="s" />
          <button type="button" className={`${styles.title} cut`}>
            {action.name}
          </button>
          {run?.items && run.items.total > 0 && (
            <button
              type="button"
              className={styles.opener}
              aria-expanded={isOpen}
              aria-label={`Items of ${action.id}`}
              onClick={(event) => {
                event.stopPropagation();
                onOpen();
              }}
            >
              <Icon name={isOpen ? "down" : "right"} size="s" />
            </button>
          )}
        </span>
        <span className={styles.bar}>
          <Track isTall scale={scale} pieces={pieces} />
          {run && <Words from={scale.at(begin)} to={scale.at(Math.min(end ?? begin, scale.to))}>{summary(action, pieces, now)}</Words>}
        </span>
      </li>
      {isOpen && run && <Nested action={action} run={run} scale={scale} now={now} onChoose={onChoose} />}
    </>
  );
}

function Nested({ action, run, scale, now, onChoose }: { action: ActionOf; run: Run; scale: Scale; now: number; onChoose: (choice: Choice) => void }) {
  const { items, hasMore, problem, more } = useItems(run.id, null, `${run.attempt} ${run.items?.succeeded} ${run.items?.failed} ${run.items?.skipped}`);
  return (
    <>
      {problem && (
        <li>
          <ErrorBox title="The items did not come" problem={problem} onAgain={more} />
        </li>
      )}
      {items.map((item) => {
        const pieces = itemPieces(item, now);
        const worked = pieces.filter((piece) => piece.kind !== "queued");
        const [from, to] = [worked[0]?.from ?? Date.parse(item.startedAt), worked.at(-1)?.to ?? Date.parse(item.completedAt ?? item.startedAt)];
        return (
          <li key={item.index} className={`${styles.row} ${styles.action} ${styles.nest}`} onClick={() => onChoose({ action: action.id, item: item.index })}>
            <span className={styles.name}>
              <StatusShape look={actionLook(item.status)} size="s" />
              <button type="button" className={styles.title}>
                item {item.index}
              </button>
            </span>
            <span className={styles.bar}>
              <Track isTall scale={scale} pieces={pieces} />
              <Words from={scale.at(from)} to={scale.at(to)}>
                {duration(to - from)}
                {item.attempt > 1 ? `, at attempt ${item.attempt}` : ""}
                {item.error ? `, ${item.error.httpStatus ?? item.error.code}` : ""}
              </Words>
            </span>
          </li>
        );
      })}
      {hasMore && (
        <li className={styles.more}>
          <button type="button" className="link" onClick={more}>
            20 more items
          </button>
        </li>
      )}
    </>
  );
}

/** Two torn edges round what is folded, with its length. */
function ZigZag({ left, right, words }: { left: number; right: number; words: string }) {
  return (
    <span className={styles.zigzag} style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }}>
      <i className={styles.edge} />
      <b className={styles.length}>{words}</b>
      <i className={styles.edge} />
    </span>
  );
}

const TONES: Readonly<Record<string, string>> = { work: "ok", failed: "fail", waiting: "wait", pausing: "wait", queue: "idle", orchestrator: "idle" };

const percent = (part: number): string => (part >= 0.1 ? `${Math.round(part * 100)} %` : part >= 0.001 ? `${(part * 100).toFixed(1)} %` : `${(part * 100).toFixed(2)} %`);

/** Where the time went: a bar, and the same in words. */
function Where({ shares, whole }: { shares: readonly Share[]; whole: number }) {
  return (
    <div className={styles.where}>
      <div className="row">
        <h3 className={styles.whereHead}>Where {duration(whole)} went</h3>
        <span className={styles.shares} aria-hidden="true">
          {shares.map((share) => (
            <span
              key={`${share.kind} ${share.words}`}
              className={`${styles.share} ${styles[share.kind] ?? ""} tone-${TONES[share.kind] ?? "idle"}`}
              style={{ flexGrow: share.milliseconds / whole }}
            />
          ))}
        </span>
      </div>
      <p className="t2 sm">
        {shares.map((share, place) => (
          <span key={`${share.kind} ${share.words}`}>
            {place > 0 && ", "}
            <b className="b">{percent(share.milliseconds / whole)}</b> {share.words}
          </span>
        ))}
      </p>
    </div>
  );
}
