"""The use case of labels: what people say of an execution, before and after its end, to find it again."""

import msgspec
from sqlalchemy import Connection

from engine.journal.broadcast import feed_of
from engine.journal.labels import set_labels
from engine.journal.mailbox import hold_rows
from models.commands.labels import LabelChanges, number_fault
from models.entities.executions import ExecutionSummary
from models.errors import InvalidInput
from models.faults import Fault
from models.words import Permission
from resolvers.access.permissions import permits, require_owner
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.payload import visible


@permits(Permission.WORKFLOW_EXECUTE)
async def label_execution(ctx: Context, execution_id: str, changes: LabelChanges) -> ExecutionSummary:
    """Change labels of an execution, on disk when this returns; nothing is written where they are as asked for.

    Raises `ExecutionNotFound`, `PermissionDenied`, and `InvalidInput` where it would have too many.
    """
    user = ctx.user

    def write(connection: Connection) -> tuple[ExecutionSummary, bool]:
        rows.read_summary(connection, user.tenant, execution_id)
        hold_rows(connection, [execution_id])
        execution = rows.read_summary(connection, user.tenant, execution_id)
        require_owner(user, execution.created_by, "execution")
        after = changes.applied_to(execution.labels)
        if after == execution.labels:
            return execution, False
        if (too_many := number_fault(after)) is not None:
            raise InvalidInput([Fault(("body", "set"), too_many.message(), "value_error.dict.max_items")])
        set_labels(connection, user.tenant, execution, after)
        ctx.audit(connection, "label_execution", execution_id, set=changes.set, remove=changes.remove)
        return msgspec.structs.replace(execution, labels=after), True

    execution, is_changed = await ctx.services.database.transaction(write)
    if is_changed:
        ctx.services.broadcast.publish([execution_id, feed_of(user.tenant)])
    return visible(user, execution)
