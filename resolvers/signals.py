"""The use case of signals: what is sent to an execution, for an action that waits for it now or later."""

from typing import Any

from sqlalchemy import Connection, func, select

from engine.actions.protocol import Message
from engine.actions.wait import SIGNAL_PREFIX
from engine.journal.broadcast import MESSAGE_TOPIC
from engine.journal.mailbox import MESSAGES, hold_rows, send
from models.commands.messages import SendSignal
from models.entities.executions import ExecutionSummary
from models.errors import ExecutionFinished, MailboxFull
from models.ids import MESSAGE_PREFIX
from models.words import Permission
from resolvers.access.permissions import permits, require_owner
from resolvers.context import Context
from resolvers.executions import rows

MAX_UNREAD = 1_000
"""Messages that an execution may have and that nobody waits for."""


@permits(Permission.WORKFLOW_EXECUTE)
async def send_signal(ctx: Context, command: SendSignal) -> ExecutionSummary:
    """Send a signal to an execution: on disk when this returns.

    Raises `ExecutionNotFound`, `PermissionDenied`, `ExecutionFinished`, `MailboxFull`.
    """
    user = ctx.user

    def write(connection: Connection) -> ExecutionSummary:
        hold_rows(connection, [command.execution_id])
        execution = rows.read_summary(connection, user.tenant, command.execution_id)
        require_owner(user, execution.created_by, "execution")
        leave(ctx, connection, execution, SIGNAL_PREFIX + command.name, {"payload": command.payload})
        ctx.audit(connection, "send_signal", execution.id, name=command.name)
        return execution

    execution = await ctx.services.database.transaction(write)
    ctx.services.broadcast.publish([MESSAGE_TOPIC])
    return execution


def leave(
    ctx: Context, connection: Connection, execution: ExecutionSummary, address: str, data: dict[str, Any]
) -> None:
    """Leave a message of the caller. Raises `ExecutionFinished`, `MailboxFull`."""
    if execution.status.is_terminal:
        raise ExecutionFinished(execution.status)
    count = select(func.count()).select_from(MESSAGES).where(MESSAGES.c.execution_id == execution.id)
    if connection.execute(count).scalar_one() >= MAX_UNREAD:
        raise MailboxFull(execution.id, MAX_UNREAD)
    services = ctx.services
    now = services.clock.now()
    message = Message(services.new_id(MESSAGE_PREFIX), address, data, ctx.user.user_id, now)
    send(connection, execution.id, message, now)
