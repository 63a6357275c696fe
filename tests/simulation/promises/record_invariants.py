"""Which calls may reach a service: each answers to one start on disk, and none follows a result or a cancel."""

from collections.abc import Collection, Iterator, Sequence

from engine.services.registry import ServiceRegistry
from models.words import EventType
from tests.simulation.witness import Called, Committed, Witness
from tests.simulation.workflows import is_of_clean_up

ABORT_SECONDS = 1.0


def calls_are_covered(witness: Witness) -> Iterator[str]:
    """Each call needs a start of its action which its own process had on disk, and which no other call used.

    With the order of the journal (no start after a result) this says that after a journaled result its key is never
    called again, but for a process that was overtaken: its call can be on its way while its successor writes.
    """
    used: set[tuple[int, str]] = set()
    for call in witness.calls:
        execution_id, of_slot = call.execution_id, call.slot
        own = [
            entry
            for entry in witness.commits
            if entry.process == call.process and entry.execution_id == execution_id and entry.tick < call.tick
        ]
        starts = [entry for entry in own if entry.slot == of_slot]
        if not starts or starts[-1].kind != EventType.ACTION_STARTED:
            yield f"{call.process} called {call.key} without a start on disk"
        elif (starts[-1].sequence, call.key) in used:
            yield f"{call.process} called {call.key} twice for one start"
        else:
            used.add((starts[-1].sequence, call.key))
            yield from _after_a_result(witness.commits, call, own[-1])


def _after_a_result(commits: Sequence[Committed], call: Called, newest: Committed) -> Iterator[str]:
    execution_id, of_slot = call.execution_id, call.slot
    of_action = (of_slot, of_slot.partition("[")[0])
    again = (
        entry.sequence
        for entry in commits
        if entry.execution_id == execution_id and entry.slot in of_action and entry.kind == EventType.ACTION_REOPENED
    )
    since = max((sequence for sequence in again if sequence <= newest.sequence), default=0)
    for entry in commits:
        is_result = entry.kind in (EventType.ACTION_SUCCEEDED, EventType.ACTION_FAILED)
        is_of_the_call = entry.execution_id == execution_id and entry.slot == of_slot
        if is_result and is_of_the_call and since < entry.sequence <= newest.sequence:
            yield f"{call.process} called {call.key} after its result was journaled"


def gates_hold(witness: Witness, registry: ServiceRegistry) -> Iterator[str]:
    """No process has more calls of a service under way at once than the service takes."""
    for call in witness.calls:
        others = [
            other
            for other in witness.calls
            if (other.process, other.host) == (call.process, call.host)
            and other.tick <= call.tick
            and (other.ended_tick is None or other.ended_tick > call.tick)
        ]
        if len(others) > registry[call.host].max_concurrency:
            yield f"{call.process} had {len(others)} calls of {call.host} under way with {call.key}"


def unsafe_calls_are_not_repeated(witness: Witness, unsafe: Collection[str]) -> Iterator[str]:
    """After a call that reached its service no retry is planned, where nobody said that a second call does no harm."""
    for call in witness.calls:
        place = (call.execution_id, call.slot)
        if f"{call.execution_id}:{call.slot.partition('[')[0]}" not in unsafe:
            continue
        later = (
            entry.kind
            for entry in witness.commits
            if entry.process == call.process and entry.tick > call.tick and (entry.execution_id, entry.slot) == place
        )
        if next(later, None) == EventType.ACTION_RETRY_SCHEDULED:
            yield f"{call.process} called {call.key}, which is not safe to repeat, and planned to repeat it"


def cancels_stop_work(witness: Witness) -> Iterator[str]:
    """Whoever answers a cancel stops the work that it has in flight, and begins no other."""
    for cancel in witness.cancels:
        for call in witness.calls:
            if call.process != cancel.process or call.execution_id != cancel.execution_id:
                continue
            if is_of_clean_up(call.slot) and not cancel.is_final:
                continue
            if call.tick > cancel.tick:
                yield f"{call.process} called {call.key} after it had answered a cancel"
            elif call.ended_at is not None and call.ended_at > cancel.at + ABORT_SECONDS:
                yield f"{call.process} let the call {call.key} go on after it had answered a cancel"
