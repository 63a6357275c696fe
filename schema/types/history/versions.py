"""The versions of workflows as GraphQL types."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import strawberry

from engine.definition.differences import definition_differences
from models.entities import workflows
from models.entities.workflows import revision_of, version_word
from models.errors import Unreadable
from models.words import FaultCode
from schema.context import GraphQLInfo
from schema.mirrors import Mirror
from schema.types.history.definition_parts import DefinitionParts
from schema.types.history.differences import DefinitionDifference, definition_difference_type


@strawberry.type(
    description="One version of a workflow, which never changes: its parameters, its actions with those of the "
    "clean-up, and its outputs. Name, description, tags, status, time-outs and `concurrency` are of the workflow alone."
)
class WorkflowVersion(DefinitionParts):
    """What executions pin."""

    version: str = strawberry.field(description="1.0, then 1.1 with the first changed definition.")
    created_at: datetime = strawberry.field(description="When it was made.")
    created_by: str | None = strawberry.field(description="Who made it; null: it was made before that was noted.")
    is_current: bool = strawberry.field(description="Whether the workflow is at this version.")
    entity: strawberry.Private[workflows.WorkflowVersion]

    @strawberry.field(
        description="What was done to another version for this one to come of it, action by action: what only spells a "
        "default out is no difference. Of 1.0 without a version there is null."
    )
    async def changes_since(
        self,
        info: GraphQLInfo,
        version: Annotated[
            str | None, strawberry.argument(description="A version, also a later one. Null: the one before.")
        ] = None,
    ) -> list[DefinitionDifference] | None:
        """Compare."""
        if version is None and self.entity.revision == 0:
            return None
        workflow_id = self.entity.workflow_id
        revision = self.entity.revision - 1
        if version is not None:
            revision = revision_of(workflow_id, version, self.entity.newest_revision)
        before, after = await asyncio.gather(
            *(load_definition(info, workflow_id, one) for one in (revision, self.entity.revision))
        )
        # In a thread: what is large takes a good part of a second.
        found = await asyncio.to_thread(definition_differences, before, after)
        return list(map(definition_difference_type, found))

    async def definition(self, info: GraphQLInfo) -> dict[str, Any]:
        """Load."""
        return await load_definition(info, self.entity.workflow_id, self.entity.revision)


async def load_definition(info: GraphQLInfo, workflow_id: str, revision: int) -> dict[str, Any]:
    """The definition of a version that there is. Raises `Unreadable` where it is damaged."""
    found = await info.context.definitions.load((workflow_id, revision))
    if found is None:
        raise RuntimeError(f"workflow {workflow_id} has no version {version_word(revision)}")
    if type(found) is not dict:  # as of a column that holds no JSON, or another one
        raise Unreadable(FaultCode.DAMAGED, "its definition is damaged")
    return found


VERSION = Mirror(WorkflowVersion, workflows.WorkflowVersion, "entity")


def version_type(version: workflows.WorkflowVersion) -> WorkflowVersion:
    """The GraphQL type of a version."""
    return VERSION.of(version, entity=version)
