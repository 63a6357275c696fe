"""Who asks, and what they may do, by the very rules that the operations enforce."""

import strawberry

from models.entities import ExecutionSummary, WorkflowSummary
from models.words import WorkflowStatus
from resolvers import context
from schema.enums import Role


@strawberry.type(description="Who asks.")
class Viewer:
    """As the credentials say."""

    user_id: str = strawberry.field(description="The user.")
    tenant: str = strawberry.field(description="The tenant, outside of which nothing is seen.")
    role: Role = strawberry.field(description="What the user may do in the tenant.")
    can_create_workflows: bool = strawberry.field(description="Whether `createWorkflow` is allowed.")
    can_execute_workflows: bool = strawberry.field(description="Whether `executeWorkflow` is allowed.")


@strawberry.type(description="What the caller may do with a workflow.")
class WorkflowPermissions:
    """By role, ownership and status."""

    update: bool = strawberry.field(description="Whether `updateWorkflow` is allowed.")
    delete: bool = strawberry.field(description="Whether `deleteWorkflow` is allowed.")
    execute: bool = strawberry.field(description="Whether `executeWorkflow` is allowed and the workflow is active.")


@strawberry.type(description="What the caller may do with an execution.")
class ExecutionPermissions:
    """By role, ownership and status."""

    cancel: bool = strawberry.field(description="Whether `cancelExecution` is allowed and would change something.")
    redeliver: bool = strawberry.field(
        description="Whether `redeliverCallback` is allowed and the execution has a callback to deliver."
    )


def viewer_type(viewer: context.Viewer) -> Viewer:
    """The GraphQL type of the caller."""
    return Viewer(
        user_id=viewer.user_id,
        tenant=viewer.tenant,
        role=viewer.role,
        can_create_workflows=viewer.role in context.CREATE_ROLES,
        can_execute_workflows=viewer.role in context.EXECUTE_ROLES,
    )


def workflow_permissions(viewer: context.Viewer, workflow: WorkflowSummary) -> WorkflowPermissions:
    """What the caller may do with a workflow."""
    changes = context.may_change(viewer, workflow.created_by)
    is_active = workflow.status is WorkflowStatus.ACTIVE
    return WorkflowPermissions(
        update=changes, delete=changes, execute=is_active and viewer.role in context.EXECUTE_ROLES
    )


def execution_permissions(viewer: context.Viewer, execution: ExecutionSummary) -> ExecutionPermissions:
    """What the caller may do with an execution."""
    changes = context.may_change(viewer, execution.created_by)
    has_ended = execution.status.is_terminal
    return ExecutionPermissions(
        cancel=changes and not has_ended, redeliver=changes and has_ended and execution.callback_url is not None
    )
