"""The closed sets of words of bulk operations as GraphQL enums, and what each of their words means."""

from models.words import BulkItemStatus, BulkKind, BulkStatus
from schema.types.enums import register

__all__ = ["BulkItemStatus", "BulkKind", "BulkStatus"]

register(
    BulkKind,
    "What a bulk operation does to each of its executions.",
    {
        "CANCEL": "Cancel it, as `cancelExecution` does; a filter finds those that are queued or running.",
    },
)
register(
    BulkStatus,
    "Where a bulk operation stands.",
    {
        "PENDING": "Made, with all of its executions on disk; nothing is done yet.",
        "RUNNING": "Some is done, and some is still to come.",
        "COMPLETED": "Each execution has its result. Final.",
        "ABORTED": "Somebody asked to do no more, or its maker may do this no more. Final.",
    },
)
register(
    BulkItemStatus,
    "What came of one execution of a bulk operation.",
    {
        "PENDING": "It is still to come or, where the operation was aborted, was left alone.",
        "SUCCEEDED": "It was done, or had been before.",
        "SKIPPED": "It could not be done to the execution as it stood.",
        "FAILED": "It was refused, or met a bug.",
    },
)
