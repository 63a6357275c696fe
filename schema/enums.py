"""The closed sets of words as GraphQL enums: the edge's own registration of the shared words."""

import strawberry

from models.errors import ErrorCode
from models.words import (
    ActionStatus,
    Backoff,
    DeliveryStatus,
    ErrorPolicy,
    EventType,
    ExecutionStatus,
    ParameterType,
    TagsMode,
    WaitReason,
    WorkflowStatus,
)

__all__ = [
    "ActionStatus",
    "Backoff",
    "DeliveryStatus",
    "ErrorCode",
    "ErrorPolicy",
    "EventType",
    "ExecutionStatus",
    "ParameterType",
    "TagsMode",
    "WaitReason",
    "WorkflowStatus",
]

strawberry.enum(WorkflowStatus, description="Whether a workflow may be executed.")
strawberry.enum(ExecutionStatus, description="Where an execution stands.")
strawberry.enum(ActionStatus, description="Where one action of an execution stands.")
strawberry.enum(EventType, description="What an entry of an execution's journal records.")
strawberry.enum(ParameterType, description="The JSON type of a parameter.")
strawberry.enum(ErrorPolicy, description="What a failed action does to its execution: end it, or let it go on.")
strawberry.enum(Backoff, description="How the delay between attempts grows.")
strawberry.enum(WaitReason, description="Why an action of a live execution is not running.")
strawberry.enum(DeliveryStatus, description="Where the delivery of a callback stands.")
strawberry.enum(TagsMode, description="Whether all tags must be there, or any of them.")
strawberry.enum(ErrorCode, description="The stable word for a failure; the same as `error_code` on the REST edge.")
