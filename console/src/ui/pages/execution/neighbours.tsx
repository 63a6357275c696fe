// The executions of the same workflow before and after one, a press away.
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useAsked } from "../../data/asking";
import { ExecutionNeighboursDocument } from "../../data/documents";
import { IconButton } from "../../parts/button";
import styles from "./execution.module.css";
import type { Shown } from "./model";

/** What is seen first comes first. */
const LATER_MS = 500;

export function Neighbours({ execution }: { execution: Shown }) {
  const [, go] = useLocation();
  const workflow = execution.workflow?.id ?? "";
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  const { data } = useAsked(ExecutionNeighboursDocument, { id: workflow, at: execution.createdAt }, isLate && workflow !== "");
  const other = (nodes: readonly { id: string }[] | undefined) => nodes?.find((node) => node.id !== execution.id)?.id ?? null;
  const newer = other(data?.newer?.nodes);
  const older = other(data?.older?.nodes);
  return (
    <span className={`${styles.neighbours} no-phone`}>
      <IconButton isSmall icon="up" label="Newer execution" offBecause={newer ? null : "There is no newer one"} onClick={() => newer && go(`/ui/executions/${newer}`)} />
      <IconButton isSmall icon="down" label="Older execution" offBecause={older ? null : "There is no older one"} onClick={() => older && go(`/ui/executions/${older}`)} />
    </span>
  );
}
