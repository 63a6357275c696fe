"""Executions that do others over: what they reuse is what those had, is called by nobody, and is undone once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from engine.core.plan import COMPENSATION_SUFFIX
from engine.core.state import fold
from models.entities.executions import Event
from models.words import EventType
from tests.simulation.promises.results import has_result
from tests.simulation.witness import Witness


def rerun_faults(
    rows: Mapping[str, Row[Any]], journals: Mapping[str, Sequence[Event]], witness: Witness
) -> Iterator[str]:
    """What is wrong with what executions reuse of others; all have ended."""
    for execution_id, events in journals.items():
        reused = [event for event in events if event.type == EventType.ACTION_REUSED]
        if reused and events[: len(reused) + 1] != [events[0], *reused]:
            yield f"{execution_id}: its journal does not begin with what it reuses"
        for event in reused:
            if has_result(event) and not event.data.get("given"):
                found = _faults(event, rows, journals, witness, execution_id)
                yield from (f"{execution_id}: {fault}" for fault in found)


def _faults(
    event: Event,
    rows: Mapping[str, Row[Any]],
    journals: Mapping[str, Sequence[Event]],
    witness: Witness,
    execution_id: str,
) -> Iterator[str]:
    name, item, origin = event.action_id or "", event.data.get("item"), event.data["from"]
    if rows[execution_id].rerun_of is None or origin not in rows:
        yield f"{name} is reused from {origin}, which it does not do over"
        return
    state = fold(journals[origin]).actions[name]
    had = state if item is None else state.items and state.items.state(item)
    response = event.data.get("response") if "response" in event.data else had and had.response
    if had is None or (had.status, had.response) != (event.data["status"], response):
        yield f"{name} is reused as {event.data}, and was {had}"
    parts = [execution_id, name] if item is None else [execution_id, name, str(item)]
    if any(call.key == ":".join(parts) for call in witness.calls):
        yield f"{name} is reused, and was called"
    undone = f"{name}{COMPENSATION_SUFFIX}"
    if item is None:
        keys = Counter(call.key for call in witness.calls if call.key.endswith(f":{undone}"))
        strange = [key for key in keys if key != f"{origin}:{undone}" and key.startswith(f"{execution_id}:")]
        if strange:
            yield f"what was reused from {origin} was undone by {strange}"
