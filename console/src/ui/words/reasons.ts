// Why something waits: one icon and one sentence for each reason, and shorter, never vaguer, where less is known.
import { shortId } from "./ids";
import { moment, roughly } from "./times";

/** What is known of a wait; what a server does not tell is absent. */
export interface Wait {
  readonly waitReason: string;
  readonly dependsOn?: readonly string[] | null;
  readonly until?: string | null;
  readonly service?: string | null;
  readonly position?: number | null;
  /** The executions before it, the next one first. */
  readonly ahead?: readonly string[] | null;
  readonly signal?: string | null;
  readonly childId?: string | null;
  readonly quorum?: number | null;
  readonly approvers?: readonly string[] | null;
  readonly attempt?: number | null;
}

/** A reason as it is told: `short` stands in a list, `why` in a panel. */
export interface Said {
  icon: string;
  short: string;
  why: string;
  todo: string;
}

const ICONS: Readonly<Record<string, string>> = {
  APPROVAL: "hand",
  CIRCUIT_OPEN: "circuit",
  CONCURRENCY: "layers",
  DEPENDENCIES: "arrow",
  EXECUTION: "sub",
  PAUSED: "pause",
  RATE_LIMIT: "gauge",
  REPEAT_DELAY: "repeat",
  RETRY_BACKOFF: "rerun",
  SIGNAL: "signal",
  TIMER: "clock",
  WORKER: "server",
  WORKFLOW_LIMIT: "layers",
};

/** `until 20:47:09, in 6 min`, or nothing where no moment is known. */
function until(wait: Wait, now: Date): string {
  if (!wait.until) return "";
  const at = new Date(wait.until);
  const left = at.getTime() - now.getTime();
  return left > 0 ? `until ${moment(at, now)}, in ${roughly(left)}` : `until ${moment(at, now)}`;
}

const MOST_NAMED = 3;

/** Who has to decide, and how many of them. */
function deciders({ approvers, quorum }: Wait): string {
  const many = (quorum ?? 1) > 1;
  if (!approvers?.length) return many ? `${quorum} people have to approve` : "Somebody has to decide";
  const names = approvers.slice(0, MOST_NAMED).join(", ") + (approvers.length > MOST_NAMED ? ` and ${approvers.length - MOST_NAMED} more` : "");
  if (approvers.length === 1) return `${names} has to decide`;
  return many ? `${quorum} of these have to approve: ${names}` : `One of these has to decide: ${names}`;
}

/** The sentence of a wait, for a list and for a panel, and what may be done about it. */
export function said(wait: Wait, now: Date): Said {
  const icon = ICONS[wait.waitReason] ?? "clock";
  const end = until(wait, now);
  const after = end && `, ${end}`;
  const at = end && ` ${end.replace("until", "at")}`;
  const place = wait.position ? `, number ${wait.position} in line` : "";
  const behind = wait.ahead?.[0] ? `, behind ${shortId(wait.ahead[0])}` : "";
  const service = wait.service ?? "its service";
  switch (wait.waitReason) {
    case "DEPENDENCIES": {
      const names = wait.dependsOn?.join(", ") || "others";
      return { icon, short: `after ${names}`, why: `It begins once these have ended: ${names}.`, todo: "" };
    }
    case "CONCURRENCY":
      return {
        icon,
        short: `${service} has as many calls under way as it may${place}`,
        why: `As many calls of ${service} are under way as may be${place}. It goes on when one of them ends.`,
        todo: "Nothing to do, unless the limit of the service is too low.",
      };
    case "RATE_LIMIT":
      return {
        icon,
        short: `${service} is called as often as it may be${after}`,
        why: `So many calls of ${service} may go out in a second, and no more${after}.`,
        todo: "Nothing to do: it goes on by itself.",
      };
    case "CIRCUIT_OPEN":
      return {
        icon,
        short: `the circuit of ${service} is open${after}`,
        why: `The circuit of ${service} is open: calls failed in a row, and it is left alone${after}. Then one call goes through; if that is answered, all go on.`,
        todo: "Nothing to do if the service comes back by itself.",
      };
    case "RETRY_BACKOFF":
      return {
        icon,
        short: `${wait.attempt ? `attempt ${wait.attempt + 1}` : "another attempt"}${at}`,
        why: `An attempt failed, and another one is made${at}.`,
        todo: "See what the attempt came to; mend that, and the next one goes through.",
      };
    case "REPEAT_DELAY":
      return { icon, short: `the next iteration${at}`, why: `It is repeated until it is done; the next iteration comes${at || " soon"}.`, todo: "" };
    case "TIMER":
      return { icon, short: end || "a timer", why: `It waits ${end || "for a moment"}.`, todo: "Nothing to do: it goes on by itself." };
    case "SIGNAL":
      return {
        icon,
        short: `signal ${wait.signal ?? ""}${after}`.replace(" ,", ","),
        why: `It waits for the signal${wait.signal ? ` “${wait.signal}”` : ""}${after}.`,
        todo: "Whoever is to send it can do so; so can you.",
      };
    case "APPROVAL":
      return { icon, short: `a person's decision${after}`, why: `${deciders(wait)}${after}.`, todo: "Whoever is asked finds it among the approvals." };
    case "EXECUTION":
      return { icon, short: "an execution that it started", why: "It waits for the end of the execution that it started.", todo: "Look at that one." };
    case "WORKFLOW_LIMIT":
      return {
        icon,
        short: `as many run at once as may${place}`,
        why: `As many executions of this workflow run at once as may${place}${behind}. It begins when one of them ends.`,
        todo: "Nothing to do, unless one of those hangs.",
      };
    case "PAUSED":
      return { icon, short: "the execution is paused", why: "The execution is paused: nothing of it begins.", todo: "Resume it, and it goes on." };
    case "WORKER":
      return { icon, short: "no worker has it yet", why: "It is ready, and no node has taken it yet.", todo: "If this takes long, look at the nodes." };
    default:
      return { icon, short: wait.waitReason.toLowerCase().replaceAll("_", " "), why: `It waits: ${wait.waitReason}.`, todo: "" };
  }
}
