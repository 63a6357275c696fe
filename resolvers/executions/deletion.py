"""The use case of deleting one execution before its time is over."""

from sqlalchemy import Connection

from engine.retention.deleting import Deletion, delete_ended
from models.errors import ExecutionNotFound
from models.retention_errors import NotDeletable
from models.words import Permission
from resolvers.access.permissions import permits, require_owner
from resolvers.context import Context
from resolvers.executions import rows


@permits(Permission.WORKFLOW_DELETE)
async def delete_execution(ctx: Context, execution_id: str) -> str:
    """Delete an execution that has ended, with all that came of it, which is gone when this returns; return its id.

    What is left is its idempotency key, its audit entries, and its lines in the activity feed. Raises
    `ExecutionNotFound`, `PermissionDenied`, and `NotDeletable` while it or what belongs to it is not over.
    """
    user, services = ctx.user, ctx.services
    found = await ctx.read(lambda connection: rows.read_summary(connection, user.tenant, execution_id))
    require_owner(user, found.created_by, "execution")

    def delete(connection: Connection) -> Deletion:
        now, keys = services.clock.now(), services.retention.settings.keys
        came = delete_ended(connection, [execution_id], now, keys_for=keys)[execution_id]
        if came is Deletion.DELETED:
            ctx.audit(connection, "delete_execution", execution_id, workflow_id=found.workflow_id)
        return came

    while (came := await services.database.transaction(delete)) is Deletion.UNFINISHED:
        continue
    if came is Deletion.NOT_FOUND:
        raise ExecutionNotFound(execution_id)
    if came is not Deletion.DELETED:
        raise NotDeletable(execution_id, came.meaning)
    return execution_id
