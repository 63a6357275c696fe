"""The filters and orders of lists, made of their commands: they only carry values, which those validate."""

from typing import Any, TypeVar

import msgspec

from models.commands.filters import (
    ActivityFilter,
    ApiKeyFilter,
    ApprovalLinkFilter,
    AuditFilter,
    DurationRange,
    ExecutionExclusions,
    ExecutionFilter,
    ExecutionOrder,
    JournalFilter,
    LabelFilter,
    LogFilter,
    TimeRange,
    WorkflowFilter,
    WorkflowOrder,
)
from models.commands.validation import Command, parse
from models.errors import InvalidInput
from schema.derivation import input_of
from schema.input_paths import input_path
from schema.types.scalars import raw

C = TypeVar("C", bound=Command)


@input_of(TimeRange, "A range of time: `since` belongs to it, `until` does not.")
class TimeRangeInput:
    """See `TimeRange`."""


@input_of(WorkflowFilter, "Which workflows: any of the values of one field, and all of the fields that are given.")
class WorkflowFilterInput:
    """See `WorkflowFilter`."""


@input_of(DurationRange, "A range of durations: both ends belong to it.")
class DurationRangeInput:
    """See `DurationRange`."""


@input_of(LabelFilter, "A label that executions must have.")
class LabelFilterInput:
    """See `LabelFilter`."""


@input_of(ExecutionExclusions, "Which executions are left out: those of which any of this holds.")
class ExecutionExclusionsInput:
    """See `ExecutionExclusions`."""


@input_of(
    ExecutionFilter,
    "Which executions: any of the values of one field, but all of the labels, and all of the fields that are given.",
)
class ExecutionFilterInput:
    """See `ExecutionFilter`."""


@input_of(
    ActivityFilter,
    "Which activities: any of the values of one field, and all of the fields that are given.",
    former={"since": "at"},
)
class ActivityFilterInput:
    """See `ActivityFilter`."""


@input_of(LogFilter, "Which lines: any of the values of one field, and all of the fields that are given.")
class LogFilterInput:
    """See `LogFilter`."""


@input_of(JournalFilter, "Which entries: any of the values of one field, and all of the fields that are given.")
class JournalFilterInput:
    """See `JournalFilter`."""


@input_of(AuditFilter, "Which entries: any of the values of one field, and all of the fields that are given.")
class AuditFilterInput:
    """See `AuditFilter`."""


@input_of(ApiKeyFilter, "Which API keys: of all that you manage, those that meet all of the fields.")
class ApiKeyFilterInput:
    """See `ApiKeyFilter`."""


@input_of(ApprovalLinkFilter, "Which approval links: any of the values of one field, and all of the fields.")
class ApprovalLinkFilterInput:
    """See `ApprovalLinkFilter`."""


@input_of(WorkflowOrder, "How workflows are ordered; the id decides between equals.")
class WorkflowOrderInput:
    """See `WorkflowOrder`."""


@input_of(ExecutionOrder, "How executions are ordered; the id decides between equals.")
class ExecutionOrderInput:
    """See `ExecutionOrder`."""


def chosen(command: type[C], given: Any, argument: str = "filter") -> C:
    """What an argument asks for. Raises `InvalidInput`.

    Its faults have the places that the caller knows.
    """
    asked = {} if given is None else raw(given)
    try:
        return parse(command, asked, ())
    except InvalidInput as error:
        raise InvalidInput(
            [
                msgspec.structs.replace(fault, loc=(argument, *input_path(type(given), fault.loc)))
                for fault in error.faults
            ]
        ) from None
