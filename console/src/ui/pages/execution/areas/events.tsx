// The journal of an execution, newest first, with what repeats folded; its log is the second choice of the same list.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNow } from "../../../data/clock";
import { Button } from "../../../parts/button";
import { Tick } from "../../../parts/field";
import { Icon } from "../../../parts/icon";
import { JsonTree } from "../../../parts/json-tree";
import { useKeys } from "../../../parts/keys";
import { Bones, Empty, ErrorBox } from "../../../parts/nothing";
import { Search } from "../../../parts/search";
import { Seg } from "../../../parts/seg";
import { StatusShape } from "../../../parts/status";
import { duration, moment } from "../../../words/times";
import { type Entry, entryLook, isEntryFound, isFailure, placeOf, repeatsFolded, withWords } from "./event-words";
import styles from "./events.module.css";
import { useJournal } from "./journal";
import { Logs } from "./logs";

type View = "all" | "failed";
type Source = "events" | "logs";

interface Props {
  id: string;
  isLive: boolean;
  /** The sequence of the latest entry: how many there are. */
  latest: number;
  /** The actions of which there may be entries. */
  names: readonly string[];
}

/** The moments of a journal are told to the millisecond. */
export function exact(at: string): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

export function Events(props: Props) {
  const [source, setSource] = useState<Source>("events");
  const choice = (
    <Seg
      label="Which list"
      value={source}
      choices={[
        { value: "events" as const, name: "Events" },
        { value: "logs" as const, name: "Log" },
      ]}
      onChange={setSource}
    />
  );
  return source === "events" ? <Journal {...props} choice={choice} /> : <Logs id={props.id} revision={props.latest} choice={choice} />;
}

type Shown = { kind: "entry"; entry: Entry; after: number | null } | { kind: "fold"; key: number; rest: readonly Entry[] };

const ROW = 30;
/** While one looks for something, so many further pages are read by themselves. */
const PAGES_BY_THEMSELVES = 10;
const FEW = 30;

function Journal({ id, isLive, latest, names, choice }: Props & { choice: React.ReactNode }) {
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const isAtRest = useCallback(() => {
    const list = scroller.current;
    return list !== null && list.scrollTop < 8 && !list.matches(":hover") && !list.contains(document.activeElement);
  }, []);
  const search = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [view, setView] = useState<View>("all");
  const [action, setAction] = useState("");
  const [isFolding, setFolding] = useState(true);
  const [isOldest, setOldest] = useState(false);
  const journal = useJournal(id, isLive, { isFailedOnly: view === "failed", action, isOldestFirst: isOldest }, isAtRest);
  const [opened, setOpened] = useState<number | null>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const { entries, hasMore, more } = journal;
  const isLookedFor = text.trim() !== "";
  const wanted = useMemo(() => (isLookedFor ? entries.filter((entry) => isEntryFound(entry, text)) : entries), [entries, isLookedFor, text]);
  const rows = useMemo((): Shown[] => {
    const moments = new Map(entries.map((entry) => [entry.sequence, Date.parse(entry.at)]));
    const after = ({ sequence, at }: Entry) => {
      const before = moments.get(sequence - 1);
      return before === undefined ? null : Date.parse(at) - before;
    };
    const one = (entry: Entry): Shown => ({ kind: "entry", entry, after: after(entry) });
    return isFolding
      ? repeatsFolded(wanted).flatMap(({ first, rest }): Shown[] => {
          if (rest.length === 0) return [one(first)];
          const key = rest[0]?.sequence ?? 0;
          return [one(first), { kind: "fold", key, rest }, ...(unfolded.has(key) ? rest.map(one) : [])];
        })
      : wanted.map(one);
  }, [entries, wanted, isFolding, unfolded]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => {
      const row = rows[index];
      return row?.kind === "fold" ? `fold ${row.key}` : (row?.entry.sequence ?? index);
    },
    overscan: 16,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const pages = Math.ceil(entries.length / 100);
  useEffect(() => {
    if (!hasMore || journal.isAsking || journal.problem) return;
    // What is looked for may lie farther on.
    const isWanted = isLookedFor ? wanted.length < FEW && pages < PAGES_BY_THEMSELVES : last >= rows.length - 20;
    if (isWanted) more();
  }, [last, rows.length, wanted.length, hasMore, journal.isAsking, isLookedFor, pages]);
  const failures = entries.filter(isFailure).length;
  const first = isOldest ? "oldest" : "newest";
  useKeys({ "/": () => search.current?.focus(), ".": journal.takeNewer, F: () => setView(view === "failed" ? "all" : "failed") });
  return (
    <div className={styles.whole}>
      <div className={styles.tools}>
        <Search ref={search} label="Find in the events" placeholder="Text in type, action or data" value={text} onChange={setText} />
        <Seg
          label="Which events"
          value={view}
          choices={[
            { value: "all", name: `All ${latest.toLocaleString()}` },
            { value: "failed", name: `Failed ${failures.toLocaleString()}${hasMore ? "+" : ""}` },
          ]}
          onChange={setView}
        />
        <select className={styles.select} aria-label="Of which action" value={action} onChange={(event) => setAction(event.target.value)}>
          <option value="">every action</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <span className="grow" />
        <span className={styles.tick}>
          <Tick label="Fold repeats" checked={isFolding} onChange={(event) => setFolding(event.target.checked)} />
        </span>
        <Seg
          label="In which order"
          value={isOldest ? "oldest" : "newest"}
          choices={[
            { value: "newest", name: "Newest first" },
            { value: "oldest", name: "Oldest" },
          ]}
          onChange={(value) => setOldest(value === "oldest")}
        />
        {choice}
      </div>
      {journal.problem && <ErrorBox title="The events did not come" problem={journal.problem} onAgain={journal.again} />}
      {entries.length === 0 && journal.isAsking && <Bones />}
      <div className={`${styles.row} ${styles.headings}`} aria-hidden="true">
        <span className="num">#</span>
        <span>At</span>
        <span className={`num ${styles.wide}`}>After</span>
        <span>What</span>
        <span className={styles.wide}>Action</span>
        <span className={styles.with}>With</span>
        {journal.newer.length > 0 && (
          <span className={styles.newer}>
            <Button isSmall icon="arrow-up" onClick={journal.takeNewer}>
              {journal.newer.length} newer
            </Button>
          </span>
        )}
      </div>
      <div className={styles.scroll} ref={scroller} tabIndex={0} role="group" aria-label="Events">
        {entries.length > 0 && rows.length === 0 && !journal.isAsking && <Empty title="No event is found">{hasMore && <p>The {first} {entries.length.toLocaleString()} were looked through.</p>}</Empty>}
        <ol style={{ height: virtual.getTotalSize() }} className={styles.list}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <li key={item.key} data-index={item.index} ref={virtual.measureElement} className={styles.item} style={{ top: item.start }}>
                {row.kind === "fold" ? (
                  <button
                    type="button"
                    className={styles.repeats}
                    aria-expanded={unfolded.has(row.key)}
                    onClick={() =>
                      setUnfolded((before) => {
                        const after = new Set(before);
                        if (!after.delete(row.key)) after.add(row.key);
                        return after;
                      })
                    }
                  >
                    <Icon name={unfolded.has(row.key) ? "down" : "right"} size="s" />
                    <span className="link">
                      {row.rest.length} more of the same, {span(row.rest, now)}
                    </span>
                  </button>
                ) : (
                  <OneEntry entry={row.entry} after={row.after} now={now} isOpen={opened === row.entry.sequence} onOpen={() => setOpened(opened === row.entry.sequence ? null : row.entry.sequence)} />
                )}
              </li>
            );
          })}
        </ol>
        {(hasMore || journal.isAsking) && entries.length > 0 && (
          <div className={styles.foot}>
            {isLookedFor
              ? `${wanted.length.toLocaleString()} of the ${first} ${entries.length.toLocaleString()} match. `
              : `The ${first} ${entries.length.toLocaleString()}${view === "all" && action === "" ? ` of ${latest.toLocaleString()}` : ""}. `}
            {hasMore && (
              <Button isSmall isBusy={journal.isAsking} onClick={more}>
                Look farther {isOldest ? "on" : "back"}
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

/** From the first to the last of some entries. */
function span(entries: readonly Entry[], now: Date): string {
  const moments = entries.map((entry) => Date.parse(entry.at));
  return `${moment(new Date(Math.min(...moments)), now)} to ${moment(new Date(Math.max(...moments)), now)}`;
}

function OneEntry({ entry, after, now, isOpen, onOpen }: { entry: Entry; after: number | null; now: Date; isOpen: boolean; onOpen: () => void }) {
  const look = entryLook(entry);
  return (
    <>
      <button type="button" className={`${styles.row} ${styles.entry} ${isOpen ? styles.open : ""}`} aria-expanded={isOpen} onClick={onOpen}>
        <span className="num t3">{entry.sequence}</span>
        <time className="mono" dateTime={entry.at} title={entry.at}>
          {exact(entry.at)}
        </time>
        <span className={`num t3 mono ${styles.wide}`}>{after === null ? "" : `+${duration(after)}`}</span>
        <span className={styles.what}>
          <StatusShape look={look} size="s" />
          {look.word}
        </span>
        <code className={`cut ${styles.wide}`}>{placeOf(entry)}</code>
        <span className={`cut t2 ${styles.with}`}>
          <code className={styles.narrow}>{placeOf(entry)}</code> {withWords(entry, now)}
        </span>
      </button>
      {isOpen && (
        <div className={styles.data}>
          <JsonTree value={entry.data} />
        </div>
      )}
    </>
  );
}
