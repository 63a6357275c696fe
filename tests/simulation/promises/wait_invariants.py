"""Signals are taken once, and none that came in time is missed; waits are as long as they say."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from engine.core.state import ExecutionState, slot
from models.database.tables import table
from models.database.waiting_tables import ExecutionMessage, Expectation
from models.entities import Event
from models.words import ActionErrorCode, EventType
from tests.simulation.world import World

EXPECTATIONS = table(Expectation)
MESSAGES = table(ExecutionMessage)


def wait_faults(world: World, execution_id: str, events: Sequence[Event], state: ExecutionState) -> Iterator[str]:
    """What is wrong with the waits of one execution that has ended."""
    taken = [action.response for action in state.actions.values() if "signal" in (action.response or ())]
    sent = world.clients.signals[execution_id]
    if len(taken) > sent:
        yield f"{len(taken)} signals were taken, {sent} were sent"
    moments = [(response["signal"], response["sent_at"]) for response in taken]
    if len(set(moments)) < len(moments):
        yield f"a signal was taken twice: {moments}"
    left = world.disk.read(
        lambda connection: list(
            connection.execute(select(MESSAGES.c.sent_at).where(MESSAGES.c.execution_id == execution_id)).scalars()
        )
    )
    due: dict[str, datetime] = {}
    for event in events:
        if event.action_id is None:
            continue
        name = slot(event.action_id, event.data.get("item"))
        if event.type == EventType.ACTION_WAITING and "due_at" in event.data and event.data["reason"] != "execution":
            due[name] = datetime.fromisoformat(event.data["due_at"])
        elif name in due and event.at < due[name] and event.data.get("response") is None:
            yield f"{name} did not wait until {due[name]}"
        elif (event.data.get("error") or {}).get("code") == ActionErrorCode.TIMEOUT and name in due:
            missed = [moment for moment in left if moment < due[name]]
            if missed:
                yield f"{name} missed signals that came at {missed}, before {due[name]}"


def expectation_faults(world: World) -> Iterator[str]:
    """Nothing is expected once all executions have ended."""
    left = world.disk.read(lambda connection: connection.execute(select(EXPECTATIONS)).all())
    if left:
        yield f"still expected: {left}"
