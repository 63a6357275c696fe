"""What is sent to an execution that waits: kept in the database until an action takes it with an event of its own."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from engine.actions.protocol import Message
from engine.journal.lives import NO_LIFE
from models.database.bulk import BulkStatement, RowValues, insert_rows
from models.database.database import Damaged, Database
from models.database.one_of import one_of, word_list
from models.database.outlasting import outlasting
from models.database.tables import LIVE, ExecutionRow, table
from models.database.waiting_tables import ExecutionMessageRow, ExpectationRow
from models.errors import Unreadable
from models.words import FaultCode

EXECUTIONS = table(ExecutionRow)
EXPECTATIONS = table(ExpectationRow)
MESSAGES = table(ExecutionMessageRow)

MAX_READ = 100
"""Messages that are looked at in one go."""

SENT_TO = (
    select(MESSAGES.c.id, MESSAGES.c.address, MESSAGES.c.data, MESSAGES.c.sent_by, MESSAGES.c.sent_at)
    .where(
        MESSAGES.c.execution_id == bindparam("of_execution"),
        MESSAGES.c.address.in_(bindparam("addresses", expanding=True)),
    )
    .order_by(MESSAGES.c.sent_at, MESSAGES.c.id)
    .limit(MAX_READ)
)


EXPECTED = select(EXPECTATIONS.c.execution_id, EXPECTATIONS.c.address).where(
    one_of(EXPECTATIONS.c.address, word_list("addresses"))
)

OF_ENDED = delete(MESSAGES).where(one_of(MESSAGES.c.execution_id, word_list("ended")))


def _ring(_dialect: str, row: RowValues) -> Any:
    rung = update(EXECUTIONS).where(EXECUTIONS.c.id == row["rung"], LIVE, EXECUTIONS.c.wake_at > row["moment"])
    return rung.values(wake_at=row["moment"])


INSERT = insert_rows(MESSAGES)
RING = BulkStatement(
    _ring, {"rung": EXECUTIONS.c.id.type, "moment": EXECUTIONS.c.wake_at.type}, held=("rung", EXECUTIONS.c.id)
)


class Mailbox:
    """What a runner asks of the database for an execution that waits; each call outlasts an absent database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, execution_id: str, addresses: Collection[str]) -> list[Message]:
        """What was sent to some of its addresses and nobody has taken, oldest first."""
        return await outlasting(
            lambda: self._database.read(lambda connection: sent_to(connection, execution_id, addresses))
        )

    async def set_timer(self, execution_id: str, moment: datetime | None) -> None:
        """Put off the timer of an execution that was rung for nothing; its present life is survived."""
        timer = update(EXECUTIONS).where(EXECUTIONS.c.id == execution_id, LIVE).values(wake_at=moment, **NO_LIFE)
        await outlasting(lambda: self._database.transaction(lambda connection: connection.execute(timer).rowcount))


def sent_to(connection: Connection, execution_id: str, addresses: Collection[str]) -> list[Message]:
    """See `Mailbox.read`. Raises `Unavailable`, and `Unreadable` where a message is damaged."""
    rows = connection.execute(SENT_TO, {"of_execution": execution_id, "addresses": list(addresses)})
    messages = [Message(*row) for row in rows]
    for message in messages:
        if isinstance(message.data, Damaged):
            raise Unreadable(FaultCode.DAMAGED, f"the message {message.id} is damaged")
    return messages


def send(connection: Connection, execution_id: str, message: Message, now: datetime) -> None:
    """Leave a message for an execution that has not ended, and have it taken up at once where it waits for just that.

    Where it is at work, its owner looks for messages before it lets go of it.
    """
    connection.execute(
        insert(MESSAGES).values(
            id=message.id,
            execution_id=execution_id,
            address=message.address,
            data=message.data,
            sent_by=message.sent_by,
            sent_at=message.sent_at,
        )
    )
    is_expected = exists().where(EXPECTATIONS.c.execution_id == execution_id, EXPECTATIONS.c.address == message.address)
    rung = update(EXECUTIONS).where(EXECUTIONS.c.id == execution_id, LIVE, EXECUTIONS.c.wake_at > now, is_expected)
    connection.execute(rung.values(wake_at=now))


def send_expected(connection: Connection, sent: Sequence[tuple[str, Message]]) -> None:
    """Leave messages for those executions that wait for just them; each has an address of its own."""
    if not sent:
        return
    waiting = connection.execute(EXPECTED, {"addresses": [message.address for _, message in sent]})
    expected = {(row.execution_id, row.address) for row in waiting}
    found = [(execution_id, message) for execution_id, message in sent if (execution_id, message.address) in expected]
    rows = [{"execution_id": execution_id, **msgspec.structs.asdict(message)} for execution_id, message in found]
    INSERT.execute(connection, rows)
    # In one order everywhere, so that two nodes cannot wait for each other's rows.
    latest = {execution_id: message.sent_at for execution_id, message in found}
    RING.execute(
        connection, [{"rung": execution_id, "moment": latest[execution_id]} for execution_id in sorted(latest)]
    )


def remove(connection: Connection, message_ids: Sequence[str]) -> None:
    """Forget messages that were taken."""
    if message_ids:
        connection.execute(delete(MESSAGES).where(MESSAGES.c.id.in_(message_ids)))


def remove_of_ended(connection: Connection, execution_ids: Sequence[str]) -> None:
    """Forget what nobody has taken of executions that end, and that nobody can take any more."""
    if execution_ids:
        connection.execute(OF_ENDED, {"ended": execution_ids})
