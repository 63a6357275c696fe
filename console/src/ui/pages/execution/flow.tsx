// The compact view of an execution: its actions in their order, and under each why it waits or failed.
import { useNow } from "../../data/clock";
import { Icon } from "../../parts/icon";
import { Note } from "../../parts/note";
import { StatusShape } from "../../parts/status";
import { Chip } from "../../parts/tag";
import { actionIcon, actionWord } from "../../words/action-types";
import { actionLook, isUndone } from "../../words/executions";
import { todo } from "../../words/failures";
import { said } from "../../words/reasons";
import { duration } from "../../words/times";
import type { Shown } from "./execution";
import styles from "./execution.module.css";

const PHASES: Readonly<Record<string, string>> = { ON_FAILURE: "If it fails", ON_EXIT: "However it ends", COMPENSATION: "What undoes" };

export function Flow({ execution }: { execution: Shown }) {
  const nodes = execution.dag?.nodes ?? [];
  const begun = new Map(execution.actions?.map((action) => [action.actionId, action]));
  const shown = nodes.filter((node) => node.phase !== "COMPENSATION" || begun.has(node.actionId));
  const levels = new Map<number, number>();
  for (const node of shown) if (node.phase === "MAIN") levels.set(node.level, (levels.get(node.level) ?? 0) + 1);
  let phase = "MAIN";
  let level = -1;
  return (
    <div className={styles.scroll}>
      <ol className={styles.flow} aria-label="Actions, in order">
        {shown.map((node) => {
          const isNewPhase = node.phase !== phase;
          const isNewLevel = isNewPhase || node.level !== level;
          phase = node.phase;
          level = node.level;
          return (
            <FlowRow
              key={node.actionId}
              node={node}
              execution={execution}
              heading={isNewPhase ? PHASES[node.phase] : undefined}
              level={isNewLevel && node.phase === "MAIN" ? node.level + 1 : null}
              isAbreast={(levels.get(node.level) ?? 0) > 1 && node.phase === "MAIN"}
            />
          );
        })}
      </ol>
    </div>
  );
}

interface RowProps {
  node: NonNullable<Shown["dag"]>["nodes"][number];
  execution: Shown;
  heading?: string;
  level: number | null;
  isAbreast: boolean;
}

function FlowRow({ node, execution, heading, level, isAbreast }: RowProps) {
  const now = useNow();
  const action = execution.actions?.find((one) => one.actionId === node.actionId);
  const wait = execution.waiting?.find((one) => one.actionId === node.actionId);
  const isBlocked = !action && wait?.waitReason === "DEPENDENCIES";
  const look = actionLook(action?.status, { isUndone: isUndone(node.actionId, execution), waitReason: wait?.waitReason });
  const reason = wait && said(wait, now);
  const end = action?.completedAt ? new Date(action.completedAt) : now;
  return (
    <>
      {heading && <li className={styles.heading}>{heading}</li>}
      <li className={`${styles.action} ${isAbreast ? styles.abreast : ""}`}>
        <span className="t3 sm">{level}</span>
        <StatusShape look={look} />
        <span className="cut">
          {node.name && <span className="b">{node.name} </span>}
          <code className={node.name ? "t3" : "b"}>{node.actionId}</code>
        </span>
        <span className="row gap-1 t2 cut">
          <Icon name={actionIcon(node.actionType)} size="s" />
          <span className="cut">{isBlocked && reason ? reason.short : actionWord(node.actionType)}</span>
          {action?.items && <Chip>{action.items.total} items</Chip>}
          {action && action.attempt > 1 && <Chip tone="wait">attempt {action.attempt}</Chip>}
        </span>
        <span className="num t2">{action ? duration(end.getTime() - new Date(action.startedAt).getTime()) : ""}</span>
      </li>
      {action?.error && (
        <li className={styles.under}>
          <Note tone="fail" icon="warn" title={`${action.error.code}${action.error.httpStatus ? ` ${action.error.httpStatus}` : ""}: ${action.error.message}`}>
            {todo(action.error)}
          </Note>
        </li>
      )}
      {reason && !isBlocked && (
        <li className={styles.under}>
          <Note tone={wait.waitReason === "APPROVAL" ? "hold" : "wait"} icon={reason.icon} title={reason.why}>
            {reason.todo}
          </Note>
        </li>
      )}
    </>
  );
}
