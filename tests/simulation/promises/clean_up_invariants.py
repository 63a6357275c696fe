"""What must hold for the clean-up of an execution, as its journal alone tells it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from engine.core.plan import Plan, PlannedAction
from models.entities.executions import Event
from models.event_types import TERMINAL_EVENTS
from models.words import EventType, ExecutionStatus
from tests.simulation.promises.results import has_result, has_succeeded


def clean_up_faults(plan: Plan, events: Sequence[Event], timeout_seconds: int) -> Iterator[str]:
    """Every promise about the clean-up that an execution broke which has ended."""
    stops = [index for index, event in enumerate(events) if event.type == EventType.EXECUTION_STOPPING]
    last = events[-1] if events else None
    if last is None or last.type not in TERMINAL_EVENTS:
        return
    status = TERMINAL_EVENTS[EventType(last.type)]
    yield from _output_faults(plan, events, status)
    if last.data.get("is_terminated"):
        return  # by hand, amid whatever there was
    was_begun = any(event.type == EventType.EXECUTION_STARTED for event in events)
    if len(stops) != int(was_begun and _is_wanted(plan, status)):
        yield f"it is {status} after {len(stops)} ends of its main part"
        return
    main = {action.action_id for action in plan.actions}
    yield from _error_faults(plan, events)
    if not stops:
        strange = sorted({event.action_id for event in events if event.action_id} - main)
        if strange:
            yield f"{strange} ran, and the main part was never over"
        return
    before, stop, after = events[: stops[0]], events[stops[0]], events[stops[0] + 1 :]
    if stop.data["outcome"] != status:
        yield f"it was to be {stop.data['outcome']}, and is {status}"
    for event in (*before, *after):
        if event.action_id is not None and (event.action_id in main) != (event.sequence < stop.sequence):
            yield f"{event.type} of {event.action_id} in the wrong part"
    phases = _wanted_phases(plan, before, status)
    yield from _phase_faults(phases, after)
    if last.at < stop.at + timedelta(seconds=timeout_seconds):
        ended = {event.action_id for event in after if has_result(event) and "item" not in event.data}
        left = sorted({name for phase in phases for name in phase} - ended)
        if left:
            yield f"its clean-up had time and did not end {left}"


def _is_wanted(plan: Plan, status: ExecutionStatus) -> bool:
    is_undone = bool(plan.compensations) and status is not ExecutionStatus.COMPLETED
    return bool(plan.on_exit) or is_undone or (bool(plan.on_failure) and status is ExecutionStatus.FAILED)


def _wanted_phases(plan: Plan, before: Sequence[Event], status: ExecutionStatus) -> list[set[str]]:
    """What is to run, in its order: each compensation by itself, then `on_failure`, then `on_exit`."""
    phases: list[set[str]] = []
    if status is not ExecutionStatus.COMPLETED:
        whole = [event.action_id for event in _successes(before)]
        phases += [{f"{name}.compensate"} for name in reversed(whole) if name in plan.compensations]
    if status is ExecutionStatus.FAILED:
        phases.append(_ids(plan.on_failure))
    return [*phases, _ids(plan.on_exit)]


def _successes(events: Sequence[Event]) -> list[Event]:
    """Those of whole actions, not of single items."""
    return [event for event in events if has_succeeded(event) and "item" not in event.data]


def _ids(actions: Sequence[PlannedAction]) -> set[str]:
    return {action.action_id for action in actions}


def _phase_faults(phases: Sequence[set[str]], after: Sequence[Event]) -> Iterator[str]:
    """Nothing runs that is not to, and nothing before all that comes before it has ended."""
    place = {name: number for number, phase in enumerate(phases) for name in phase}
    ended: set[str] = set()
    for event in after:
        if event.action_id is None:
            continue
        if event.action_id not in place:
            yield f"{event.type} of {event.action_id}, which was not to run"
            continue
        missing = {name for phase in phases[: place[event.action_id]] for name in phase} - ended
        if missing:
            yield f"{event.type} of {event.action_id} before the end of {sorted(missing)}"
        if has_result(event) and "item" not in event.data:
            ended.add(event.action_id)


def _error_faults(plan: Plan, events: Sequence[Event]) -> Iterator[str]:
    """What could not be undone is named by the error."""
    error = events[-1].data.get("error")
    if error is None:
        return
    done = {event.action_id for event in _successes(events)}
    stops = [event.sequence for event in events if event.type == EventType.EXECUTION_STOPPING]
    main = [event for event in _successes(events) if not stops or event.sequence < stops[0]]
    owed = {event.action_id for event in main if event.action_id in plan.compensations}
    left = {name for name in owed if f"{name}.compensate" not in done}
    if set(error.get("compensation_failed", ())) != left:
        yield f"{sorted(map(str, left))} were not undone, the error says {error.get('compensation_failed')}"


def _output_faults(plan: Plan, events: Sequence[Event], status: ExecutionStatus) -> Iterator[str]:
    """They are those of the workflow, or of the action that finished it early."""
    wanted = plan.outputs.keys() if status is ExecutionStatus.COMPLETED else ()
    finishers = {action.action_id for action in plan.ending}
    for event in events:
        if event.type == EventType.ACTION_SUCCEEDED and event.action_id in finishers:
            wanted = event.data["response"].keys() if status is ExecutionStatus.COMPLETED else ()
    found = events[-1].data.get("outputs", {})
    if set(found) != set(wanted):
        yield f"the outputs are {found}, wanted were {sorted(wanted)}"
