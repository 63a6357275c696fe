// Executions: find these, and do something to all of them.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useAsked } from "../../data/asking";
import { ExecutionCountDocument, ExecutionPageDocument } from "../../data/documents";
import { type Condition, conditions, filterOf, searchOf } from "../../data/filters";
import { listSeenAt } from "../../data/last-list";
import { Page } from "../../frame/page";
import { Button } from "../../parts/button";
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

const ROW_HEIGHT = matchMedia("(pointer: coarse), (max-width: 640px)").matches ? 44 : 36;
const NEAR_THE_END = 20;

export default function Executions() {
  const search = useSearch();
  const [, go] = useLocation();
  const { conditions: all, unread } = useMemo(() => conditions(search), [search]);
  useEffect(() => listSeenAt(`/ui/executions${search && `?${search}`}`), [search]);
  // A range ends now: of the moment in which it was asked for, or the list would be another one at each drawing.
  const filter = useMemo(() => filterOf(all, new Date()), [all]);
  const scroller = useRef<HTMLDivElement>(null);
  const isAtRest = useCallback(() => {
    const list = scroller.current;
    return list !== null && list.scrollTop < 8 && !list.matches(":hover") && !list.contains(document.activeElement);
  }, []);
  const list = useExecutionList(filter, isAtRest);
  const count = useAsked(ExecutionCountDocument, { filter });
  const [here, setHere] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setAll] = useState(false);
  const bulk = useRef<BulkHandle>(null);
  const chosen = useRef(0);
  chosen.current = selected.size;
  const clear = () => {
    setSelected(new Set());
    setAll(false);
  };
  useEffect(() => {
    if (chosen.current > 0) say("idle", "Nothing is selected any more", "The filter is another one.");
    clear();
  }, [filter]);
  const filterBy = (next: readonly Condition[]) => go(`/ui/executions?${searchOf(next)}`);
  const matching = count.data?.executions?.totalCount ?? null;

  const rows = list.rows;
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const { more } = list;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_THE_END) more();
  }, [last, rows.length]);

  const place = rows.findIndex(({ row }) => row.id === here);
  const move = (step: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, place < 0 ? 0 : place + step));
    setHere(rows[next]?.row.id ?? null);
    virtual.scrollToIndex(next);
  };
  const toggle = (id: string) => {
    setAll(false);
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
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
    "*": selectShown,
    R: () => here && go(rerunAddress(here)),
    C: () => bulk.current?.cancel(),
    Escape: clear,
    ".": list.takeNewer,
    "/": () => document.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
  });

  return (
    <Page
      title="Executions"
      aside={matching === null ? undefined : `${matching.toLocaleString()} match`}
      deeds={<CallButton call={() => ({ document: ExecutionPageDocument as never, variables: { filter, after: null } })} />}
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
      <div className={styles.table} role="table" aria-label="Executions" aria-rowcount={rows.length}>
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
          <span role="columnheader">Does, or why it failed</span>
          <span role="columnheader">Actions</span>
          <span role="columnheader">Labels</span>
          <span role="columnheader" className="num">
            Started
          </span>
          <span role="columnheader" className="num">
            For
          </span>
          <span role="columnheader">By</span>
          {list.newer.length > 0 && (
            <span className={styles.newer}>
              <Button isSmall icon="arrow-up" onClick={list.takeNewer}>
                {list.newer.length} newer
              </Button>
            </span>
          )}
        </div>
        <div className={styles.scroll} ref={scroller}>
          {list.problem && <ErrorBox title="The list did not come" problem={list.problem} onAgain={list.again} />}
          {rows.length === 0 && list.isAsking && <Bones rows={8} />}
          {rows.length === 0 && !list.isAsking && !list.problem && (
            <Empty title={all.length ? `Nothing matches ${all.length === 1 ? "this filter" : `these ${all.length} filters`}` : "No execution yet"}>
              {all.length > 0 && <Button onClick={() => go("/ui/executions")}>Clear all</Button>}
            </Empty>
          )}
          <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="rowgroup">
            {shown.map((item) => {
              const listed = rows[item.index];
              if (!listed) return null;
              const { row, hasLeft } = listed;
              return (
                <div key={row.id} style={{ position: "absolute", insetInline: 0, top: item.start, height: ROW_HEIGHT }}>
                  <Row row={row} hasLeft={hasLeft} isHere={row.id === here} isSelected={isAll || selected.has(row.id)} onSelect={() => toggle(row.id)} />
                </div>
              );
            })}
          </div>
        </div>
        {selected.size > 0 && <BulkBar ref={bulk} selected={selected} isAll={isAll} filter={filter} matching={matching} onAll={setAll} onClear={clear} />}
      </div>
      <KeyHints hints={[["J K", "move"], ["↵", "open"], ["X", "select"], ["*", "all"], ["R", "rerun"], ["C", "cancel"], ["/", "text"], [".", "newer"], ["[ ]", "views"]]}>
        Rows stay where they are. What is newer waits above until you ask.
      </KeyHints>
    </Page>
  );
}
