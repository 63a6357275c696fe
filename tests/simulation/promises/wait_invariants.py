"""Signals are taken once, and none that came in time is missed; waits are as long as they say."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import column, select
from sqlalchemy import table as table_of

from engine.actions.wait import SIGNAL_PREFIX
from engine.core.state import ExecutionState, slot
from models.database.tables import table
from models.database.waiting_tables import ExecutionMessageRow, ExpectationRow, ReleasedExecutionRow
from models.entities.executions import Event
from models.moments import spelled
from models.words import ActionErrorCode, EventType
from tests.simulation.world import World

MOMENT = table(ExecutionMessageRow).c.sent_at.type
SENT = table_of("sent_message", column("execution_id"), column("address"), column("sent_at", MOMENT))
KEPT_WHILE_LIVE = (ExpectationRow, ExecutionMessageRow, ReleasedExecutionRow)


def wait_faults(world: World, execution_id: str, events: Sequence[Event], state: ExecutionState) -> Iterator[str]:
    """What is wrong with the waits of one execution that has ended."""
    taken = [action.response for action in state.actions.values() if "signal" in (action.response or ())]
    sent = world.clients.signals[execution_id]
    if len(taken) > sent:
        yield f"{len(taken)} signals were taken, {sent} were sent"
    moments = [(response["signal"], response["sent_at"]) for response in taken]
    if len(set(moments)) < len(moments):
        yield f"a signal was taken twice: {moments}"
    responses = [event.data.get("response") for event in events if event.type == EventType.ACTION_SUCCEEDED]
    read = [response["sent_at"] for response in responses if isinstance(response, dict) and "signal" in response]
    left = [moment for moment in _sent_to(world, execution_id) if spelled(moment) not in read]
    due: dict[str, datetime] = {}
    for event in events:
        if event.action_id is None:
            continue
        name = slot(event.action_id, event.data.get("item"))
        if "resolved_by" in event.data or event.type == EventType.ACTION_CANCELLED:
            due.pop(name, None)
            continue
        if event.type == EventType.ACTION_WAITING and "due_at" in event.data and event.data["reason"] != "execution":
            due[name] = datetime.fromisoformat(event.data["due_at"])
        elif name in due and event.at < due[name] and event.data.get("response") is None:
            yield f"{name} did not wait until {due[name]}"
        elif (event.data.get("error") or {}).get("code") == ActionErrorCode.TIMEOUT and name in due:
            missed = [moment for moment in left if moment < due[name]]
            if missed:
                yield f"{name} missed signals that came at {missed}, before {due[name]}"


def _sent_to(world: World, execution_id: str) -> list[datetime]:
    """When each signal was sent to an execution, whatever became of it."""
    is_signal = SENT.c.address.startswith(SIGNAL_PREFIX)
    sent = select(SENT.c.sent_at).where(SENT.c.execution_id == execution_id, is_signal)
    return world.disk.read(lambda connection: list(connection.execute(sent).scalars()))


def expectation_faults(world: World) -> Iterator[str]:
    """Nothing is expected, and nothing waits to be taken or to be cancelled, once all executions have ended."""
    for kept in KEPT_WHILE_LIVE:
        rows = world.disk.read(lambda connection, kept=kept: connection.execute(select(table(kept))).all())
        if rows:
            yield f"still kept in {kept.__tablename__}: {rows}"
