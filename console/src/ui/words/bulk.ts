// What is done to many executions at once, in words.
import type { BulkItemStatus, BulkKind, BulkStatus, Permission } from "../data/documents";
import type { Look } from "./executions";
import { amount } from "./amounts";

interface Words {
  /** As a button says it, and as it is told when it is done. */
  verb: string;
  done: string;
  icon: string;
  /** Which of those that are chosen it can be done to; empty: all. */
  which: string;
  /** What happens then. */
  then: string;
  /** Whether it ends something for good. */
  isFinal: boolean;
  permission: Permission;
}

export const KINDS: Readonly<Record<BulkKind, Words>> = {
  CANCEL: {
    verb: "Cancel",
    done: "cancelled",
    icon: "stop",
    which: "that have not ended",
    then: "Each stops what it does, undoes what it can, and ends as cancelled.",
    isFinal: true,
    permission: "EXECUTION_CANCEL",
  },
  TERMINATE: {
    verb: "Terminate",
    done: "terminated",
    icon: "off",
    which: "that have not ended",
    then: "Each ends at once, and nothing is cleaned up. What they did stays done; Cancel is the way that cleans up.",
    isFinal: true,
    permission: "EXECUTION_CANCEL",
  },
  PAUSE: {
    verb: "Pause",
    done: "paused",
    icon: "pause",
    which: "that are queued or running",
    then: "What is under way ends; nothing new begins until they are resumed.",
    isFinal: false,
    permission: "EXECUTION_CANCEL",
  },
  RESUME: {
    verb: "Resume",
    done: "resumed",
    icon: "play",
    which: "that are paused",
    then: "Each goes on where it was paused.",
    isFinal: false,
    permission: "EXECUTION_CANCEL",
  },
  LABEL: {
    verb: "Label",
    done: "labelled",
    icon: "tag",
    which: "",
    then: "Each has these labels from then on; its other labels stay.",
    isFinal: false,
    permission: "WORKFLOW_EXECUTE",
  },
  RERUN: {
    verb: "Rerun",
    done: "done over",
    icon: "rerun",
    which: "that have ended",
    then: "Each is done over by a new execution, which is linked to it. Services see new calls, with new idempotency keys.",
    isFinal: false,
    permission: "WORKFLOW_EXECUTE",
  },
  DELETE: {
    verb: "Delete",
    done: "deleted",
    icon: "trash",
    which: "that have ended",
    then: "Each is gone with all that is known of it: its data, its events and its logs. This cannot be taken back.",
    isFinal: true,
    permission: "WORKFLOW_DELETE",
  },
};

export const executions = (count: number): string => amount(count, "execution");

/** How an operation stands. */
export function bulkLook(operation: { status: BulkStatus; failed: number }): Look {
  switch (operation.status) {
    case "PENDING":
      return { shape: "s-queue", tone: "idle", word: "Not begun" };
    case "RUNNING":
      return { shape: "s-run", tone: "run", word: "Under way" };
    case "ABORTED":
      return { shape: "s-cancel", tone: "idle", word: "Aborted" };
    default:
      return operation.failed ? { shape: "s-fail", tone: "fail", word: "Done, some failed" } : { shape: "s-ok", tone: "ok", word: "Done" };
  }
}

export const ITEM_LOOKS: Readonly<Record<BulkItemStatus, Look>> = {
  PENDING: { shape: "s-none", tone: "idle", word: "Still to come" },
  SUCCEEDED: { shape: "s-ok", tone: "ok", word: "Done" },
  SKIPPED: { shape: "s-skip", tone: "idle", word: "Left as it was" },
  FAILED: { shape: "s-fail", tone: "fail", word: "Failed" },
};
