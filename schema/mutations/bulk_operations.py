"""The mutations of bulk operations: make one, or see what it would be about; abort it."""

from typing import Any

import strawberry

from models.commands.bulk_operations import BulkLabels, CreateBulkOperation
from models.commands.validation import parse
from resolvers.bulk import operations
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import description_of, input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.runs.bulk_operations import BulkOperation, bulk_operation_type
from schema.types.runs.reruns import BulkRerunInput
from schema.types.scalars import raw
from schema.types.workflows import Execution, execution_type


@input_of(BulkLabels, "What is changed of the labels of each execution.")
class BulkLabelsInput:
    """See `BulkLabels`."""


@input_of(CreateBulkOperation, "One thing to do to each of many executions.", instead={"rerun": "rerun"})
class CreateBulkOperationInput:
    """See `CreateBulkOperation`."""

    rerun: BulkRerunInput | None = strawberry.field(
        default=strawberry.UNSET, description=description_of(CreateBulkOperation, "rerun")
    )


@strawberry.input(description="A bulk operation to abort.")
class AbortBulkOperationInput:
    """See `abort_bulk_operation`."""

    id: strawberry.ID = strawberry.field(description="The operation's id, such as `bulk_1234…`.")


@strawberry.type(description="The answer to a request for a bulk operation.")
class CreateBulkOperationPayload:
    """See `BulkAnswer`."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    bulk_operation: BulkOperation | None = strawberry.field(
        default=None, description="The operation, which is on disk with all of its executions; null for a dry run."
    )
    count: int | None = strawberry.field(default=None, description="How many executions it is about.")
    first_executions: list[Execution] = strawberry.field(
        default_factory=list, description="For a dry run, the first of them: at most 10."
    )


@strawberry.type(description="The answer to an abort.")
class AbortBulkOperationPayload:
    """The operation, by which nothing more is done."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    bulk_operation: BulkOperation | None = strawberry.field(default=None, description="The operation as it is now.")


@strawberry.type
class BulkOperationMutation:
    """What is done to many executions at once."""

    @strawberry.mutation(
        description="Do one thing to each of many executions: those of `ids`, or those that a filter finds at this "
        "moment. It is done in the background, with rests, so that others do not suffer, and goes on after a restart; "
        "`bulkOperation` and `bulkOperationProgress` tell what came of it. It needs the permission of what is done."
    )
    async def create_bulk_operation(
        self, info: GraphQLInfo, input: Given[CreateBulkOperationInput]
    ) -> CreateBulkOperationPayload:
        """Make."""

        async def work() -> dict[str, Any]:
            answer = await operations.create_bulk_operation(info.context.ctx, parse(CreateBulkOperation, raw(input)))
            made = answer.operation
            return {
                "bulk_operation": None if made is None else bulk_operation_type(made),
                "count": answer.count,
                "first_executions": [execution_type(execution) for execution in answer.first],
            }

        return await payload(info, input, CreateBulkOperationPayload, work)

    @strawberry.mutation(
        description="Have a bulk operation do nothing more. What it has done stays, and the few executions that it has "
        "in hand at this moment are finished and counted."
    )
    async def abort_bulk_operation(
        self, info: GraphQLInfo, input: Given[AbortBulkOperationInput]
    ) -> AbortBulkOperationPayload:
        """Abort."""

        async def work() -> dict[str, Any]:
            return {
                "bulk_operation": bulk_operation_type(await operations.abort_bulk_operation(info.context.ctx, input.id))
            }

        return await payload(info, input, AbortBulkOperationPayload, work)
