"""Hides inputs and outputs from who may see that something ran, but not what it worked on (`execution:payload`)."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from models.entities.callbacks import CallbackDelivery
from models.entities.executions import (
    ActionResult,
    Event,
    ExecutionDetail,
    ExecutionSummary,
    ItemResult,
    WaitingAction,
)
from models.event_types import FACTS
from models.words import Permission
from resolvers.access.permissions import may
from resolvers.context import Viewer
from resolvers.executions.on_demand import Mapped

E = TypeVar("E", bound=ExecutionSummary)
R = TypeVar("R", ActionResult, ItemResult)

HIDDEN = "Hidden: to read this you need the permission execution:payload"
SHOWN_DATA: frozenset[str] = frozenset().union(*(facts.shown for facts in FACTS.values()))
"""What an event says of the run itself; a key that is not known here is taken for payload."""

SHOWN_OF_ERROR = frozenset(
    {"code", "action_id", "attempt", "retryable", "http_status", "own_code", "compensation_failed"}
)


def visible(viewer: Viewer, execution: E) -> E:
    """The execution as the caller may see it: without the permission its payload is None, and messages are hidden."""
    if may(viewer, Permission.EXECUTION_PAYLOAD):
        return execution
    changes: dict[str, Any] = {"parameters": None, "callback_url": None, "error": _bare(execution.error)}
    if isinstance(execution, ExecutionDetail):
        changes["outputs"] = None
        changes["actions"] = tuple(
            msgspec.structs.replace(
                _bare_result(action),
                items=Mapped(_bare_result, action.items),
                own_key=None if action.own_key is None else HIDDEN,
            )
            for action in execution.actions
        )
        changes["events"] = Mapped(_bare_event, execution.events)
        changes["waiting"] = tuple(map(bare_wait, execution.waiting))
    return msgspec.structs.replace(execution, **changes)


def visible_event(viewer: Viewer, event: Event) -> Event:
    """The event as the caller may see it."""
    return event if may(viewer, Permission.EXECUTION_PAYLOAD) else _bare_event(event)


def visible_delivery(viewer: Viewer, delivery: CallbackDelivery) -> CallbackDelivery:
    """The delivery as the caller may see it: an address can hold a token, and so can what its owner answers."""
    if may(viewer, Permission.EXECUTION_PAYLOAD):
        return delivery
    attempts = tuple(
        msgspec.structs.replace(attempt, error=HIDDEN if attempt.error is not None else None)
        for attempt in delivery.attempts
    )
    return msgspec.structs.replace(delivery, url=HIDDEN, content=None, attempts=attempts)


def bare_wait(action: WaitingAction) -> WaitingAction:
    """The wait without the name of a signal, which a template may have made of the payload."""
    return action if action.signal is None else msgspec.structs.replace(action, signal=None)


def _bare_event(event: Event) -> Event:
    data = {key: value for key, value in event.data.items() if key in SHOWN_DATA}
    if event.data.get("error") is not None:
        data["error"] = _bare(event.data["error"])
    return msgspec.structs.replace(event, data=data)


def _bare_result(result: R) -> R:
    return msgspec.structs.replace(result, response=None, http=None, error=_bare(result.error))


def _bare(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {key: value for key, value in error.items() if key in SHOWN_OF_ERROR} | {"message": HIDDEN}
