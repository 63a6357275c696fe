// Executions: find these, and do something to all of them.
import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useAsked } from "../../data/asking";
import { useCompactRows } from "../../data/compact";
import { ExecutionCountDocument, ExecutionPageDocument } from "../../data/documents";
import { useEvery } from "../../data/every";
import { type Condition, conditions, filterOf, searchOf } from "../../data/filters";
import { listLeftAt, listSeenAt, placeIn } from "../../data/last-list";
import { PHONE, useMedia } from "../../data/media";
import { useSearch } from "../../data/search";
import { useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { RunSomething } from "../../frame/run-something";
import { Button, IconButton } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { KeyHints, useKeys } from "../../parts/keys";
import { Note } from "../../parts/note";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { say } from "../../parts/toasts";
import { rerunAddress } from "../execution/address";
import { BulkBar, type BulkHandle } from "./bulk-bar";
import styles from "./executions.module.css";
import { Filters } from "./filters";
import { useExecutionList } from "./list";
import { addressOf, Row } from "./row";
import { Views } from "./views";
import { When } from "./when";

const Look = lazy(() => import("./look"));

/** Of a row: on a phone it has a second line. */
const HEIGHTS = { usual: 36, compact: 28, touch: 44, phone: 60 };
const NEAR_THE_END = 20;
const COUNT_EVERY_MS = 60_000;

export default function Executions() {
  const search = useSearch();
  const viewer = useViewer();
  const [, go] = useLocation();
  const { conditions: all, unread } = useMemo(() => conditions(search), [search]);
  const address = `/ui/executions${search && `?${search}`}`;
  const left = useRef(placeIn(address));
  useEffect(() => listSeenAt(address), [address]);
  // A range ends now: of the moment in which it was asked for, or the list would be another one at each drawing.
  const filter = useMemo(() => filterOf(all, new Date()), [all]);
  const scroller = useRef<HTMLDivElement>(null);
  const isAtRest = useCallback(() => {
    const list = scroller.current;
    return list !== null && list.scrollTop < 8 && !list.matches(":hover") && !list.contains(document.activeElement);
  }, []);
  const list = useExecutionList(filter, isAtRest);
  const count = useAsked(ExecutionCountDocument, { filter });
  useEvery(COUNT_EVERY_MS, count.again);
  const [here, setHere] = useState<string | null>(null);
  const [isLooking, setLooking] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setAll] = useState(false);
  const bulk = useRef<BulkHandle>(null);
  const chosen = useRef(0);
  /** The row that was selected last, from which `Shift X` goes on. */
  const marked = useRef<string | null>(null);
  chosen.current = selected.size;
  const clear = () => {
    setSelected(new Set());
    setAll(false);
  };
  useEffect(() => {
    if (chosen.current > 0) say("idle", "Nothing is selected any more", "The filter is another one.");
    clear();
  }, [filter]);
  const filterBy = (next: readonly Condition[], isSame?: boolean) => go(`/ui/executions?${searchOf(next)}`, { replace: isSame });
  const matching = count.data?.executions?.totalCount ?? null;

  const rows = list.rows;
  const isPhone = useMedia(PHONE);
  const isTouch = useMedia("(pointer: coarse)");
  const [mayBeCompact, turnCompact] = useCompactRows();
  const isCompact = mayBeCompact && !isPhone && !isTouch;
  const height = HEIGHTS[isPhone ? "phone" : isTouch ? "touch" : isCompact ? "compact" : "usual"];
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 12 });
  useEffect(() => virtual.measure(), [height]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const { more } = list;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_THE_END) more();
  }, [last, rows.length]);

  // Who comes back finds as many rows as there were, and is where they were left.
  const top = useRef(0);
  const leaving = useRef({ rows: 0, here });
  leaving.current = { rows: rows.length, here };
  useEffect(() => () => listLeftAt({ ...leaving.current, top: top.current }), []);
  useEffect(() => {
    if (!left.current || rows.length === 0 || list.isAsking) return;
    if (rows.length < left.current.rows && list.hasMore) return more();
    setHere(left.current.here);
    scroller.current?.scrollTo(0, left.current.top);
    left.current = null;
  }, [rows.length, list.isAsking]);

  const place = rows.findIndex(({ row }) => row.id === here);
  const move = (step: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, place < 0 ? 0 : place + step));
    setHere(rows[next]?.row.id ?? null);
    virtual.scrollToIndex(next);
  };
  const toggle = useCallback((id: string) => {
    setAll(false);
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
    marked.current = id;
  }, []);
  const selectToHere = () => {
    const from = rows.findIndex(({ row }) => row.id === marked.current);
    const [first, last] = [Math.min(from, place), Math.max(from, place)];
    if (first >= 0) setSelected((before) => new Set([...before, ...rows.slice(first, last + 1).map(({ row }) => row.id)]));
    else if (here) toggle(here);
  };
  const areAllSelected = rows.length > 0 && rows.every(({ row }) => selected.has(row.id));
  const selectShown = () => (areAllSelected ? clear() : setSelected(new Set(rows.map(({ row }) => row.id))));
  useKeys({
    J: () => move(1),
    K: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => here && go(addressOf(here)),
    X: () => here && toggle(here),
    "Shift X": selectToHere,
    "*": selectShown,
    R: () => (bulk.current ? bulk.current.rerun() : here && go(rerunAddress(here))),
    C: () => bulk.current?.cancel(),
    " ": () => {
      if (!here) move(1);
      setLooking(!isLooking);
    },
    Escape: () => (isLooking ? setLooking(false) : clear()),
    ".": list.takeNewer,
    "/": () => document.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
  });

  return (
    <Page
      title="Executions"
      aside={matching === null ? undefined : `${matching.toLocaleString()} match`}
      deeds={
        <>
          {!isPhone && !isTouch && <IconButton icon="menu" label="Compact rows" aria-pressed={isCompact} onClick={turnCompact} />}
          <CallButton call={() => ({ document: ExecutionPageDocument as never, variables: { filter, after: null } })} />
          {viewer.canExecuteWorkflows && <RunSomething />}
        </>
      }
      isWhole
    >
      <Views conditions={all} />
      <Filters conditions={all} onChange={filterBy} />
      <When conditions={all} onChange={filterBy} />
      {unread.length > 0 && (
        <div className={styles.unread}>
          <Note tone="wait" icon="warn" title="Part of the address cannot be read">
            {unread.join(", ")}. The list is shown without it.
          </Note>
        </div>
      )}
      {list.problem && <ErrorBox title="The list did not come" problem={list.problem} onAgain={list.again} />}
      <div className={styles.body}>
        <div className={`${styles.table} ${isCompact ? styles.compact : ""}`} {...(rows.length > 0 && { role: "table", "aria-label": "Executions", "aria-rowcount": rows.length })}>
          {rows.length > 0 && (
            <div className={styles.head}>
              <div className={`${styles.row} ${styles.headings}`} role="row">
                <span role="columnheader" className="no-phone">
                  <input
                    type="checkbox"
                    className={styles.box}
                    aria-label="Select all that are loaded"
                    checked={isAll || areAllSelected}
                    ref={(box) => {
                      if (box) box.indeterminate = selected.size > 0 && !isAll && !areAllSelected;
                    }}
                    onChange={selectShown}
                  />
                </span>
                <span role="columnheader">
                  <span className="sr">Status</span>
                </span>
                <span role="columnheader">Workflow</span>
                <span role="columnheader">Id</span>
                <span role="columnheader">Does, waits for, or why it failed</span>
                <span role="columnheader">Actions</span>
                <span role="columnheader">Labels</span>
                <span role="columnheader" className="num">
                  Started
                </span>
                <span role="columnheader" className="num">
                  For
                </span>
                <span role="columnheader">By</span>
              </div>
            </div>
          )}
          {list.newer && (
            <span className={styles.newer}>
              <Button isSmall icon="arrow-up" onClick={list.takeNewer}>
                {list.newer} newer
              </Button>
            </span>
          )}
          <div className={styles.scroll} ref={scroller} onScroll={(event) => (top.current = event.currentTarget.scrollTop)}>
            {rows.length === 0 && list.isAsking && <Bones rows={8} />}
            {rows.length === 0 && !list.isAsking && !list.problem && (
              <Empty title={all.length ? `Nothing matches ${all.length === 1 ? "this filter" : `these ${all.length} filters`}` : "No execution yet"}>
                {all.length > 0 && <Button onClick={() => go("/ui/executions")}>Clear all</Button>}
              </Empty>
            )}
            <div style={{ height: virtual.getTotalSize(), position: "relative" }} role={rows.length > 0 ? "rowgroup" : undefined}>
              {shown.map((item) => {
                const listed = rows[item.index];
                if (!listed) return null;
                const { row, hasLeft } = listed;
                return (
                  <div key={row.id} style={{ position: "absolute", insetInline: 0, top: item.start, height }}>
                    <Row row={row} hasLeft={hasLeft} isHere={row.id === here} isSelected={isAll || selected.has(row.id)} onSelect={toggle} />
                  </div>
                );
              })}
            </div>
          </div>
          {selected.size > 0 && <BulkBar ref={bulk} selected={selected} isAll={isAll} filter={filter} matching={matching} onAll={setAll} onClear={clear} />}
        </div>
        {isLooking && here && (
          <Suspense fallback={null}>
            <Look id={here} onMove={move} onClose={() => setLooking(false)} />
          </Suspense>
        )}
      </div>
      <KeyHints hints={[["J K", "move"], ["↵", "open"], ["␣", "look"], ["X", "select"], ["⇧ X", "to here"], ["*", "all"], ["F", "filter"], ["R", "rerun"], ["C", "cancel"], ["/", "text"], [".", "newer"], ["[ ]", "views"]]}>
        {matching !== null && rows.length < matching ? `${rows.length.toLocaleString()} of ${matching.toLocaleString()} are loaded; scroll for more.` : "Rows stay where they are. What is newer waits above until you ask."}
      </KeyHints>
    </Page>
  );
}
