"""The closed sets of words that the API speaks: statuses, event types, activity types."""

from collections.abc import Collection
from enum import StrEnum


class WorkflowStatus(StrEnum):
    """Whether a workflow may be executed: only an active one may (decision E4)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DRAFT = "draft"


class ExecutionStatus(StrEnum):
    """Where an execution stands (decision E5)."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether the execution will never change again."""
        return self in TERMINAL_STATUSES


TERMINAL_STATUSES = frozenset({ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED})
LIVE_STATUSES = frozenset(ExecutionStatus) - TERMINAL_STATUSES


class ActionStatus(StrEnum):
    """Where one action of an execution stands; the last four are what `result` shows (decision E5).

    An action that was never started has no status; `pending` is one that waits for its next attempt, and `waiting` one
    whose attempt waits for a moment, a message or a person.
    """

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class EventType(StrEnum):
    """What the journal of an execution records."""

    EXECUTION_QUEUED = "execution_queued"
    EXECUTION_STARTED = "execution_started"
    EXECUTION_RESUMED = "execution_resumed"
    EXECUTION_PAUSED = "execution_paused"
    EXECUTION_UNPAUSED = "execution_unpaused"
    EXECUTION_STOPPING = "execution_stopping"
    EXECUTION_COMPLETED = "execution_completed"
    EXECUTION_FAILED = "execution_failed"
    EXECUTION_CANCELLED = "execution_cancelled"
    ACTION_STARTED = "action_started"
    ACTION_SUCCEEDED = "action_succeeded"
    ACTION_FAILED = "action_failed"
    ACTION_SKIPPED = "action_skipped"
    ACTION_RETRY_SCHEDULED = "action_retry_scheduled"
    ACTION_DEFERRED = "action_deferred"
    ACTION_REPEAT_SCHEDULED = "action_repeat_scheduled"
    ACTION_WAITING = "action_waiting"
    ACTION_REOPENED = "action_reopened"
    ACTION_REUSED = "action_reused"
    ACTION_CANCELLED = "action_cancelled"
    UNKNOWN = "unknown"
    """Never written: it stands for an event that this version does not know."""


class ActivityType(StrEnum):
    """What the activity feed of a tenant tells (decision X8)."""

    WORKFLOW_CREATED = "workflow_created"
    WORKFLOW_UPDATED = "workflow_updated"
    WORKFLOW_DELETED = "workflow_deleted"
    WORKFLOW_EXECUTED = "workflow_executed"
    EXECUTION_COMPLETED = "execution_completed"
    EXECUTION_FAILED = "execution_failed"
    EXECUTION_CANCELLED = "execution_cancelled"


class TagsMode(StrEnum):
    """Whether a workflow must have all of the tags that are asked for, or any of them (decision W9)."""

    ALL = "all"
    ANY = "any"


class ParameterType(StrEnum):
    """The JSON types a workflow parameter may have (decision E3)."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    OBJECT = "object"
    ARRAY = "array"


class ValueFormat(StrEnum):
    """What a text may have to be, in the words of JSON Schema."""

    DATE = "date"
    DATE_TIME = "date-time"
    EMAIL = "email"
    URI = "uri"
    UUID = "uuid"


class EndingType(StrEnum):
    """The action types that end the execution: as failed, and as completed."""

    FAIL = "fail"
    FINISH = "finish"


class RunIf(StrEnum):
    """What must have come of the actions that an action depends on, or it is skipped."""

    ALL_SUCCESS = "all_success"
    ALL_DONE = "all_done"
    ANY_SUCCESS = "any_success"
    FIRST_SUCCESS = "first_success"
    ANY_FAILED = "any_failed"
    ALL_FAILED = "all_failed"


class SkipReason(StrEnum):
    """Why an action was skipped."""

    WHEN = "when"
    RUN_IF = "run_if"
    BY_HAND = "by_hand"


class Resolution(StrEnum):
    """What somebody makes of an action by hand."""

    SUCCEED = "succeed"
    SKIP = "skip"
    RETRY_NOW = "retry_now"


class OnLimit(StrEnum):
    """What becomes of an execution that is one too many in its group."""

    QUEUE = "queue"
    CANCEL_NEWEST = "cancel_newest"
    CANCEL_OLDEST = "cancel_oldest"
    FAIL = "fail"


class ActionPhase(StrEnum):
    """The part of an execution that an action belongs to, in their order."""

    MAIN = "main"
    COMPENSATION = "compensation"
    ON_FAILURE = "on_failure"
    ON_EXIT = "on_exit"


class ErrorPolicy(StrEnum):
    """What a failed action does to its execution (decision E11)."""

    FAIL = "fail"
    CONTINUE = "continue"


class OnParentEnd(StrEnum):
    """What becomes of an execution where the one that started it waits for it no more."""

    CANCEL = "cancel"
    ABANDON = "abandon"


class WaitReason(StrEnum):
    """Why an action of a live execution is not running."""

    DEPENDENCIES = "dependencies"
    CONCURRENCY = "concurrency"
    RATE_LIMIT = "rate_limit"
    CIRCUIT_OPEN = "circuit_open"
    RETRY_BACKOFF = "retry_backoff"
    REPEAT_DELAY = "repeat_delay"
    TIMER = "timer"
    SIGNAL = "signal"
    APPROVAL = "approval"
    EXECUTION = "execution"
    PAUSED = "paused"
    WORKFLOW_LIMIT = "workflow_limit"
    WORKER = "worker"


class ServiceSource(StrEnum):
    """Who registered a service: the operator for everybody, or an admin for a tenant."""

    OPERATOR = "operator"
    ADMIN = "admin"


class Backoff(StrEnum):
    """How the delay between attempts grows."""

    FIXED = "fixed"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"


class CircuitState(StrEnum):
    """Whether calls to a service are let through; half open lets one through, to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class DeliveryStatus(StrEnum):
    """Where the delivery of a callback stands; the last three are final until somebody asks for a redelivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    DISABLED = "disabled"


class DeliveryChannel(StrEnum):
    """By which way something is delivered."""

    CALLBACK = "callback"
    WEBHOOK = "webhook"
    EMAIL = "email"


class CallbackEvent(StrEnum):
    """What a delivery tells: how an execution ended (decision E15), or what one of its actions says."""

    EXECUTION_COMPLETED = "execution.completed"
    EXECUTION_FAILED = "execution.failed"
    EXECUTION_CANCELLED = "execution.cancelled"
    NOTIFICATION = "notification"


class LogLevel(StrEnum):
    """How much a line of a log matters."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class ActionErrorCode(StrEnum):
    """Why an action, and with it perhaps its execution, failed."""

    EXPRESSION_ERROR = "EXPRESSION_ERROR"
    EXPRESSION_TOO_COSTLY = "EXPRESSION_TOO_COSTLY"
    EXECUTION_TOO_LARGE = "EXECUTION_TOO_LARGE"
    SECRET_UNREADABLE = "SECRET_UNREADABLE"  # noqa: S105 - the name of a failure
    INVALID_CONFIG = "INVALID_CONFIG"
    SERVICE_NOT_REGISTERED = "SERVICE_NOT_REGISTERED"
    EMAIL_NOT_CONFIGURED = "EMAIL_NOT_CONFIGURED"
    CONNECTION_ERROR = "CONNECTION_ERROR"
    TLS_REFUSED = "TLS_REFUSED"
    HTTP_ERROR = "HTTP_ERROR"
    UNSUCCESSFUL = "UNSUCCESSFUL"
    TOKEN_REFUSED = "TOKEN_REFUSED"  # noqa: S105 - the name of a failure
    TIMEOUT = "TIMEOUT"
    INVALID_RESPONSE = "INVALID_RESPONSE"
    WORKER_LOST = "WORKER_LOST"
    STUCK = "STUCK"
    ITEMS_FAILED = "ITEMS_FAILED"
    REPEAT_EXHAUSTED = "REPEAT_EXHAUSTED"
    REJECTED = "REJECTED"
    RAISED = "RAISED"
    SUB_WORKFLOW_FAILED = "SUB_WORKFLOW_FAILED"
    TOO_MANY_DESCENDANTS = "TOO_MANY_DESCENDANTS"
    TOO_DEEP = "TOO_DEEP"
    PARENT_ENDED = "PARENT_ENDED"
    CONCURRENCY_LIMIT = "CONCURRENCY_LIMIT"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    UNKNOWN = "UNKNOWN"
    """Never written: it stands for a word that this version does not know."""


class FaultCode(StrEnum):
    """Why an execution is set aside."""

    NEWER_EVENT = "newer_event"
    NEWER_DEFINITION = "newer_definition"
    DAMAGED = "damaged"
    ENGINE_FAULT = "engine_fault"


class NodeKind(StrEnum):
    """What a node does: answer the API and carry out executions, or one of the two."""

    ALL = "all"
    API = "api"
    WORKER = "worker"


class Role(StrEnum):
    """What a user may do inside a tenant (decision X4)."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    EDITOR = "editor"
    ADMIN = "admin"


def highest_role(named: Collection[object]) -> Role:
    """The role that may do most of those that are named; the least of all where none is."""
    return next((role for role in reversed(Role) if role in named), Role.VIEWER)


class Permission(StrEnum):
    """What a credential can be allowed: roles grant these words, a scope narrows them (decision X12)."""

    WORKFLOW_READ = "workflow:read"
    WORKFLOW_WRITE = "workflow:write"
    WORKFLOW_DELETE = "workflow:delete"
    WORKFLOW_EXECUTE = "workflow:execute"
    EXECUTION_READ = "execution:read"
    EXECUTION_CANCEL = "execution:cancel"
    EXECUTION_APPROVE = "execution:approve"
    EXECUTION_PAYLOAD = "execution:payload"
    SECRET_WRITE = "secret:write"  # noqa: S105 - the name of a permission
    SERVICE_WRITE = "service:write"
    ADMIN = "admin:*"


class CredentialKind(StrEnum):
    """By what a caller was known (decision X3)."""

    BEARER = "bearer"
    API_KEY = "api_key"
    USER_HEADER = "user_header"
    SYSTEM = "system"
    APPROVAL_LINK = "approval_link"


class BulkKind(StrEnum):
    """What a bulk operation does to each of its executions."""

    CANCEL = "cancel"
    TERMINATE = "terminate"
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"
    LABEL = "label"
    RERUN = "rerun"


class BulkStatus(StrEnum):
    """Where a bulk operation stands; the last two are final."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    ABORTED = "aborted"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is done by it."""
        return self in (BulkStatus.COMPLETED, BulkStatus.ABORTED)


class BulkItemStatus(StrEnum):
    """What came of one execution of a bulk operation."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    SKIPPED = "skipped"
    FAILED = "failed"


class AuditOutcome(StrEnum):
    """How something that is audited ended."""

    SUCCEEDED = "succeeded"
    DENIED = "denied"
    UNAUTHENTICATED = "unauthenticated"
