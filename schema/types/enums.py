"""The closed sets of words as GraphQL enums, and what each of their words means."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry

from models.commands.filters import Direction, ExecutionGroup, ExecutionOrderField, WorkflowOrderField
from models.entities.operations import ComponentStatus, HealthStatus
from models.error_codes import ErrorCode
from models.event_types import FACTS
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
    DeliveryChannel,
    DeliveryStatus,
    ErrorPolicy,
    EventType,
    ExecutionStatus,
    FaultCode,
    LogLevel,
    NodeKind,
    OnLimit,
    ParameterType,
    Permission,
    Resolution,
    Role,
    RunIf,
    ServiceSource,
    TagsMode,
    ValueFormat,
    WaitReason,
    WorkflowStatus,
)
from resolvers.executions.timeline import SpanKind
from schema.types.texts.errors import ERROR_TEXTS
from schema.types.texts.failures import FAILURE_TEXTS
from schema.types.texts.operations import OPERATION_TEXTS

__all__ = [
    "TEXTS",
    "ActionErrorCode",
    "ActionPhase",
    "ActionStatus",
    "ActivityType",
    "AuditOutcome",
    "Backoff",
    "CallbackEvent",
    "CircuitState",
    "ComponentStatus",
    "CredentialKind",
    "DeliveryChannel",
    "DeliveryStatus",
    "Direction",
    "ErrorCode",
    "ErrorPolicy",
    "EventType",
    "ExecutionGroup",
    "ExecutionOrderField",
    "ExecutionStatus",
    "FaultCode",
    "HealthStatus",
    "LogLevel",
    "NodeKind",
    "OnLimit",
    "ParameterType",
    "Permission",
    "Resolution",
    "Role",
    "RunIf",
    "ServiceSource",
    "TagsMode",
    "ValueFormat",
    "WaitReason",
    "WorkflowOrderField",
    "WorkflowStatus",
    "registered",
]

E = TypeVar("E", bound=type[Enum])

TEXTS: Mapping[type[Enum], Mapping[str, str]] = {
    **OPERATION_TEXTS,
    **FAILURE_TEXTS,
    ErrorCode: ERROR_TEXTS,
    WorkflowStatus: {
        "ACTIVE": "It can be executed.",
        "INACTIVE": "It was switched off: executing it is refused.",
        "DRAFT": "It is not ready yet: executing it is refused.",
    },
    ExecutionStatus: {
        "QUEUED": "Accepted and on disk, not started yet.",
        "RUNNING": "Started, not ended yet.",
        "PAUSED": "Somebody paused it, before or after its start: nothing begins until it is resumed. See `pause`.",
        "COMPLETED": "Ended well. Final.",
        "FAILED": "Ended with an error, which may be a time-out. Final.",
        "CANCELLED": "Ended because somebody asked for it, or the limit of its workflow did. Final.",
    },
    ActionStatus: {
        "PENDING": "It waits for its next attempt.",
        "RUNNING": "An attempt is under way.",
        "WAITING": "Its attempt waits for a moment, a signal or a person: see `waiting`.",
        "SUCCESS": "It succeeded; its response is recorded.",
        "FAILED": "Its last attempt failed.",
        "SKIPPED": "It was not run, and need not be.",
        "CANCELLED": "The execution ended before it did, or it lost a race.",
    },
    Resolution: {
        "SUCCEED": "It has succeeded, with the `output` that is given.",
        "SKIP": "It is passed by: those that depend on it go on as after a skip.",
        "RETRY_NOW": "It is tried again at once, with as many attempts as its policy has.",
    },
    EventType: {kind.name: facts.meaning for kind, facts in FACTS.items()},
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
    ValueFormat: {
        "DATE": "A date of RFC 3339: `2026-02-28`.",
        "DATE_TIME": "A date and time of RFC 3339 with its offset: `2026-02-28T12:30:00Z`. No leap second.",
        "EMAIL": "An email address in ASCII.",
        "URI": "A URI of RFC 3986, with its scheme: `https://example.org/a`.",
        "UUID": "A UUID of RFC 9562, in either case.",
    },
    ErrorPolicy: {
        "FAIL": "The execution fails.",
        "CONTINUE": "The execution goes on; what depends on the action sees its error.",
    },
    OnLimit: {
        "QUEUE": "It waits; those that wait begin in the order in which they were accepted.",
        "CANCEL_NEWEST": "It is accepted and ends at once, cancelled.",
        "CANCEL_OLDEST": "The oldest of the group are cancelled to make room for it.",
        "FAIL": "It is refused with CONCURRENCY_LIMIT, and nothing is kept of it.",
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
        "FIRST_SUCCESS": "One succeeded: it does not wait for the others, which `cancelLosers` cancels.",
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
        "TIMER": "A wait that is not over.",
        "SIGNAL": "A signal.",
        "APPROVAL": "A person's decision.",
        "EXECUTION": "The end of an execution that it started.",
        "REPEAT_DELAY": "The delay before its next iteration.",
        "PAUSED": "The execution is paused: see its `pause`.",
        "WORKFLOW_LIMIT": "As many executions of its group are running as its workflow allows: see `concurrency`.",
        "WORKER": "No worker has begun it yet.",
    },
    ServiceSource: {
        "OPERATOR": "The operator, in the settings: for all tenants.",
        "ADMIN": "An admin of the tenant: for its workflows alone.",
    },
    DeliveryChannel: {
        "CALLBACK": "To the `callbackUrl` of the execution.",
        "WEBHOOK": "To a registered service.",
        "EMAIL": "By mail.",
    },
    DeliveryStatus: {
        "PENDING": "Not delivered yet: an attempt is due.",
        "DELIVERED": "The target took it. Final.",
        "EXHAUSTED": "Every attempt of the schedule failed. Final.",
        "DISABLED": "The target said 410 Gone, or its mail server that it takes no such mail. Final.",
    },
    CallbackEvent: {
        "EXECUTION_COMPLETED": "`execution.completed`: the execution ended well.",
        "EXECUTION_FAILED": "`execution.failed`: the execution failed.",
        "EXECUTION_CANCELLED": "`execution.cancelled`: the execution was cancelled.",
        "NOTIFICATION": "`notification`: an action of this type had something to tell.",
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
        "SERVICE_WRITE": "`service:write`: register, change and unregister services, and see where they are.",
        "ADMIN": "`admin:*`: manage everybody's API keys, and read the audit log.",
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
    ExecutionOrderField: {"CREATED_AT": "By when they were accepted."},
    ExecutionGroup: {
        "STATUS": "By status.",
        "WORKFLOW": "By workflow; the key is its id.",
        "CREATED_BY": "By who started them.",
        "LABEL": "By the value of a label; `labelKey` says of which.",
        "FAILURE": "Those that failed, by workflow, action, code and HTTP status.",
        "WAIT_REASON": "Those that wait, by what for, as the filter `waitReason` finds them, and what is paused.",
        "DAY": "By the day in UTC on which they were accepted; the key is a date such as `2026-01-15`.",
    },
}


def register(enum: E, description: str, texts: Mapping[str, str] = {}) -> E:
    """Make a closed set of words a GraphQL enum, each word with its description where `texts` or `TEXTS` has one."""
    strawberry.enum(enum, description=description)
    texts = texts or TEXTS.get(enum, {})
    for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by the line above
        value.description = texts.get(value.name)
    return enum


register(WorkflowStatus, "Whether a workflow may be executed.")
register(ExecutionStatus, "Where an execution stands.")
register(ActionStatus, "Where one action of an execution stands.")
register(ActionPhase, "The part of an execution that an action belongs to.")
register(ActionErrorCode, "Why an action, and with it perhaps its execution, failed.")
register(EventType, "What an entry of an execution's journal records.")
register(FaultCode, "Why an execution is set aside.")
register(ActivityType, "What a line of the activity feed tells.")
register(ParameterType, "The JSON type of a parameter.")
register(ValueFormat, "What a text may have to be.")
register(Resolution, "What somebody makes of an action by hand.")
register(RunIf, "What must have come of the actions that an action depends on, or it is skipped.")
register(OnLimit, "What becomes of an execution that is one too many in its group.")
register(ErrorPolicy, "What a failed action does to its execution: end it, or let it go on.")
register(Backoff, "How the delay between attempts grows.")
register(WaitReason, "Why an action of a live execution is not running.")
register(ServiceSource, "Who registered a service.")
register(DeliveryChannel, "By which way something is delivered.")
register(DeliveryStatus, "Where a delivery stands.")
register(CallbackEvent, "What a delivery tells.")
register(TagsMode, "Whether all tags must be there, or any of them.")
register(LogLevel, "How much a line of a log matters.")
register(NodeKind, "What a node does.")
register(CircuitState, "Whether calls to a service are let through.")
register(ComponentStatus, "One part that the service depends on.")
register(HealthStatus, "Whether the service works.")
register(Role, "What a user may do inside a tenant.")
register(Permission, "What a credential allows: roles grant these, a scope narrows them.")
register(CredentialKind, "By what a caller is known.")
register(AuditOutcome, "How something that is audited ended.")
register(Direction, "In which direction a list runs.")
register(WorkflowOrderField, "By what workflows are ordered.")
register(ExecutionOrderField, "By what executions are ordered.")
register(ExecutionGroup, "By what executions are counted.")
register(ErrorCode, "The stable word for a failure; the same as `error_code` on the REST edge.")


def registered(enum: type[Enum]) -> type[Enum]:
    """The enum, which is one of GraphQL's from here on. Raises `TypeError` where nobody has made it one."""
    if not hasattr(enum, "__strawberry_definition__"):
        raise TypeError(f"register {enum.__name__} in schema/types/enums.py, and describe its words")
    return enum
