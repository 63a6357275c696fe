// One action of the flow list, with its items on demand and with the reason or the error under it.
import { memo, useState } from "react";
import { Icon } from "../../../parts/icon";
import { StatusShape } from "../../../parts/status";
import { Chip } from "../../../parts/tag";
import { Track } from "../../../parts/track";
import type { Scale } from "../../../picture/scale";
import type { Piece } from "../../../picture/spans";
import { amount } from "../../../words/amounts";
import { actionIcon } from "../../../words/action-types";
import { duration } from "../../../words/times";
import type { Choice } from "../address";
import styles from "./flow.module.css";
import type { Line } from "./flow-groups";
import { Items } from "./items";
import { type ActionOf, lengthOf, type Shown } from "../model";
import { UnderAction } from "./under";

interface Props extends Line {
  execution: Shown;
  isOnly: boolean;
  isChosen: boolean;
  chosenItem: number | null;
  scale: Scale;
  pieces: readonly Piece[];
  /** The present moment where it goes on, so that what has ended is not drawn again. */
  now: number | null;
  onChoose: (choice: Choice) => void;
}

const BRACKETS = { first: styles.bracketFirst, middle: styles.bracketMiddle, last: styles.bracketLast };

export const FlowRow = memo(function FlowRow({ action, level, bracket, execution, isOnly, isChosen, chosenItem, scale, pieces, now, onChoose }: Props) {
  const [isOpen, setOpen] = useState(chosenItem !== null);
  const { run } = action;
  const hasBegun = run !== null;
  // Of several attempts all count, with the time between them.
  const begun = pieces.find((piece) => piece.kind !== "queued")?.from;
  const took = run && lengthOf(begun === undefined ? run : { startedAt: new Date(begun).toISOString(), completedAt: run.completedAt }, now ?? 0);
  const most = action.definition?.retry?.maxAttempts;
  return (
    <>
      <li
        className={`${styles.row} ${styles.action} ${bracket ? BRACKETS[bracket] : ""} ${isChosen ? styles.chosen : ""} ${hasBegun || action.isNotWell ? "" : styles.toCome} ${isOnly ? styles.only : ""}`}
        aria-current={isChosen || undefined}
        data-action={action.id}
        onClick={() => onChoose({ action: action.id, item: null })}
      >
        <span className={styles.level}>{level}</span>
        <span className={styles.shape}>
          <StatusShape look={action.look} />
        </span>
        <span className={styles.name}>
          {run?.items && run.items.total > 0 && (
            <button
              type="button"
              className={styles.opener}
              aria-expanded={isOpen}
              aria-label={`Items of ${action.id}`}
              onClick={(event) => {
                event.stopPropagation();
                setOpen(!isOpen);
              }}
            >
              <Icon name={isOpen ? "down" : "right"} size="s" />
            </button>
          )}
          <button type="button" className={`${styles.title} cut`}>
            {action.name}
          </button>
          {action.hasName && <code className="t3 cut">{action.id}</code>}
        </span>
        <span className={styles.does}>
          <Icon name={actionIcon(action.type)} size="s" />
          <span className="cut">
            <Doing action={action} hasEnded={execution.completedAt !== null} />
          </span>
          <Chips action={action} most={most} />
        </span>
        <span className={styles.track}>
          <Track scale={scale} pieces={pieces} />
        </span>
        <span className={styles.took}>{took === null || run?.status === "SKIPPED" ? "" : duration(took)}</span>
      </li>
      {isOpen && run && <Items action={action} run={run} chosen={chosenItem} isBracketed={bracket === "first" || bracket === "middle"} onChoose={onChoose} scale={scale} />}
      <UnderAction execution={execution} action={action} isBracketed={bracket === "first" || bracket === "middle"} />
    </>
  );
});

function Chips({ action, most }: { action: ActionOf; most: number | undefined }) {
  const { run } = action;
  const attempt = run?.attempt ?? 0;
  const isAgain = attempt > 1;
  return (
    <span className={styles.chips}>
      {run?.items && (
        <Chip tone={run.items.failed ? "fail" : "idle"}>
          {howMany(run.items, run.status === "RUNNING")}
        </Chip>
      )}
      {isAgain && (
        <Chip tone={run?.status === "SUCCESS" ? "idle" : "wait"}>
          attempt {attempt}
          {most && run?.status !== "SUCCESS" ? ` of ${most}` : ""}
        </Chip>
      )}
      {run?.resolvedBy && (
        <Chip tone="hold">by {run.resolvedBy.userId}</Chip>
      )}
      {action.undoneBy && !action.isUndone && (
        <span className="t3" title="It can be undone">
          <Icon name="undo" size="s" label="can be undone" />
        </span>
      )}
    </span>
  );
}

function howMany({ total, succeeded, skipped, failed }: NonNullable<NonNullable<ActionOf["run"]>["items"]>, isRunning: boolean): string {
  const all = amount(total, "item");
  if (failed) return `${failed.toLocaleString()} of ${total.toLocaleString()} failed`;
  if (isRunning) return `${(succeeded + skipped).toLocaleString()} of ${all}`;
  return skipped ? `${all}, ${skipped.toLocaleString()} passed by` : all;
}

/** What an action does, or why it does not. */
export function Doing({ action, hasEnded }: { action: ActionOf; hasEnded: boolean }) {
  const { run, wait, definition } = action;
  if (action.isUndone)
    return (
      <>
        undone by <code>{action.undoneBy}</code>
      </>
    );
  if (run?.status === "SKIPPED" && run.resolvedBy) return <>passed by by hand: {run.resolvedBy.reason}</>;
  if (run?.status === "SKIPPED")
    return definition?.when != null ? (
      <>
        <code>when: {String(definition.when)}</code> was false
      </>
    ) : (
      <>not needed: what it depends on ended otherwise</>
    );
  if (!run && hasEnded) return <>not begun</>;
  if (!run && wait?.waitReason === "DEPENDENCIES")
    return (
      <>
        {action.type === "service_call" && `${action.does.words} `}after {wait.dependsOn?.join(", ")}
      </>
    );
  return (
    <>
      {action.does.words} {action.does.code && <code>{action.does.code}</code>}
    </>
  );
}
