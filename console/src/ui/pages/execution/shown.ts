// One execution as it is known at this moment: what was asked of it, and what was told since.
import { useMemo } from "react";
import { useSubscription } from "urql";
import { type Asked, useAsked } from "../../data/asking";
import { ExecutionDocument, ExecutionLiveDocument, type ExecutionQuery, type StandingFragment } from "../../data/documents";
import { useLatest } from "../../data/latest";
import { LIVE } from "../../words/executions";
import type { Shown } from "./model";

export function useShown(id: string): { execution: Shown | null; asked: Asked<ExecutionQuery> } {
  const asked = useAsked(ExecutionDocument, { id });
  const first = asked.data?.execution;
  const [live] = useSubscription({ query: ExecutionLiveDocument, variables: { id }, pause: !first || !LIVE.has(first.status) });
  const latest = useLatest<StandingFragment>(first ?? undefined, live.data?.execution, (one) => one.journal?.nodes.at(-1)?.sequence ?? 0);
  const execution = useMemo((): Shown | null => {
    if (!first || !latest) return null;
    const workflow = first.workflow && { ...first.workflow, ...latest.workflow };
    return { ...first, ...latest, workflow };
  }, [first, latest]);
  return { execution, asked };
}
