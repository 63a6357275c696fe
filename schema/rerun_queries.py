"""The query that says what a rerun would do."""

import strawberry

from models.commands.reruns import PreviewRerun
from models.commands.validation import parse
from models.errors import ExecutionNotFound
from resolvers.executions.reruns import preview_rerun
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.types.history.reruns import PreviewRerunInput, RerunPreview, rerun_preview_type
from schema.types.scalars import raw


@strawberry.type
class RerunQuery:
    """It asks what the mutation does, by the same function."""

    @strawberry.field(
        description="What `rerunExecution` with the same input would do, action by action, and why; null where there "
        "is no such execution."
    )
    async def preview_rerun(self, info: GraphQLInfo, input: Given[PreviewRerunInput]) -> RerunPreview | None:
        """Judge."""
        asked = raw(input)
        execution_id = asked.pop("id")
        try:
            found = await preview_rerun(info.context.ctx, execution_id, parse(PreviewRerun, asked))
        except ExecutionNotFound:
            return None
        return rerun_preview_type(found)
