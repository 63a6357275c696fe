"""What each word of the closed sets means, by the name of its enum."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry

from models.errors import ErrorCode
from models.filters import Direction, ExecutionGroup, WorkflowOrderField
from models.operations import ComponentStatus, HealthStatus
from models.words import (
    ActionErrorCode,
    ActionPhase,
    ActionStatus,
    ActivityType,
    AuditOutcome,
    Backoff,
    CallbackEvent,
    CircuitState,
    CredentialKind,
    DeliveryStatus,
    ErrorPolicy,
    EventType,
    ExecutionStatus,
    LogLevel,
    ParameterType,
    Permission,
    Role,
    RunIf,
    TagsMode,
    WaitReason,
    WorkflowStatus,
)
from resolvers.timeline import SpanKind

E = TypeVar("E", bound=type[Enum])

TEXTS: Mapping[type[Enum], Mapping[str, str]] = {
    WorkflowStatus: {
        "ACTIVE": "It can be executed.",
        "INACTIVE": "It was switched off: executing it is refused.",
        "DRAFT": "It is not ready yet: executing it is refused.",
    },
    ExecutionStatus: {
        "QUEUED": "Accepted and on disk, not started yet.",
        "RUNNING": "Started, not ended yet.",
        "COMPLETED": "Ended well. Final.",
        "FAILED": "Ended with an error, which may be a time-out. Final.",
        "CANCELLED": "Ended because somebody asked for it. Final.",
    },
    ActionStatus: {
        "PENDING": "It waits for its next attempt.",
        "RUNNING": "An attempt is under way.",
        "SUCCESS": "It succeeded; its response is recorded.",
        "FAILED": "Its last attempt failed.",
        "SKIPPED": "It was not run, and need not be.",
        "CANCELLED": "The execution ended before it did.",
    },
    ActionErrorCode: {
        "EXPRESSION_ERROR": "A template has no value.",
        "SECRET_UNREADABLE": "A secret cannot be decrypted, or was not read in time: the message says what to do.",
        "INVALID_CONFIG": "With its templates filled in, the configuration is not what the action type takes.",
        "SERVICE_NOT_REGISTERED": "No service of that name is registered.",
        "CONNECTION_ERROR": "The service could not be reached.",
        "HTTP_ERROR": "The service answered with a failure: see `httpStatus`.",
        "TIMEOUT": "It took longer than it may.",
        "INVALID_RESPONSE": "The answer cannot be read.",
        "WORKER_LOST": "It was under way each time that its process was lost.",
        "ITEMS_FAILED": "More of its items failed than it tolerates.",
        "REPEAT_EXHAUSTED": "Its `until` was not true after the last iteration.",
        "STUCK": "Nothing could move the execution any more.",
        "INTERNAL_ERROR": "A fault of the orchestrator or of a plug-in.",
    },
    EventType: {
        "EXECUTION_QUEUED": "The execution was accepted.",
        "EXECUTION_STARTED": "The execution left the queue.",
        "EXECUTION_RESUMED": "The execution was taken up after its process had gone.",
        "EXECUTION_STOPPING": "The main part is over and the clean-up begins; `data.outcome` says how it will end.",
        "EXECUTION_COMPLETED": "The execution ended well. The last entry.",
        "EXECUTION_FAILED": "The execution failed; `data.error` says why. The last entry.",
        "EXECUTION_CANCELLED": "The execution was cancelled. The last entry.",
        "ACTION_STARTED": "An attempt began; `data.attempt` is its number.",
        "ACTION_SUCCEEDED": "The action succeeded; `data.response` is what it returned.",
        "ACTION_FAILED": "The action failed for good; `data.error` says why.",
        "ACTION_SKIPPED": "The action was passed by; `data.reason` is `when` or `run_if`.",
        "ACTION_RETRY_SCHEDULED": "An attempt failed and is repeated at `data.due_at`.",
        "ACTION_REPEAT_SCHEDULED": "An iteration ended and the next one begins at `data.due_at`.",
        "ACTION_DEFERRED": "The action may not start before `data.due_at`; `data.reason` says why.",
    },
    ActivityType: {
        "WORKFLOW_CREATED": "A workflow was created.",
        "WORKFLOW_UPDATED": "A workflow was changed.",
        "WORKFLOW_DELETED": "A workflow was deleted.",
        "WORKFLOW_EXECUTED": "An execution was accepted.",
        "EXECUTION_COMPLETED": "An execution ended well.",
        "EXECUTION_FAILED": "An execution failed.",
        "EXECUTION_CANCELLED": "An execution was cancelled.",
    },
    ParameterType: {
        "STRING": "A text.",
        "INTEGER": "A whole number.",
        "NUMBER": "Any number.",
        "BOOLEAN": "`true` or `false`.",
        "OBJECT": "An object.",
        "ARRAY": "An array.",
    },
    ErrorPolicy: {
        "FAIL": "The execution fails.",
        "CONTINUE": "The execution goes on; what depends on the action sees its error.",
    },
    ActionPhase: {
        "MAIN": "What the execution is for.",
        "COMPENSATION": "Undoes an action that succeeded, where the execution fails or is cancelled.",
        "ON_FAILURE": "Runs where the execution fails.",
        "ON_EXIT": "Runs last, however the execution ends.",
    },
    RunIf: {
        "ALL_SUCCESS": "None of them failed; one that was skipped did not.",
        "ALL_DONE": "They have ended, however.",
        "ANY_SUCCESS": "At least one succeeded.",
        "ANY_FAILED": "At least one failed, under `onError: CONTINUE`.",
        "ALL_FAILED": "All of them failed, under `onError: CONTINUE`.",
    },
    Backoff: {
        "FIXED": "Always the first delay.",
        "LINEAR": "The first delay, twice, three times as long.",
        "EXPONENTIAL": "Each time `backoffRate` times as long.",
    },
    WaitReason: {
        "DEPENDENCIES": "Actions that it depends on have not ended.",
        "CONCURRENCY": "As many calls to its service are under way as may be.",
        "RATE_LIMIT": "Its service may not be called more often.",
        "CIRCUIT_OPEN": "Its service failed too often in a row and is left alone for a while.",
        "RETRY_BACKOFF": "The delay before its next attempt.",
        "REPEAT_DELAY": "The delay before its next iteration.",
        "WORKER": "No worker has begun it yet.",
    },
    DeliveryStatus: {
        "PENDING": "Not delivered yet: an attempt is due.",
        "DELIVERED": "The target took it. Final.",
        "EXHAUSTED": "Every attempt of the schedule failed. Final.",
        "DISABLED": "The target said 410 Gone. Final.",
    },
    CallbackEvent: {
        "EXECUTION_COMPLETED": "`execution.completed`: the execution ended well.",
        "EXECUTION_FAILED": "`execution.failed`: the execution failed.",
        "EXECUTION_CANCELLED": "`execution.cancelled`: the execution was cancelled.",
    },
    SpanKind: {
        "QUEUED": "Nothing was left to wait for, but it was not started yet.",
        "WAITING": "It waited for a moment: see the reason.",
        "RUNNING": "An attempt was under way.",
    },
    TagsMode: {"ALL": "All of the tags.", "ANY": "At least one of the tags."},
    LogLevel: {
        "INFO": "As it should be.",
        "WARNING": "Worth a look: an attempt that is repeated, a template without a value.",
        "ERROR": "Something failed for good.",
    },
    CircuitState: {
        "CLOSED": "Calls go through.",
        "OPEN": "No call goes through.",
        "HALF_OPEN": "One call is let through, to see.",
    },
    ComponentStatus: {
        "HEALTHY": "It answers.",
        "UNHEALTHY": "It does not answer.",
        "NOT_CONFIGURED": "The service runs without it.",
    },
    HealthStatus: {
        "HEALTHY": "All that it depends on answers.",
        "DEGRADED": "It works, but something that it can do without does not answer.",
        "UNHEALTHY": "It cannot work.",
    },
    Permission: {
        "WORKFLOW_READ": "`workflow:read`: see workflows, templates, statistics and activities.",
        "WORKFLOW_WRITE": "`workflow:write`: create workflows, and change those that the role lets change.",
        "WORKFLOW_DELETE": "`workflow:delete`: delete those that the role lets change.",
        "WORKFLOW_EXECUTE": "`workflow:execute`: execute workflows, and have callbacks delivered again.",
        "EXECUTION_READ": "`execution:read`: see executions and what became of their actions.",
        "EXECUTION_CANCEL": "`execution:cancel`: cancel those that the role lets change.",
        "EXECUTION_APPROVE": "`execution:approve`: decide what an execution waits for a person to decide.",
        "EXECUTION_PAYLOAD": "`execution:payload`: see inputs, outputs and messages of executions.",
        "SECRET_WRITE": "`secret:write`: set and delete secrets; nobody reads them.",
        "ADMIN": "`admin:*`: manage everybody's API keys, and read the audit log.",
    },
    CredentialKind: {
        "BEARER": "A bearer token.",
        "API_KEY": "An API key.",
        "USER_HEADER": "`X-User-ID`, in the test environment.",
        "SYSTEM": "The service itself.",
    },
    AuditOutcome: {
        "SUCCEEDED": "It was done.",
        "DENIED": "Who asked is known, and may not.",
        "UNAUTHENTICATED": "Who asked is not known.",
    },
    Role: {
        "VIEWER": "Reads.",
        "OPERATOR": "Reads, executes, and may cancel and change what others own.",
        "EDITOR": "Reads, creates, executes, and changes what is its own.",
        "ADMIN": "May do everything in the tenant.",
    },
    Direction: {"ASC": "The least or oldest first.", "DESC": "The greatest or newest first."},
    WorkflowOrderField: {
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
        "NAME": "By name, character by character: capitals come before small letters.",
    },
    ExecutionGroup: {
        "STATUS": "By status.",
        "WORKFLOW": "By workflow; the key is its id.",
        "CREATED_BY": "By who started them.",
        "DAY": "By the day in UTC on which they were accepted; the key is a date such as `2026-01-15`.",
    },
    ErrorCode: {
        "VALIDATION_ERROR": "The operation or a value breaks a rule: the message says which.",
        "IDEMPOTENCY_KEY_REUSED": "The idempotency key was used before for another request.",
        "MALFORMED_REQUEST": "The request cannot be read.",
        "UNAUTHENTICATED": "No valid credential came with the request.",
        "PERMISSION_DENIED": "The caller may not do this.",
        "WORKFLOW_NOT_FOUND": "No such workflow in the caller's tenant.",
        "EXECUTION_NOT_FOUND": "No such execution in the caller's tenant.",
        "TEMPLATE_NOT_FOUND": "No template of that name.",
        "SCENARIO_NOT_FOUND": "No scenario of that name.",
        "CALLBACK_DELIVERY_NOT_FOUND": "No such delivery in the caller's tenant.",
        "API_KEY_NOT_FOUND": "No such API key in the caller's tenant, or none that the caller may manage.",
        "SECRET_NOT_FOUND": "The caller's tenant has no such secret.",
        "NOT_FOUND": "There is nothing of that name.",
        "METHOD_NOT_ALLOWED": "Another HTTP method is needed.",
        "NOT_ACCEPTABLE": "The client takes no form that the answer can have.",
        "UNSUPPORTED_MEDIA_TYPE": "The body is no JSON.",
        "NAME_TAKEN": "The caller has another workflow of this name: choose another name, or change that workflow.",
        "VERSION_MISMATCH": "The workflow is at another version than the change was made for.",
        "WORKFLOW_NOT_ACTIVE": "Only an active workflow can be executed.",
        "EXECUTION_FINISHED": "The execution has ended already.",
        "API_KEY_NOT_ACTIVE": "The API key was revoked or has expired.",
        "SECRETS_NOT_CONFIGURED": "The operator has set no key to encrypt secrets by.",
        "PAYLOAD_TOO_LARGE": "The body is larger than may be.",
        "HEADERS_TOO_LARGE": "The request's headers are more or larger than may be.",
        "REQUEST_TIMED_OUT": "The request did not arrive in time.",
        "MISDIRECTED_REQUEST": "The `Host` of the request is none of this service's names.",
        "RATE_LIMITED": "The caller has used up a minute's worth: `extensions.retry_after_seconds` says when to go on.",
        "TOO_MANY_CONNECTIONS": "The caller has as many WebSockets and streams open as one may have.",
        "OPERATION_TOO_LONG": "The operation has more characters or tokens than may be.",
        "OPERATION_TOO_DEEP": "The operation nests deeper than may be.",
        "OPERATION_TOO_COSTLY": "The answer could hold more objects than may be: ask for fewer items.",
        "OPERATION_TIMED_OUT": "The operation took longer than it may.",
        "TOO_MANY_ALIASES": "The operation has more aliases than may be.",
        "TOO_MANY_DIRECTIVES": "The operation has more directives than may be.",
        "TOO_MANY_REPEATS": "The operation selects one field more often than may be.",
        "TOO_MANY_OPERATIONS": "More operations run on this socket than may be.",
        "PERSISTED_QUERY_NOT_FOUND": "The service does not know this hash: send the document with it.",
        "DOCUMENT_NOT_TRUSTED": "Only documents that the service was started with are carried out.",
        "UNAVAILABLE": "The service cannot do this right now: try again in a moment.",
        "INTERNAL_ERROR": "A fault of the service: `extensions.error_id` finds it in the log.",
    },
}


def register(enum: E, description: str) -> E:
    """Make a closed set of words a GraphQL enum, each word with its description where it has one."""
    strawberry.enum(enum, description=description)
    texts = TEXTS.get(enum, {})
    for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by the line above
        value.description = texts.get(value.name)
    return enum
