"""The activity feed as GraphQL types."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from models.entities.activities import Activity as ActivityEntity
from schema.context import GraphQLInfo
from schema.mirrors import Mirror
from schema.types.enums import ActivityType
from schema.types.node import Node
from schema.types.workflows import Execution, Workflow, execution_type, workflow_type


@strawberry.type(description="One line of the activity feed.")
class Activity(Node):
    """Who did what, when, and to what."""

    type: ActivityType = strawberry.field(description="What happened.")
    timestamp: datetime = strawberry.field(description="When.")
    user_id: str = strawberry.field(description="Who did it, or who had started what happened.")
    details: JSON = strawberry.field(description="The documented details, such as `workflow_id`.")
    workflow_id: strawberry.ID | None = strawberry.field(description="The workflow that it is about.")
    execution_id: strawberry.ID | None = strawberry.field(description="The execution, where it is about one.")

    @strawberry.field(description="The workflow that it is about; still there after the workflow was deleted.")
    async def workflow(self, info: GraphQLInfo) -> Workflow | None:
        """Load."""
        found = await info.context.workflows.load(self.workflow_id) if self.workflow_id else None
        return workflow_type(found) if found else None

    @strawberry.field(description="The execution, where it is about one.")
    async def execution(self, info: GraphQLInfo) -> Execution | None:
        """Load."""
        found = await info.context.executions.load(self.execution_id) if self.execution_id else None
        return execution_type(found) if found else None


ACTIVITY = Mirror(Activity, ActivityEntity, "details", "workflow_id", "execution_id")


def activity_type(activity: ActivityEntity) -> Activity:
    """The GraphQL type of an activity."""
    details = dict(activity.details)
    of = {name: details.get(name) for name in ("workflow_id", "execution_id")}
    return ACTIVITY.of(activity, details=JSON(details), **of)
