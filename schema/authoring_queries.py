"""The queries of whoever writes workflows."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from resolvers.executions import inputs
from resolvers.workflows import validation
from schema.arguments import ExecutionId
from schema.context import GraphQLInfo
from schema.types.validation import WorkflowValidation, validation_type


@strawberry.type(description="What helps to write workflows.")
class AuthoringQuery:
    """Check before a save, and try."""

    @strawberry.field(
        description="What a save of a workflow would refuse or warn of, each finding at its line, and the graph. "
        "Nothing is saved. For those with the permission `workflow:write`."
    )
    async def validate_workflow(
        self,
        info: GraphQLInfo,
        text: Annotated[
            str | None,
            strawberry.argument(description="The workflow as a file has it, YAML or JSON: 1 MiB at most."),
        ] = None,
        definition: Annotated[
            JSON | None,
            strawberry.argument(description="The workflow as an object, as REST takes it."),
        ] = None,
    ) -> WorkflowValidation | None:
        """Validate."""
        found = await validation.validate_workflow(info.context.ctx, text, definition)
        return validation_type(found, has_text=text is not None)

    @strawberry.field(
        description="The value of an expression such as `reserve.response.id | upper`, or of a text with some in it, "
        "as an action of the execution would see it that comes after all that has ended so far; secrets are "
        "`[secret:name]`. Nothing is changed. Where it has no value, or would cost more than the templates of an "
        "action may, that is VALIDATION_ERROR. Needs the permission `execution:payload`."
    )
    async def evaluate_expression(
        self,
        info: GraphQLInfo,
        execution_id: ExecutionId,
        expression: Annotated[
            str, strawberry.argument(description="The expression, with `{{` and `}}` or without: 10000 characters.")
        ],
    ) -> JSON | None:
        """Evaluate."""
        found = await inputs.evaluate_expression(info.context.ctx, execution_id, expression)
        return None if found is None else JSON(found)
