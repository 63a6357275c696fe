// The items of an action that runs for each of a list: twenty at a time, those that failed by themselves.
import { useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { type Problem, problemOf } from "../../../data/asking";
import { useOnReturn } from "../../../data/connection";
import { ActionItemsDocument, type ItemFragment } from "../../../data/documents";
import { usePaced } from "../../../data/paced";
import { Button } from "../../../parts/button";
import { ErrorBox } from "../../../parts/nothing";
import { Seg } from "../../../parts/seg";
import { StatusShape } from "../../../parts/status";
import { Chip } from "../../../parts/tag";
import { Track } from "../../../parts/track";
import type { Scale } from "../../../picture/scale";
import { type Piece, piecesOf } from "../../../picture/spans";
import { actionLook } from "../../../words/executions";
import { duration } from "../../../words/times";
import { inBrief } from "../../../words/values";
import type { Choice } from "../address";
import styles from "./flow.module.css";
import type { ActionOf, Run } from "../model";

interface Props {
  action: ActionOf;
  run: Run;
  chosen: number | null;
  isBracketed: boolean;
  scale: Scale;
  onChoose: (choice: Choice) => void;
}

interface Loaded {
  items: readonly ItemFragment[];
  after: string | null;
  hasMore: boolean;
}

/** They are read anew at most so often, in milliseconds. */
const PACE_MS = 3000;
/** So many of those that are shown are read anew. */
const MOST_ANEW = 100;

const NOTHING: Loaded = { items: [], after: null, hasMore: false };

export function useItems(runId: string, status: "FAILED" | null, revision: string) {
  const client = useClient();
  const paced = usePaced(revision, PACE_MS);
  const [loaded, setLoaded] = useState<Loaded>(NOTHING);
  const [problem, setProblem] = useState<Problem | null>(null);
  const known = useRef(0);
  /** Reads on after `from` until there are so many. */
  const load = async (from: Loaded, count: number, isCurrent: () => boolean = () => true) => {
    let read = from;
    do {
      const answer = await client.query(ActionItemsDocument, { id: runId, after: read.after, status }, { requestPolicy: "network-only" }).toPromise();
      if (!isCurrent()) return;
      setProblem(answer.error ? problemOf(answer.error) : null);
      const node = answer.data?.node;
      const results = node && "items" in node ? node.items?.results : null;
      if (!results) return;
      read = { items: [...read.items, ...results.nodes], after: results.pageInfo.endCursor, hasMore: results.pageInfo.hasNextPage };
    } while (read.hasMore && read.items.length < count);
    known.current = read.items.length;
    setLoaded(read);
  };
  useEffect(() => {
    known.current = 0;
  }, [runId, status]);
  useEffect(() => {
    let isWanted = true;
    void load(NOTHING, Math.min(known.current, MOST_ANEW), () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [client, runId, status, paced]);
  useOnReturn(() => void load(NOTHING, Math.min(known.current, MOST_ANEW)));
  return { ...loaded, problem, more: () => load(loaded, loaded.items.length + 1) };
}

export function Items({ action, run, chosen, isBracketed, scale, onChoose }: Props) {
  const [status, setStatus] = useState<"FAILED" | null>(null);
  const { total = 0, succeeded = 0, failed = 0, skipped = 0 } = run.items ?? {};
  const { items, hasMore, problem, more } = useItems(run.id, status, `${run.attempt} ${succeeded} ${failed} ${skipped}`);
  const line = isBracketed ? styles.bracketMiddle : "";
  return (
    <>
      {failed > 0 && failed < total && (
        <li className={`${styles.nestTools} ${line}`}>
          <Seg
            label={`Which items of ${action.id}`}
            value={status ?? "ALL"}
            choices={[
              { value: "ALL", name: `All ${total.toLocaleString()}` },
              { value: "FAILED", name: `Failed ${failed.toLocaleString()}` },
            ]}
            onChange={(value) => setStatus(value === "FAILED" ? "FAILED" : null)}
          />
        </li>
      )}
      {problem && (
        <li>
          <ErrorBox title="The items did not come" problem={problem} onAgain={more} />
        </li>
      )}
      {items.map((item) => (
        <li
          key={item.index}
          className={`${styles.row} ${styles.action} ${styles.nest} ${line} ${chosen === item.index ? styles.chosen : ""}`}
          onClick={() => onChoose({ action: action.id, item: item.index })}
        >
          <span className={styles.level} />
          <span className={styles.shape}>
            <StatusShape look={actionLook(item.status)} size="s" />
          </span>
          <span className={styles.name}>
            <button type="button" className={styles.title}>
              item <code>{item.index}</code>
            </button>
          </span>
          <span className={styles.does}>
            <span className={`cut ${item.error ? styles.failed : ""}`}>{item.error ? `${item.error.code} ${item.error.httpStatus ?? ""} ${item.error.message}` : item.status === "SKIPPED" ? "passed by" : inBrief(item.response)}</span>
            <span className={styles.chips}>{item.attempt > 1 && <Chip tone="wait">{item.attempt} attempts</Chip>}</span>
          </span>
          <span className={styles.track}>
            <Track scale={scale} pieces={itemPieces(item, Date.now())} />
          </span>
          <span className={styles.took}>{item.completedAt ? duration(Date.parse(item.completedAt) - Date.parse(item.startedAt)) : ""}</span>
        </li>
      ))}
      {hasMore && (
        <li className={`${styles.nestTools} ${line}`}>
          <Button isSmall onClick={more}>
            20 more of {(status ? failed : total).toLocaleString()}
          </Button>
        </li>
      )}
    </>
  );
}

/** What was done for an item, as the pieces of its bar. */
export const itemPieces = (item: ItemFragment, now: number): Piece[] => piecesOf(item.spans, { status: item.status, isUndone: false, until: null, now });
