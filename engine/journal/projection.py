"""The rows that are written with an execution's events, derived from them and the state after them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from engine.actions.protocol import Delivery, Message
from engine.core.by_hand import is_by_hand
from engine.core.decide import completed_actions, current_action
from engine.core.expectations import Changes, delays, expectation_changes
from engine.core.failure import NOBODY_WAITS
from engine.core.run import Run, child_address
from engine.core.state import ExecutionState, size_of
from engine.core.truncation import MAX_RESPONSE_BYTES, shortened
from engine.journal.bases import Basis
from engine.journal.broadcast import CALLBACKS, JOBS, MESSAGE_TOPIC, expectations_of, feed_of
from models.entities.audit import AuditNote
from models.entities.executions import Event
from models.event_types import CHANGES_STATUS, FACTS, TERMINAL_EVENTS
from models.ids import ACTIVITY_PREFIX, CALLBACK_PREFIX, MESSAGE_PREFIX, NewId
from models.words import CallbackEvent, DeliveryChannel, DeliveryStatus, EventType, ExecutionStatus

ITS_ID = 100
"""Bytes of what is kept of an execution's end beside what is told of it."""

MAX_TOLD_BYTES = MAX_RESPONSE_BYTES // 4
"""Of the result, and of the outputs, of an execution that has kept more than a response may hold."""

NewRow = dict[str, Any]
"""A row to write, by its columns."""

ToDeliver = tuple[str, Delivery]
"""What an action, by its id, has to say."""

ACTIVITIES = {kind: facts.activity for kind, facts in FACTS.items() if facts.activity is not None}
CALLBACK_EVENTS = {kind: facts.callback for kind, facts in FACTS.items() if facts.callback is not None}
"""The `event` of a callback (decision E15)."""


class Entry(msgspec.Struct, frozen=True):
    """All the rows of one append, committed together or not at all."""

    execution_id: str
    tenant: str
    changes_status: bool
    new_execution: NewRow | None
    execution: NewRow
    events: list[NewRow]
    activities: list[NewRow]
    callbacks: list[NewRow]
    expectations: Changes
    taken: Sequence[str]
    sent: list[tuple[str, Message]]
    """What others are told of its end, each by the id of an execution."""
    children: "list[Entry]"
    """Executions that are accepted with it."""
    released: Sequence[str]
    """Executions that it waits for no more, and that may not have ended."""
    cleans_up: bool
    """Whether it is of the clean-up after a cancel."""
    totals: NewRow | None
    audit: AuditNote | None
    takes_over: bool
    """Whether whoever has it in hand is to let go of it, and anybody may take it up."""
    group: tuple[str, str] | None = None
    """The limited group whose room this takes or gives back: a workflow's id and a concurrency key."""
    has_parent: bool = False
    """Whether it is of an execution that another one has started."""
    calls_from: datetime | None = None
    """Where somebody had it go on by hand: since when anybody may take it, if it is in no hand."""
    parks_at: datetime | None = None
    """Where whoever has it in hand lets go of it: when it is to be taken up again."""
    is_survived: bool = False
    """Whether with it a counted life has come to something (`lives`)."""
    basis: Basis | None = None
    """Where it accepts an execution: what of its workflow was remembered for that, and is looked at in the commit."""
    delays: Collection[str] = ()
    """Where whoever has it in hand lets go of it: why it is to rest until then, but for waits for the outside."""

    @property
    def begins(self) -> bool:
        """Whether it takes an execution out of the queue."""
        return any(event["type"] == EventType.EXECUTION_STARTED for event in self.events)

    @property
    def ends(self) -> bool:
        """Whether nothing comes after it."""
        return self.execution["completed_at"] is not None

    @property
    def is_child(self) -> bool:
        """Whether it accepts an execution that another one has started."""
        return self.new_execution is not None and self.has_parent

    @property
    def wants_node(self) -> bool:
        """Whether it accepts an execution that any node may take, or takes one from who has it, to clean up."""
        is_called = self.takes_over or self.calls_from is not None
        return is_called or (self.new_execution is not None and self.new_execution["runnable_at"] is not None)

    @property
    def topics(self) -> list[str]:
        """Who is to be woken when this is on disk."""
        topics = [self.execution_id]
        if self.changes_status:
            topics.append(feed_of(self.tenant))
        if self.callbacks:
            topics.append(CALLBACKS)
        if self.wants_node:
            topics.append(JOBS)
        if self.expectations.upserts or self.expectations.deletes:
            topics.append(expectations_of(self.tenant))
        if self.sent:
            topics.append(MESSAGE_TOPIC)
        return topics


def project(
    run: Run,
    events: Sequence[Event],
    state: ExecutionState,
    new_id: NewId,
    owner: str,
    new_execution: NewRow | None = None,
    audit: AuditNote | None = None,
    taken: Sequence[str] = (),
    released: Sequence[str] = (),
    parks_at: datetime | None = None,
    deliveries: Sequence[ToDeliver] = (),
    basis: Basis | None = None,
) -> Entry:
    """All the rows that follow from `events`, written by `owner`, after which the execution stands at `state`.

    `new_execution` holds the fixed columns where this accepts an execution; `audit` says who asked for this, where
    somebody did, and else it is the doing of who started the execution; `taken` are the messages that led to it, and
    `released` the executions that it waits for no more. With `parks_at` its owner lets go of it until that moment.
    `deliveries` is what its actions have to say. `basis` is what of its workflow was remembered for its acceptance.
    """
    takes_over = any(event.type == EventType.EXECUTION_STOPPING and "user_id" in event.data for event in events)
    left_until = events[-1].at if takes_over else parks_at
    is_called = state.pause is None and any(is_by_hand(event) for event in events)
    is_called = is_called and (state.has_begun or run.group is None)  # else its turn in its group decides
    changes_status = any(event.type in CHANGES_STATUS for event in events)
    return Entry(
        execution_id=run.execution_id,
        tenant=run.tenant,
        changes_status=changes_status,
        new_execution=new_execution,
        execution=_execution_row(run, state, left_until),
        events=_event_rows(run, events, owner),
        activities=_activity_rows(run, events, new_id, (audit and audit.actor) or run.created_by),
        callbacks=[*_callback_rows(run, events, new_id), *_said_rows(run, events, deliveries, new_id)],
        expectations=expectation_changes(run, events, state),
        taken=taken,
        sent=_sent(run, events, state, new_id),
        children=[],
        released=released,
        cleans_up=state.cleans_up_cancel,
        totals=_totals(run, events, state),
        audit=audit,
        group=run.group if changes_status else None,
        has_parent=run.parent is not None,
        takes_over=takes_over,
        calls_from=events[-1].at if is_called else None,
        parks_at=parks_at,
        basis=None if new_execution is None else basis,
        delays=() if parks_at is None else delays(state),
    )


def _execution_row(run: Run, state: ExecutionState, left_until: datetime | None) -> NewRow:
    """The columns of the execution that its state decides, and what becomes of its place in the queue.

    Where it is `let_go`, any node may take it from `left_until` on; while it `stands_still`, and once it has ended,
    nobody may.
    """
    return {
        "status": state.status.value,
        "completed_actions": completed_actions(run.plan, state),
        "current_action": current_action(state),
        "error": state.error,
        "started_at": state.started_at,
        "completed_at": state.completed_at,
        "expires_at": run.deadline(state) if state.status is ExecutionStatus.QUEUED else None,
        "stands_still": state.pause is not None or state.status.is_terminal,
        "let_go": left_until is not None,
        "left_until": left_until,
    }


def _event_rows(run: Run, events: Iterable[Event], owner: str) -> list[NewRow]:
    """The journal entries."""
    return [
        {
            "execution_id": run.execution_id,
            "sequence": event.sequence,
            "owner": owner,
            "type": event.type,
            "at": event.at,
            "action_id": event.action_id,
            "data": event.data,
        }
        for event in events
    ]


def _totals(run: Run, events: Sequence[Event], state: ExecutionState) -> NewRow | None:
    """What these events add to the workflow's running totals; None where they add nothing."""
    kinds = {event.type for event in events}
    accepted = EventType.EXECUTION_QUEUED in kinds
    ended = state.completed_at if kinds & TERMINAL_EVENTS.keys() else None
    if not accepted and ended is None:
        return None
    ran = ended is not None and state.status is not ExecutionStatus.CANCELLED
    return {
        "tenant": run.tenant,
        "workflow_id": run.workflow_id,
        "accepted": int(accepted),
        "completed": int(ended is not None and state.status is ExecutionStatus.COMPLETED),
        "failed": int(ended is not None and state.status is ExecutionStatus.FAILED),
        "cancelled": int(ended is not None and state.status is ExecutionStatus.CANCELLED),
        "run_seconds": (ended - run.created_at).total_seconds() if ended is not None and ran else 0.0,
        "last_execution_at": run.created_at if accepted else None,
    }


def _activity_rows(run: Run, events: Iterable[Event], new_id: NewId, user_id: str) -> list[NewRow]:
    """The lines for the activity feed."""
    return [
        {
            "id": new_id(ACTIVITY_PREFIX),
            "tenant": run.tenant,
            "type": ACTIVITIES[EventType(event.type)].value,
            "at": event.at,
            "user_id": event.data.get("user_id") or user_id,
            "details": {"workflow_id": run.workflow_id, "execution_id": run.execution_id},
        }
        for event in events
        if event.type in ACTIVITIES
    ]


def _callback_rows(run: Run, events: Iterable[Event], new_id: NewId) -> list[NewRow]:
    """What is to be delivered: so no execution can end without its callback, nor the other way round."""
    if run.callback_url is None:
        return []
    callback = Delivery(channel=DeliveryChannel.CALLBACK, url=run.callback_url, content={})
    return [
        _delivery_row(run, callback, CALLBACK_EVENTS[EventType(event.type)], event.at, new_id) | {"content": None}
        for event in events
        if event.type in CALLBACK_EVENTS
    ]


def _said_rows(run: Run, events: Sequence[Event], deliveries: Iterable[ToDeliver], new_id: NewId) -> Iterator[NewRow]:
    """What actions have to say: so none can succeed without it, nor the other way round."""
    for action_id, delivery in deliveries:
        row = _delivery_row(run, delivery, CallbackEvent.NOTIFICATION, events[-1].at, new_id)
        yield row | {"action_id": action_id}


def _delivery_row(run: Run, delivery: Delivery, event: CallbackEvent, at: datetime, new_id: NewId) -> NewRow:
    return {
        "id": new_id(CALLBACK_PREFIX),
        "execution_id": run.execution_id,
        "tenant": run.tenant,
        "url": delivery.url,
        "host": urlsplit(delivery.url).hostname or delivery.channel.value,
        "event": event.value,
        "channel": delivery.channel.value,
        "action_id": None,
        "service": delivery.service,
        "endpoint": delivery.endpoint,
        "content": delivery.content,
        "withheld": delivery.withheld,
        "status": DeliveryStatus.PENDING.value,
        "attempts": 0,
        "step": 0,
        "next_attempt_at": at,
        "node_id": None,
        "created_at": at,
        "completed_at": None,
    }


def _sent(run: Run, events: Sequence[Event], state: ExecutionState, new_id: NewId) -> list[tuple[str, Message]]:
    """The end of an execution, as it is told to the one that started it, unless it ends because nobody waits for it."""
    if run.parent is None or not state.status.is_terminal or state.error == NOBODY_WAITS:
        return []
    data: dict[str, Any] = {
        "status": state.status.value,
        "result": {
            action_id: {"status": action.status.value, "response": action.response}
            for action_id, action in state.actions.items()
        },
        "error": state.error,
    }
    if state.outputs is not None:
        data["outputs"] = state.outputs
    if state.size > MAX_RESPONSE_BYTES and size_of(data) > MAX_RESPONSE_BYTES - ITS_ID:
        # Of the whole only the beginning would be kept, and nobody who reads a hundred of them could bear it.
        data |= {name: shortened(data[name], MAX_TOLD_BYTES) for name in ("result", "outputs") if name in data}
    address, at = child_address(run.execution_id), events[-1].at
    return [(run.parent.execution_id, Message(new_id(MESSAGE_PREFIX), address, data, run.execution_id, at))]
