"""The queries of whoever writes workflows."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from resolvers.workflows import validation
from schema.context import GraphQLInfo
from schema.types.validation import WorkflowValidation, validation_type


@strawberry.type(description="What helps to write workflows.")
class AuthoringQuery:
    """Check before a save."""

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
