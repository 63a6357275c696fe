// One row of the list of executions: how it stands, what it does or why it failed, and how long.
import { memo } from "react";
import { Link } from "wouter";
import type { RowFragment } from "../../data/documents";
import { Labels } from "../../parts/tag";
import { Id } from "../../parts/id";
import { StatusShape } from "../../parts/status";
import { Strip } from "../../parts/strip";
import { Since, Time, Took } from "../../parts/time";
import { LIVE, lookOf } from "../../words/executions";
import { inOneLine } from "../../words/failures";
import styles from "./executions.module.css";

export const addressOf = (id: string): string => `/ui/executions/${id}`;

/** What an execution does, or why it failed. */
export function Does({ row }: { row: RowFragment }) {
  if (row.error) return <span className={styles.failed}>{inOneLine(row.error)}</span>;
  if (!LIVE.has(row.status)) return null;
  return <>{row.progress.currentAction ?? row.reason ?? ""}</>;
}

interface Props {
  row: RowFragment;
  hasLeft: boolean;
  isHere: boolean;
  isSelected: boolean;
  onSelect: (id: string) => void;
}

export const Row = memo(function Row({ row, hasLeft, isHere, isSelected, onSelect }: Props) {
  const { completedActions, totalActions } = row.progress;
  return (
    <div className={`${styles.row} ${hasLeft ? styles.left : ""} ${isHere ? styles.here : ""}`} role="row" aria-selected={isSelected} data-id={row.id}>
      <span role="cell" className="no-phone">
        <input type="checkbox" className={styles.box} aria-label={`Select ${row.id}`} checked={isSelected} onChange={() => onSelect(row.id)} />
      </span>
      <span role="cell">
        <StatusShape look={lookOf(row)} />
      </span>
      <span role="cell" className="cut">
        <Link href={addressOf(row.id)} className={styles.name}>
          {row.workflow?.name ?? "deleted workflow"}
        </Link>{" "}
        <span className="t3">@{row.workflowVersion}</span>
      </span>
      <span role="cell">
        <Id of={row.id} />
      </span>
      <span role="cell" className="cut t2">
        <Does row={row} />
      </span>
      <span role="cell">
        {row.strip == null ? (
          <span className="t2">
            {completedActions}/{totalActions}
          </span>
        ) : (
          <Strip letters={row.strip} total={totalActions} />
        )}
      </span>
      <span role="cell" className={styles.labels}>
        <Labels labels={row.labels} />
      </span>
      <span role="cell" className="num t2">
        <Time at={row.createdAt} />
      </span>
      <span role="cell" className="num">
        {row.durationSeconds == null ? <Since at={row.createdAt} /> : <Took milliseconds={row.durationSeconds * 1000} />}
      </span>
      <span role="cell" className="cut t2">
        {row.createdBy}
      </span>
    </div>
  );
});
