"""Deletes ended executions with all that hangs on them, in the caller's transaction, and says of each what came of it.

What is left of one is its idempotency key, so that a late repetition of its request starts no other one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from engine.journal.mailbox import hold_rows
from engine.retention.dependents import EXECUTIONS, IDS, delete_with_dependents
from engine.retention.undone_results import witnesses
from models.database.bulk import insert_rows
from models.database.one_of import one_of, word_list
from models.database.retention_tables import FeedGapRow, SpentKeyRow
from models.database.tables import IS_RERUN, CallbackDeliveryRow, table
from models.words import DeliveryStatus

DELIVERIES = table(CallbackDeliveryRow)
SPENT_KEYS = table(SpentKeyRow)
GAPS = table(FeedGapRow)

AT_ONCE = 500
"""Executions that one transaction deletes at most, those below the given ones included."""

KEY_PERIOD = timedelta(days=30)
"""For how long a key is known after its execution was deleted, unless something else is set."""

EXECUTION_FEED = "executions"
ACTIVITY_FEED = "activities"


class Deletion(StrEnum):
    """What came of a wish to delete an execution."""

    DELETED = "deleted"
    UNFINISHED = "unfinished"
    """Many are below it: some of them are gone, and it goes when it is asked for again."""
    NOT_FOUND = "not_found"
    NOT_ENDED = "not_ended"
    CHILD_NOT_ENDED = "child_not_ended"
    """One that came of it is live."""
    PARENT_NOT_ENDED = "parent_not_ended"
    """The one that started it is live, and may still read it."""
    DELIVERY_PENDING = "delivery_pending"
    """A callback, or what one of its actions says, is still to be delivered: its own, or of one below it."""
    RESULT_UNDONE = "result_undone"
    """It has reused a result that was undone since, and others that have it could reuse it if that were forgotten."""

    @property
    def meaning(self) -> str:
        """Why it stays, in words that follow its id."""
        return MEANINGS.get(self, self.value)


MEANINGS = {
    Deletion.UNFINISHED: "is being deleted with all that came of it",
    Deletion.NOT_FOUND: "is not there",
    Deletion.NOT_ENDED: "has not ended",
    Deletion.CHILD_NOT_ENDED: "started one that has not ended",
    Deletion.PARENT_NOT_ENDED: "was started by one that has not ended",
    Deletion.DELIVERY_PENDING: "has something that is still to be delivered",
    Deletion.RESULT_UNDONE: "keeps others from reusing a result that was undone, for as long as they are there",
}


STANDING = select(EXECUTIONS.c.id, EXECUTIONS.c.completed_at, EXECUTIONS.c.parent_id).where(
    one_of(EXECUTIONS.c.id, word_list(IDS))
)
CHILDREN = select(EXECUTIONS.c.parent_id, EXECUTIONS.c.id).where(one_of(EXECUTIONS.c.parent_id, word_list(IDS)))
HAVE_CHILDREN = CHILDREN.with_only_columns(EXECUTIONS.c.parent_id).distinct()
LIVE_AMONG = select(EXECUTIONS.c.id).where(one_of(EXECUTIONS.c.id, word_list(IDS)), EXECUTIONS.c.completed_at.is_(None))
HELD_DELIVERIES = (
    select(DELIVERIES.c.execution_id, DELIVERIES.c.status)
    .where(one_of(DELIVERIES.c.execution_id, word_list(IDS)))
    .order_by(DELIVERIES.c.id)
    .with_for_update()
)
"""Who asks for one to be delivered again changes it before this transaction, or finds it gone after it."""

PENDING_AMONG = select(DELIVERIES.c.execution_id).where(
    one_of(DELIVERIES.c.execution_id, word_list(IDS)), DELIVERIES.c.status == DeliveryStatus.PENDING.value
)
HELD = (
    select(
        EXECUTIONS.c.id.label("execution_id"),
        EXECUTIONS.c.tenant,
        EXECUTIONS.c.created_by,
        EXECUTIONS.c.idempotency_key,
        EXECUTIONS.c.idempotency_fingerprint.label("fingerprint"),
        EXECUTIONS.c.change,
    )
    .where(one_of(EXECUTIONS.c.id, word_list(IDS)))
    .order_by(EXECUTIONS.c.id)
    .with_for_update()
)
"""Who writes what hangs on one holds it too, and has written before this transaction, or finds it gone after it."""


def _or_move_on(statement: Any) -> Any:
    later = statement.excluded.change
    return statement.on_conflict_do_update(
        index_elements=["tenant", "feed"], set_={"change": later}, where=GAPS.c.change < later
    )


def _or_replace(statement: Any) -> Any:
    names = ("fingerprint", "execution_id", "expires_at")
    return statement.on_conflict_do_update(
        index_elements=["tenant", "created_by", "idempotency_key"],
        set_={name: statement.excluded[name] for name in names},
    )


KEEP_KEYS = insert_rows(SPENT_KEYS, otherwise=_or_replace)
KEEP_GAPS = insert_rows(GAPS, otherwise=_or_move_on)

_ITSELF = select(EXECUTIONS.c.id, EXECUTIONS.c.id.label("top"), EXECUTIONS.c.completed_at).where(
    one_of(EXECUTIONS.c.id, word_list(IDS))
)
_BELOW = _ITSELF.cte("below", recursive=True)
_LOWER = EXECUTIONS.alias("lower")
_TREE = _BELOW.union_all(
    select(_LOWER.c.id, _BELOW.c.top, _LOWER.c.completed_at).join(_BELOW, _LOWER.c.parent_id == _BELOW.c.id)
)
_PENDING = (
    select(DELIVERIES.c.id)
    .where(DELIVERIES.c.execution_id == _TREE.c.id, DELIVERIES.c.status == DeliveryStatus.PENDING.value)
    .exists()
)
TREES = select(
    _TREE.c.top,
    func.count().filter(_TREE.c.completed_at.is_(None)).label("live"),
    func.count().filter(_PENDING).label("pending"),
    func.max(_TREE.c.completed_at).label("last_end"),
).group_by(_TREE.c.top)
"""Of each of some executions, with all that came of it: how many are live or have something to be delivered, and the
end of the last."""
UNDONE_AMONG = witnesses(one_of(EXECUTIONS.c.id, word_list(IDS)))
RERUNS_AMONG = select(EXECUTIONS.c.id).where(one_of(EXECUTIONS.c.id, word_list(IDS)), IS_RERUN).limit(1)
UNDONE_IN_TREES = witnesses(EXECUTIONS.c.id.in_(select(_TREE.c.id)))
RERUNS_IN_TREES = select(EXECUTIONS.c.id).join(_TREE, EXECUTIONS.c.id == _TREE.c.id).where(IS_RERUN).limit(1)


def delete_ended(
    connection: Connection,
    ids: Sequence[str],
    now: datetime,
    *,
    keys_for: timedelta = KEY_PERIOD,
    at_most: int = AT_ONCE,
) -> Mapping[str, Deletion]:
    """Delete those of `ids` that may go, each with all that came of it; the answer is for each of them.

    No more than `at_most` rows of executions go in this transaction, so give no more ids than that: what is
    `UNFINISHED` is asked for again in another transaction. Nothing of an execution goes before all of its tree may.
    Whose they are, and who may do this, is the caller's to check.
    """
    hold_rows(connection, ids)
    given = {IDS: list(ids)}
    standing = {row.id: row for row in connection.execute(STANDING, given)}
    answers = dict.fromkeys(ids, Deletion.NOT_FOUND)
    answers.update((found, Deletion.NOT_ENDED) for found, row in standing.items() if row.completed_at is None)
    ended = [found for found, row in standing.items() if row.completed_at is not None]
    parents = {row.parent_id for row in standing.values() if row.parent_id is not None}
    live = set(connection.execute(LIVE_AMONG, {IDS: sorted(parents)}).scalars()) if parents else set()
    read_on = [found for found in ended if standing[found].parent_id in live]
    answers.update(dict.fromkeys(read_on, Deletion.PARENT_NOT_ENDED))
    free = [found for found in ended if standing[found].parent_id not in live]
    tops = set(connection.execute(HAVE_CHILDREN, {IDS: free}).scalars()) if free else set()
    alone = [found for found in free if found not in tops]
    answers.update(delete_alone(connection, alone, now, keys_for))
    room = at_most - len(alone)
    for top in sorted(tops):
        fault = tree_fault(connection, top)
        if fault is not None:
            answers[top] = fault
            continue
        answers[top], gone = delete_tree(connection, top, now, keys_for, max(room, 1))
        room -= gone
    return answers


def delete_alone(
    connection: Connection, ids: Sequence[str], now: datetime, keys_for: timedelta
) -> Mapping[str, Deletion]:
    """Delete ended executions below which there are none; those stay for which a delivery is pending, and those without
    which it were forgotten that a result was undone.
    """
    if not ids:
        return {}
    needed = _needed(connection, RERUNS_AMONG, UNDONE_AMONG, ids)
    answers = _delete_leaves(connection, [found for found in ids if found not in needed], now, keys_for)
    return dict.fromkeys(needed, Deletion.RESULT_UNDONE) | answers


def held_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of some ended executions that cannot go yet for what hangs on themselves."""
    pending = set(connection.execute(PENDING_AMONG, {IDS: list(ids)}).scalars())
    return pending | _needed(connection, RERUNS_AMONG, UNDONE_AMONG, ids)


def _needed(connection: Connection, reruns: Select[Any], undone: Select[Any], ids: Sequence[str]) -> set[str]:
    """Those without which it were forgotten that a result was undone: nothing but a rerun can have reused one."""
    given = {IDS: list(ids)}
    if connection.execute(reruns, given).first() is None:
        return set()
    return set(connection.execute(undone, given).scalars())


def _delete_leaves(
    connection: Connection, ids: Sequence[str], now: datetime, keys_for: timedelta
) -> dict[str, Deletion]:
    held = connection.execute(HELD, {IDS: list(ids)}).mappings().all()
    deliveries = connection.execute(HELD_DELIVERIES, {IDS: [row["execution_id"] for row in held]})
    pending = {row.execution_id for row in deliveries if row.status == DeliveryStatus.PENDING}
    going = [row for row in held if row["execution_id"] not in pending]
    gone = [row["execution_id"] for row in going]
    if going:
        keyed = [row for row in going if row["idempotency_key"] is not None]
        KEEP_KEYS.execute(connection, [{**row, "expires_at": now + keys_for} for row in keyed])
        KEEP_GAPS.execute(connection, _gaps(going))
        delete_with_dependents(connection, gone)
    return dict.fromkeys(gone, Deletion.DELETED) | dict.fromkeys(pending, Deletion.DELIVERY_PENDING)


def _gaps(going: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """The last change of each tenant's that is deleted, in the one order in which all writers hold these rows."""
    last: dict[str, int] = {}
    for row in going:
        last[row["tenant"]] = max(row["change"], last.get(row["tenant"], 0))
    return [{"tenant": tenant, "feed": EXECUTION_FEED, "change": last[tenant]} for tenant in sorted(last)]


def tree_fault(connection: Connection, top: str) -> Deletion | None:
    """Why an execution and what came of it cannot go yet."""
    tree = connection.execute(TREES, {IDS: [top]}).one()
    return Deletion.CHILD_NOT_ENDED if tree.live else ended_tree_fault(connection, tree)


def ended_tree_fault(connection: Connection, tree: Any) -> Deletion | None:
    """Why an execution cannot go yet though it and what came of it have ended; `tree` is what `TREES` says of it."""
    if tree.pending:
        return Deletion.DELIVERY_PENDING
    return Deletion.RESULT_UNDONE if _needed(connection, RERUNS_IN_TREES, UNDONE_IN_TREES, [tree.top]) else None


def delete_tree(
    connection: Connection, top: str, now: datetime, keys_for: timedelta, room: int
) -> tuple[Deletion, int]:
    """Delete an execution and what came of it, all of which has ended; return what came of that, and how many went.

    It goes from the leaves up, as far as there is room: whoever goes on in another transaction finds a tree again.
    """
    gone = 0
    while gone < room:
        leaves = _leaves(connection, top, room - gone)
        answers = _delete_leaves(connection, leaves, now, keys_for)
        gone += _count(answers.values(), Deletion.DELETED)
        if Deletion.DELIVERY_PENDING in answers.values():  # it was asked for just now
            return Deletion.DELIVERY_PENDING, gone
        if leaves == [top]:
            return Deletion.DELETED, gone
    return Deletion.UNFINISHED, gone


def _leaves(connection: Connection, top: str, most: int) -> list[str]:
    """Some executions below `top` that have none below them; `top` itself where it has none."""
    level = [top]
    while True:
        below = connection.execute(CHILDREN.limit(most), {IDS: level}).all()
        if not below:
            return level
        level = [row.id for row in below]


def _count(answers: Iterable[Deletion], wanted: Deletion) -> int:
    return sum(answer is wanted for answer in answers)
