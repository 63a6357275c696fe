// Why something failed: for each code one line of what to do.

/** An error as an execution or an action has it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly httpStatus?: number | null;
  readonly retryable?: boolean | null;
  readonly actionId?: string | null;
}

const TODO: Readonly<Record<string, string>> = {
  EXPRESSION_ERROR: "An expression has no value here. Try it on this execution's data, mend the workflow, and run again from here.",
  EXPRESSION_TOO_COSTLY: "An expression makes too much. Let it work on less, or leave that to a service.",
  EXECUTION_TOO_LARGE: "Results are too large to keep. Keep less of them with `output`, or hand over a link.",
  SECRET_UNREADABLE: "A secret cannot be read. Set it again, then run again from here.",
  INVALID_CONFIG: "The configuration is not valid once it is filled in. Compare the input with what the action type takes.",
  SERVICE_NOT_REGISTERED: "No service has this name. Register it, or correct the name.",
  EMAIL_NOT_CONFIGURED: "This server sends no mail. An operator has to set a mail server.",
  CONNECTION_ERROR: "The service was not reached. See whether it is up, then run again from here.",
  TLS_REFUSED: "The service and this one do not trust each other's certificates. The message says which to set.",
  HTTP_ERROR: "The service refused the call. Its answer says why.",
  TIMEOUT: "It took longer than it may. See why the service is slow, or give it more time.",
  INVALID_RESPONSE: "The answer cannot be read. See what the service sent.",
  UNSUCCESSFUL: "The service answered, but not as `success_when` of the action wants it. Compare the two.",
  TOKEN_REFUSED: "The service gave no token for its calls. See its client id and secret, then run again from here.",
  WORKER_LOST: "Each process that ran it was lost. It may take more memory than there is.",
  STUCK: "Nothing can move it any more. This is a fault of the service: report it with the id.",
  ITEMS_FAILED: "More items failed than may. Look at those that did.",
  REPEAT_EXHAUSTED: "It was repeated as often as it may, and was not done. See what it waits for.",
  RAISED: "The workflow itself says that it failed. Its message and its data say why.",
  REJECTED: "Somebody rejected it. The decision says why.",
  SUB_WORKFLOW_FAILED: "The execution that it started failed. Look at that one.",
  TOO_MANY_DESCENDANTS: "It started too many executions. Let one of them do more.",
  TOO_DEEP: "Executions start each other too deep. See whether one starts itself.",
  PARENT_ENDED: "The execution that started it has ended, and it was to end with that.",
  CONCURRENCY_LIMIT: "As many ran at once as may, and this one was one too many.",
  UNKNOWN: "A newer version of the service wrote this reason, which this one does not know.",
  INTERNAL_ERROR: "This is a fault of the service: report it with the id.",
};

/** What to do about a failure. */
export const todo = (failure: Failure): string => TODO[failure.code] ?? "Its message says what is known.";

/** A failure in one line: `ship: HTTP_ERROR 422, no such street`. */
export function inOneLine(failure: Failure): string {
  const place = failure.actionId ? `${failure.actionId}: ` : "";
  const status = failure.httpStatus ? ` ${failure.httpStatus}` : "";
  return `${place}${failure.code}${status}, ${failure.message}`;
}
