"""The activity feed as GraphQL types."""

from datetime import datetime
from operator import attrgetter

import strawberry
from strawberry.scalars import JSON

from models.entities.activities import Activity as ActivityEntity
from models.entities.executions import ExecutionDetail
from models.entities.workflows import WorkflowSummary
from schema.loaded import loaded
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
    @loaded(lambda loaders: loaders.workflows, attrgetter("workflow_id"))
    def workflow(found: WorkflowSummary | None) -> Workflow | None:
        """Show."""
        return workflow_type(found) if found else None

    @strawberry.field(description="The execution, where it is about one.")
    @loaded(lambda loaders: loaders.executions, attrgetter("execution_id"))
    def execution(found: ExecutionDetail | None) -> Execution | None:
        """Show."""
        return execution_type(found) if found else None


ACTIVITY = Mirror(Activity, ActivityEntity, "details", "workflow_id", "execution_id")


def activity_type(activity: ActivityEntity) -> Activity:
    """The GraphQL type of an activity."""
    details = dict(activity.details)
    of = {name: details.get(name) for name in ("workflow_id", "execution_id")}
    return ACTIVITY.of(activity, details=JSON(details), **of)
