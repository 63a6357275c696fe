"""The queries of bulk operations."""

from typing import Annotated

import strawberry

from models.commands.bulk_operations import BulkOperationFilter
from models.errors import NotFound
from resolvers.bulk import operations
from schema.arguments import After, Before, BulkOperationId, First, Last
from schema.context import GraphQLInfo
from schema.types.connections import Connection, connection, window
from schema.types.filter_inputs import chosen
from schema.types.runs.bulk_operations import BulkOperation, BulkOperationFilterInput, bulk_operation_type


@strawberry.type
class BulkOperationQuery:
    """What was asked of many executions at once."""

    @strawberry.field(description="A bulk operation by its id; null where there is none.")
    async def bulk_operation(self, info: GraphQLInfo, id: BulkOperationId) -> BulkOperation | None:
        """Fetch."""
        return await read_bulk_operation(info, id)

    @strawberry.field(description="The bulk operations of the tenant, newest first.")
    async def bulk_operations(
        self,
        info: GraphQLInfo,
        filter: Annotated[BulkOperationFilterInput | None, strawberry.argument(description="Which of them.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BulkOperation] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = chosen(BulkOperationFilter, filter)
        found = await operations.slice_bulk_operations(ctx, command, window(first, after, last, before))
        return connection(found, bulk_operation_type, lambda: operations.count_bulk_operations(ctx, command))


async def read_bulk_operation(info: GraphQLInfo, operation_id: str) -> BulkOperation | None:
    """A bulk operation by its id; None where there is none."""
    try:
        return bulk_operation_type(await operations.get_bulk_operation(info.context.ctx, operation_id))
    except NotFound:
        return None
