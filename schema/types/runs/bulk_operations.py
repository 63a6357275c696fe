"""Bulk operations as GraphQL types: how far one has come, and what came of each execution."""

from datetime import datetime
from operator import attrgetter
from typing import Annotated

import strawberry

from models.commands.bulk_operations import BulkItemFilter, BulkOperationFilter
from models.entities import bulk_operations
from models.entities.executions import ExecutionDetail
from models.words import BulkItemStatus, BulkKind, BulkStatus, Permission
from resolvers import context
from resolvers.access import permissions
from resolvers.bulk.kinds import kind_of
from schema.arguments import After, Before, First, Last
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.loaded import loaded
from schema.mirrors import Mirror
from schema.types.connections import Connection, PageInfo, window
from schema.types.enums import ErrorCode, register
from schema.types.filter_inputs import chosen
from schema.types.node import Node
from schema.types.workflows import Execution, execution_type

register(
    BulkKind,
    "What a bulk operation does to each of its executions.",
    {
        "CANCEL": "Cancel it, as `cancelExecution` does; a filter finds those that have not ended.",
        "TERMINATE": "Terminate it, as `terminateExecution` does; a filter finds those that have not ended.",
        "PAUSE": "Pause it, as `pauseExecution` does; a filter finds those that are queued or running.",
        "RESUME": "Have it go on, as `resumeExecution` does; a filter finds those that are paused.",
        "DELETE": "Delete it, as `deleteExecution` does; a filter finds those that have ended.",
        "LABEL": "Change its labels, as `labelExecution` does: `labels` says how.",
        "RERUN": "Do it over by another execution, as `rerunExecution` does; a filter finds those that have ended.",
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


@input_of(BulkOperationFilter, "Which bulk operations: any of the values of one field, and all of the fields.")
class BulkOperationFilterInput:
    """See `BulkOperationFilter`."""


@input_of(BulkItemFilter, "Which executions of a bulk operation.")
class BulkItemFilterInput:
    """See `BulkItemFilter`."""


@strawberry.type(description="What the caller may do with a bulk operation.")
class BulkOperationPermissions:
    """By permission, maker and status."""

    abort: bool = strawberry.field(description="Whether `abortBulkOperation` is allowed and would change something.")


@strawberry.type(description="One execution of a bulk operation, and what came of it.")
class BulkOperationItem:
    """It may outlive the execution."""

    number: int = strawberry.field(description="Its place: 1 is worked on first.")
    execution_id: strawberry.ID = strawberry.field(description="The execution's id.")
    status: BulkItemStatus = strawberry.field(description="What came of it.")
    code: ErrorCode | None = strawberry.field(
        description="Why it was skipped or failed, or that it was as asked for before; null: it was done."
    )
    message: str | None = strawberry.field(description="The same for a person to read.")
    new_execution_id: strawberry.ID | None = strawberry.field(description="Of RERUN: the execution that does it over.")
    at: datetime | None = strawberry.field(description="When that was noted; null: it is still to come.")

    @strawberry.field(description="The execution as it stands now; null where it is not there any more, or never was.")
    @loaded(lambda loaders: loaders.executions, attrgetter("execution_id"))
    def execution(found: ExecutionDetail | None) -> Execution | None:
        """Show."""
        return execution_type(found) if found else None


@strawberry.type(description="One thing that is done to each of many executions. It goes on after a restart.")
class BulkOperation(Node):
    """What was asked for, and how far it has come."""

    kind: BulkKind = strawberry.field(description="What is done to each of them.")
    status: BulkStatus = strawberry.field(description="Where it stands.")
    reason: str | None = strawberry.field(description="Why, as its maker said.")
    created_by: str = strawberry.field(description="Who made it, and as whom it is done.")
    created_at: datetime = strawberry.field(description="When it was made, and its executions were found.")
    started_at: datetime | None = strawberry.field(description="When the first results were noted.")
    completed_at: datetime | None = strawberry.field(description="When it was over.")
    total: int = strawberry.field(description="How many executions it is about.")
    succeeded: int = strawberry.field(description="To how many it was done, or had been before.")
    skipped: int = strawberry.field(description="How many it could not be done to as they stood: they had ended, say.")
    failed: int = strawberry.field(description="How many it failed for; the items say why.")
    left: int = strawberry.field(description="How many are still to come or, where it was aborted, were left alone.")
    percentage: float = strawberry.field(description="0.0 to 100.0.")
    ended_by: str | None = strawberry.field(description="Who aborted it.")
    refusal: str | None = strawberry.field(
        description="Why the service aborted it: its maker's credential was revoked, say."
    )
    entity: strawberry.Private[bulk_operations.BulkOperation]

    @strawberry.field(description="Its executions, and what came of each, a slice at a time.")
    async def items(
        self,
        info: GraphQLInfo,
        filter: Annotated[BulkItemFilterInput | None, strawberry.argument(description="Which of them.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BulkOperationItem] | None:
        """Load a slice, together with those of other operations."""
        asked = chosen(BulkItemFilter, filter).model_dump_json(exclude_defaults=True)
        place = window(first, after, last, before).model_dump_json(exclude_defaults=True)
        found = await info.context.bulk_items.load((self.entity.id, asked, place))
        return None if found is None else _items(found)

    @strawberry.field(description="What the caller may do with it.")
    def viewer_can(self, info: GraphQLInfo) -> BulkOperationPermissions:
        """Ask the rules."""
        return bulk_permissions(info.context.ctx.user, self.entity)


BULK_OPERATION = Mirror(BulkOperation, bulk_operations.BulkOperation, "entity")
ITEM = Mirror(BulkOperationItem, bulk_operations.BulkItem)


def bulk_operation_type(operation: bulk_operations.BulkOperation) -> BulkOperation:
    """The GraphQL type of an operation."""
    return BULK_OPERATION.of(operation, entity=operation)


def bulk_permissions(viewer: context.Viewer, operation: bulk_operations.BulkOperation) -> BulkOperationPermissions:
    """What the caller may do with an operation."""
    permission = kind_of(operation.kind).permission
    may = permissions.may(viewer, Permission.EXECUTION_READ)
    return BulkOperationPermissions(
        abort=may and not operation.status.is_final and permissions.may_change(viewer, permission, operation.created_by)
    )


def _items(found: bulk_operations.BulkSlice) -> Connection[BulkOperationItem]:
    cursors = [str(item.number) for item in found.items]

    async def count() -> int:
        return found.count

    return Connection(
        nodes=[ITEM.of(item) for item in found.items],
        page_info=PageInfo(
            has_next_page=found.has_next,
            has_previous_page=found.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        cursors=lambda: cursors,
        count=count,
    )
