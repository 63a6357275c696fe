"""Fills a database with executions that wait, each a copy of one that really came to wait."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from engine.core.decide import wake_at
from engine.core.run import Parent, Run
from engine.core.state import fold
from engine.definition.acceptance import new_row
from engine.journal.projection import Entry, project
from engine.journal.rows import write_entries
from models.entities.executions import Event
from models.ids import new_id
from models.words import OnParentEnd
from resolvers.context import Services

BATCH = 2_000
OWNER = "own_seeded"
APART = timedelta(milliseconds=1)

Model = tuple[Run, Sequence[Event]]
"""An execution that waits, and its journal."""


async def copy(services: Services, copies: Iterator[Model]) -> int:
    """Write executions that stand where their models do; return how many."""
    count = 0
    batch: list[Entry] = []
    for run, events in copies:
        state = fold(events)
        until = wake_at(run.plan, state, run.deadline(state))
        batch.append(project(run, events, state, new_id, OWNER, new_execution=new_row(run), parks_at=until))
        if len(batch) == BATCH:
            count += await _write(services, batch)
    return count + await _write(services, batch)


def parked(model: Model, count: int) -> Iterator[Model]:
    """Copies of an execution that nobody has started."""
    run, events = model
    for number in range(count):
        at = run.created_at + number * APART
        yield msgspec.structs.replace(run, execution_id=f"exec_p{number:015x}", created_at=at), events


def tree(root: Model, middle: Model, leaf: Model, width: int) -> Iterator[Model]:
    """An execution that waits for `width` others, each of which waits for `width` leaves.

    The models of the first two wait for one item of a list.
    """
    below = [f"exec_m{number:015x}" for number in range(width)]
    top = msgspec.structs.replace(root[0], execution_id="exec_root")
    yield top, _waiting_for(root, below)
    for number, middle_id in enumerate(below):
        leaves = [f"exec_l{number:07x}{place:08x}" for place in range(width)]
        parent = Parent(top.execution_id, top.execution_id, 0, OnParentEnd.CANCEL)
        run = msgspec.structs.replace(middle[0], execution_id=middle_id, parent=parent)
        yield run, _waiting_for(middle, leaves)
        for leaf_id in leaves:
            above = Parent(middle_id, top.execution_id, 1, OnParentEnd.CANCEL)
            yield msgspec.structs.replace(leaf[0], execution_id=leaf_id, parent=above), leaf[1]


def _waiting_for(model: Model, children: Sequence[str]) -> list[Event]:
    _, events = model
    head = [event for event in events if "item" not in event.data]
    head = [_with(event, items=len(children)) if "items" in event.data else event for event in head]
    of_item = [event for event in events if "item" in event.data]
    found = head + [
        _with(event, item=item, **_address(event, child)) for item, child in enumerate(children) for event in of_item
    ]
    return [msgspec.structs.replace(event, sequence=place) for place, event in enumerate(found, start=1)]


def _address(event: Event, child: str) -> dict[str, Any]:
    return {"address": f"execution:{child}", "notes": {"execution_id": child}} if "address" in event.data else {}


def _with(event: Event, **data: Any) -> Event:
    return msgspec.structs.replace(event, data={**event.data, **data})


async def _write(services: Services, batch: list[Entry]) -> int:
    count = len(batch)
    await services.database.transaction(partial(write_entries, entries=list(batch), shard=0))
    batch.clear()
    return count
