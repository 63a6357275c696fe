"""The closed sets of words as GraphQL enums: the edge's own registration of the shared words."""

from models.commands.filters import Direction, ExecutionGroup, ExecutionOrderField, WorkflowOrderField
from models.error_codes import ErrorCode
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
    FaultCode,
    LogLevel,
    OnLimit,
    ParameterType,
    Permission,
    Role,
    RunIf,
    TagsMode,
    WaitReason,
    WorkflowStatus,
)
from schema.types.enum_texts import register

__all__ = [
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
    "OnLimit",
    "ParameterType",
    "Permission",
    "Role",
    "RunIf",
    "TagsMode",
    "WaitReason",
    "WorkflowOrderField",
    "WorkflowStatus",
]

register(WorkflowStatus, "Whether a workflow may be executed.")
register(ExecutionStatus, "Where an execution stands.")
register(ActionStatus, "Where one action of an execution stands.")
register(ActionPhase, "The part of an execution that an action belongs to.")
register(ActionErrorCode, "Why an action, and with it perhaps its execution, failed.")
register(EventType, "What an entry of an execution's journal records.")
register(FaultCode, "Why an execution is set aside.")
register(ActivityType, "What a line of the activity feed tells.")
register(ParameterType, "The JSON type of a parameter.")
register(RunIf, "What must have come of the actions that an action depends on, or it is skipped.")
register(OnLimit, "What becomes of an execution that is one too many in its group.")
register(ErrorPolicy, "What a failed action does to its execution: end it, or let it go on.")
register(Backoff, "How the delay between attempts grows.")
register(WaitReason, "Why an action of a live execution is not running.")
register(DeliveryStatus, "Where the delivery of a callback stands.")
register(CallbackEvent, "What a callback tells.")
register(TagsMode, "Whether all tags must be there, or any of them.")
register(LogLevel, "How much a line of a log matters.")
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
