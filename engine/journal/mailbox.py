"""What is sent to an execution that waits: kept in the database until an action takes it with an event of its own.

Who sends holds the row of the execution, and so does who lets go of it: so a message is seen by the owner, or it finds
the execution in no hand and has it taken up.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, not_, select

from engine.actions.protocol import Message
from engine.journal.queue import put
from models.database.bulk import insert_rows
from models.database.database import Damaged, Database
from models.database.one_of import one_of, word_list
from models.database.outlasting import outlasting
from models.database.tables import ExecutionRow, table
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
        not_(one_of(MESSAGES.c.id, word_list("taken"))),
    )
    .order_by(MESSAGES.c.sent_at, MESSAGES.c.id)
    .limit(MAX_READ)
)


EXPECTED = select(EXPECTATIONS.c.execution_id, EXPECTATIONS.c.address).where(
    one_of(EXPECTATIONS.c.address, word_list("addresses"))
)

OF_ENDED = delete(MESSAGES).where(one_of(MESSAGES.c.execution_id, word_list("ended")))

AWAITED = (
    select(EXPECTATIONS.c.execution_id, func.max(MESSAGES.c.sent_at).label("sent_at"))
    .join(
        MESSAGES,
        and_(MESSAGES.c.execution_id == EXPECTATIONS.c.execution_id, MESSAGES.c.address == EXPECTATIONS.c.address),
    )
    .where(one_of(EXPECTATIONS.c.execution_id, word_list("ids")))
    .group_by(EXPECTATIONS.c.execution_id)
)
# In one order everywhere; and who appends changes the execution's row before the journal.
HOLD = (
    select(EXECUTIONS.c.id)
    .where(one_of(EXECUTIONS.c.id, word_list("ids")))
    .order_by(EXECUTIONS.c.id)
    .with_for_update(key_share=True)
)
REMOVE = delete(MESSAGES).where(one_of(MESSAGES.c.id, word_list("taken")))
INSERT = insert_rows(MESSAGES)


class Mailbox:
    """What a runner asks of the database for an execution that waits; each call outlasts an absent database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, execution_id: str, addresses: Collection[str], taken: Collection[str]) -> list[Message]:
        """What was sent to some of its addresses and is not among the ids that were `taken`, oldest first.

        Where it is `MAX_READ` there may be more.
        """
        return await outlasting(
            lambda: self._database.read(lambda connection: sent_to(connection, execution_id, addresses, taken))
        )


def sent_to(
    connection: Connection, execution_id: str, addresses: Collection[str], taken: Collection[str] = ()
) -> list[Message]:
    """See `Mailbox.read`. Raises `Unavailable`, and `Unreadable` where a message is damaged."""
    wanted = {"of_execution": execution_id, "addresses": list(addresses), "taken": list(taken)}
    rows = connection.execute(SENT_TO, wanted)
    messages = [Message(*row) for row in rows]
    for message in messages:
        if isinstance(message.data, Damaged):
            raise Unreadable(FaultCode.DAMAGED, f"the message {message.id} is damaged")
    return messages


def send(connection: Connection, execution_id: str, message: Message, now: datetime) -> None:
    """Leave a message for an execution that has not ended, and have it taken up at once where it waits for just that.

    Where it is at work, its owner looks for messages before it lets go of it.
    """
    hold_rows(connection, [execution_id])
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
    expected = connection.execute(EXPECTED, {"addresses": [message.address]})
    if execution_id in {row.execution_id for row in expected}:
        put(connection, [execution_id], now)


def send_expected(connection: Connection, sent: Sequence[tuple[str, Message]]) -> None:
    """Leave messages for those executions that wait for just them: their rows are held, and no two have one address."""
    if not sent:
        return
    waiting = connection.execute(EXPECTED, {"addresses": [message.address for _, message in sent]})
    expected = {(row.execution_id, row.address) for row in waiting}
    found = [(execution_id, message) for execution_id, message in sent if (execution_id, message.address) in expected]
    rows = [{"execution_id": execution_id, **msgspec.structs.asdict(message)} for execution_id, message in found]
    INSERT.execute(connection, rows)
    put(connection, sorted({execution_id for execution_id, _ in found}), max(message.sent_at for _, message in sent))


def ring_awaited(connection: Connection, execution_ids: Sequence[str]) -> None:
    """Have executions that were just let go of taken up at once where what they wait for is there already."""
    if execution_ids:
        awaited = connection.execute(AWAITED, {"ids": list(execution_ids)}).all()
        put(connection, [row.execution_id for row in awaited], max((row.sent_at for row in awaited), default=None))


def hold_rows(connection: Connection, execution_ids: Sequence[str]) -> None:
    """Keep all others from appending to journals, and from letting go of them, until the transaction is over.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(HOLD, {"ids": list(execution_ids)})


def remove(connection: Connection, message_ids: Sequence[str]) -> None:
    """Forget messages that were taken."""
    if message_ids:
        connection.execute(REMOVE, {"taken": list(message_ids)})


def remove_of_ended(connection: Connection, execution_ids: Sequence[str]) -> None:
    """Forget what nobody has taken of executions that end, and that nobody can take any more."""
    if execution_ids:
        connection.execute(OF_ENDED, {"ended": execution_ids})
