"""With what the journal of an execution begins: its acceptance, and the results of another one that hold in it.

They are written whole, so that the other one may be deleted.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.core.action_state import ActionState
from engine.core.reuse import Asked, Judgement, Past
from engine.core.state import size_of
from models.entities.executions import Event
from models.moments import spelled
from models.rerun_words import ReuseVerdict
from models.words import ActionStatus, EventType

Result = tuple[str, dict[str, Any]]
"""An action, and the data of the event that tells of a result of it."""


class Opening(msgspec.Struct, frozen=True):
    """What goes with the acceptance, and the results that are there from the beginning, in their order."""

    accepted: Mapping[str, Any] = {}
    results: tuple[Result, ...] = ()

    def events(self, at: datetime) -> list[Event]:
        """The first entries of the journal."""
        accepted = Event(1, EventType.EXECUTION_QUEUED, at, None, self.accepted)
        reused = (
            Event(number, EventType.ACTION_REUSED, at, action_id, data)
            for number, (action_id, data) in enumerate(self.results, 2)
        )
        return [accepted, *reused]

    @property
    def size(self) -> int:
        """The bytes that it takes of the journal."""
        return size_of(self.accepted) + sum(size_of(data) for _, data in self.results)


def opening(
    past: Past,
    judgements: Iterable[Judgement],
    asked: Asked,
    at: datetime,
    *,
    keeps_versions: bool,
    told: Mapping[str, Any],
) -> Opening:
    """The opening of an execution that does another one over, as it was judged; `told` goes with its acceptance.

    Results are in the order in which they came, so that what has to be undone is undone from the last one on.
    """
    judged = {judgement.action_id: judgement for judgement in judgements}
    results: list[Result] = []
    for action_id, state in past.state.actions.items():
        if (judgement := judged.get(action_id)) is not None:
            results += ((action_id, data) for data in _results(past.execution_id, judgement, state))
    given = [action_id for action_id, found in judged.items() if found.verdict is ReuseVerdict.GIVEN]
    results += ((action_id, _given(asked.given[action_id], at)) for action_id in given)
    children = {slot: child for judgement in judged.values() for slot, child in judgement.children.items()}
    rerun = {
        "of": past.execution_id,
        "from": asked.start.value,
        "children": children,
        "keeps_versions": keeps_versions,
        "reuses_approvals": not asked.asked_again,
    }
    return Opening({**told, "rerun": rerun}, tuple(results))


def _results(execution_id: str, judgement: Judgement, state: ActionState) -> Iterator[dict[str, Any]]:
    items, is_whole = state.items if state.resolved_by is None else None, judgement.is_reused
    if items is not None and (is_whole or judgement.reused_items):
        total = items.total if judgement.total_items is None else judgement.total_items
        yield {"items": total, "attempt": 1, "from": execution_id}
        for item in sorted(items.ended) if is_whole else judgement.reused_items:
            yield {"item": item, **_of_state(execution_id, items.ended[item], with_response=True)}
    if is_whole:
        yield _of_state(execution_id, state, with_response=items is None)


def _of_state(execution_id: str, state: ActionState, *, with_response: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "status": state.status.value,
        "attempt": state.attempt,
        "from": state.reused_from or execution_id,
        "started_at": spelled(state.started_at),
        "completed_at": spelled(state.completed_at or state.started_at),
    }
    if with_response:
        data["response"] = state.response
        if state.http is not None:
            data["http"] = state.http
    if state.error is not None:
        data["error"] = state.error
    if state.lost_to is not None:
        data["lost_to"] = state.lost_to
    if state.iteration > 1:
        data["iteration"] = state.iteration
    return data


def _given(response: Any, at: datetime) -> dict[str, Any]:
    return {
        "status": ActionStatus.SUCCESS.value,
        "attempt": 0,
        "given": True,
        "started_at": spelled(at),
        "completed_at": spelled(at),
        "response": response,
    }
