"""Who asks, and what they may do, by the very rules that the operations enforce."""

from datetime import datetime

import strawberry

from models.entities.executions import ExecutionSummary
from models.entities.workflows import WorkflowSummary
from models.words import ExecutionStatus, WorkflowStatus
from resolvers import context
from resolvers.access import permissions
from schema.types.enums import CredentialKind, Permission, Role


@strawberry.type(description="Who asks.")
class Viewer:
    """As the credentials say."""

    user_id: str = strawberry.field(description="The user.")
    tenant: str = strawberry.field(description="The tenant, outside of which nothing is seen.")
    role: Role = strawberry.field(description="What the user may do in the tenant.")
    permissions: list[Permission] = strawberry.field(description="What of that the credential allows.")
    credential: CredentialKind = strawberry.field(description="By what the caller is known.")
    expires_at: datetime | None = strawberry.field(
        description="Until when the credential is good; null where that has no end."
    )
    can_create_workflows: bool = strawberry.field(description="Whether `createWorkflow` is allowed.")
    can_execute_workflows: bool = strawberry.field(description="Whether `executeWorkflow` is allowed.")


@strawberry.type(description="What the caller may do with a workflow.")
class WorkflowPermissions:
    """By role, ownership and status."""

    update: bool = strawberry.field(description="Whether `updateWorkflow` is allowed.")
    delete: bool = strawberry.field(description="Whether `deleteWorkflow` is allowed.")
    restore: bool = strawberry.field(description="Whether `restoreWorkflowVersion` is allowed.")
    execute: bool = strawberry.field(description="Whether `executeWorkflow` is allowed and the workflow is active.")


@strawberry.type(description="What the caller may do with an execution.")
class ExecutionPermissions:
    """By role, ownership and status."""

    cancel: bool = strawberry.field(description="Whether `cancelExecution` is allowed and would change something.")
    pause: bool = strawberry.field(description="Whether `pauseExecution` is allowed and would change something.")
    resume: bool = strawberry.field(description="Whether `resumeExecution` is allowed and would change something.")
    resolve_action: bool = strawberry.field(
        description="Whether `resolveAction` is allowed and the execution has begun and not ended."
    )
    terminate: bool = strawberry.field(
        description="Whether `terminateExecution` is allowed and would change something."
    )
    rerun: bool = strawberry.field(
        description="Whether `rerunExecution` is allowed and the execution has ended; its workflow must be active, too."
    )
    signal: bool = strawberry.field(description="Whether `sendSignal` is allowed and would be kept.")
    redeliver: bool = strawberry.field(
        description="Whether `redeliverCallback` is allowed for what the execution told others."
    )
    label: bool = strawberry.field(description="Whether `labelExecution` is allowed.")
    read_payload: bool = strawberry.field(
        description="Whether inputs and outputs are shown; to others they are null, and messages of errors are hidden."
    )


def viewer_type(viewer: context.Viewer) -> Viewer:
    """The GraphQL type of the caller."""
    return Viewer(
        user_id=viewer.user_id,
        tenant=viewer.tenant,
        role=viewer.role,
        permissions=sorted(permissions.permissions(viewer)),
        credential=viewer.credential,
        expires_at=viewer.expires_at,
        can_create_workflows=permissions.may_create(viewer),
        can_execute_workflows=permissions.may(viewer, Permission.WORKFLOW_EXECUTE),
    )


def workflow_permissions(viewer: context.Viewer, workflow: WorkflowSummary) -> WorkflowPermissions:
    """What the caller may do with a workflow."""
    is_active = workflow.status is WorkflowStatus.ACTIVE
    changes = permissions.may_change(viewer, Permission.WORKFLOW_WRITE, workflow.created_by)
    return WorkflowPermissions(
        update=changes,
        restore=changes,
        delete=permissions.may_change(viewer, Permission.WORKFLOW_DELETE, workflow.created_by),
        execute=is_active and permissions.may(viewer, Permission.WORKFLOW_EXECUTE),
    )


def execution_permissions(viewer: context.Viewer, execution: ExecutionSummary) -> ExecutionPermissions:
    """What the caller may do with an execution."""
    has_ended, is_paused = execution.status.is_terminal, execution.status is ExecutionStatus.PAUSED
    intervenes = permissions.may_change(viewer, Permission.EXECUTION_CANCEL, execution.created_by)
    executes = permissions.may_change(viewer, Permission.WORKFLOW_EXECUTE, execution.created_by)
    return ExecutionPermissions(
        cancel=intervenes and not has_ended,
        pause=intervenes and not has_ended and not is_paused,
        resume=intervenes and is_paused,
        resolve_action=intervenes and not has_ended and execution.started_at is not None,
        terminate=intervenes and not has_ended,
        rerun=has_ended and permissions.may_rerun(viewer),
        signal=executes and not has_ended,
        redeliver=executes,
        label=executes,
        read_payload=permissions.may(viewer, Permission.EXECUTION_PAYLOAD),
    )
