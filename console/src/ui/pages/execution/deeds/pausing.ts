// Pauses an execution, and has it go on: what can be taken back is not asked about.
import { PauseDocument, type PauseMutation, ResumeDocument, type ResumeMutation } from "../../../data/documents";
import { useDeed } from "../../../data/doing";
import type { NamedCall } from "../../../parts/call";
import { say } from "../../../parts/toasts";
import { shortId } from "../../../words/ids";
import type { Shown } from "../model";

export interface Pausing {
  name: string;
  icon: string;
  isBusy: boolean;
  press: () => Promise<void>;
  /** What pressing it sends. */
  call: NamedCall;
}

/** The one button that pauses what goes on, and has go on what is paused. */
export function usePausing(execution: Shown, onDone: () => void): Pausing {
  const variables = { input: { id: execution.id } };
  const pausing = useDeed<PauseMutation["pauseExecution"], typeof variables>(PauseDocument as never);
  const resuming = useDeed<ResumeMutation["resumeExecution"], typeof variables>(ResumeDocument as never);
  const isPaused = execution.pause !== null;
  const deed = isPaused ? resuming : pausing;
  const press = async () => {
    if (deed.isBusy) return;
    const { payload, faults } = await deed.send(variables);
    if (payload) say("ok", isPaused ? `${shortId(execution.id)} goes on` : `Paused ${shortId(execution.id)}`, isPaused ? undefined : "What is under way ends; nothing new begins.");
    else say("fail", isPaused ? "It does not go on" : "Not paused", faults[0]?.message);
    onDone();
  };
  const name = isPaused ? "Resume" : "Pause";
  return { name, icon: isPaused ? "play" : "pause", isBusy: deed.isBusy, press, call: { name, document: (isPaused ? ResumeDocument : PauseDocument) as never, variables } };
}
