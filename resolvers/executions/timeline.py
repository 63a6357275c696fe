"""What each action of an execution did when, as spans of time, derived from the journal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from models.entities.executions import Event
from models.event_types import Step, facts_of
from models.words import ActionPhase, WaitReason
from resolvers.executions.graphs import Graph


class SpanKind(StrEnum):
    """What an action did in a span."""

    QUEUED = "queued"
    WAITING = "waiting"
    RUNNING = "running"


class Span(msgspec.Struct, frozen=True):
    """From `started_at` to `ended_at`, None where it goes on. `attempt` counts from 1: the one it is, or leads to."""

    kind: SpanKind
    started_at: datetime
    ended_at: datetime | None
    attempt: int
    reason: WaitReason | None = None


class ActionTimeline(msgspec.Struct, frozen=True):
    """One row of a Gantt chart."""

    action_id: str
    spans: tuple[Span, ...]
    reused_from: str | None = None
    """The execution that did it before this one began, so that there is no span of it."""


def timeline(drawn: Graph, events: Iterable[Event]) -> list[ActionTimeline]:
    """A row for each action that became ready, in the order of the definition. Spans without a length are left out.

    What cleans up shows from its start.
    """
    rows = {node.action_id: _Lane() for node in drawn.nodes}
    main = [node.action_id for node in drawn.nodes if node.phase is ActionPhase.MAIN]
    needs: Mapping[str, set[str]] = {
        action_id: {edge.source for edge in drawn.edges if edge.target == action_id} for action_id in main
    }
    has_begun = False
    for event in events:
        if "item" in event.data:
            continue  # the row of an action spans all of its items
        if event.action_id is not None:
            if event.action_id in rows:  # a newer version may know actions that this one does not
                rows[event.action_id].tell(event)
            step = facts_of(event.type).step
            if step is Step.ENDS or (step is Step.REUSES and "status" in event.data):
                for action_id, sources in needs.items():
                    sources.discard(event.action_id)
                    if not sources and has_begun:
                        rows[action_id].ready(event.at)
            continue
        match facts_of(event.type).step:
            case Step.BEGINS:
                has_begun = True
                for action_id, sources in needs.items():
                    if not sources:
                        rows[action_id].ready(event.at)
            case Step.RESUMES:
                for row in rows.values():
                    row.interrupted(event.at)
            case Step.STOPS:
                for action_id in main:
                    rows[action_id].end(event.at)
            case Step.ENDS:
                for row in rows.values():
                    row.end(event.at)
    return [
        ActionTimeline(action_id, row.told(), row.reused_from)
        for action_id, row in rows.items()
        if row.told() or row.reused_from is not None
    ]


def item_spans(events: Iterable[Event]) -> Mapping[str, Mapping[int, tuple[Span, ...]]]:
    """What was done for each item, by its action and its index. It is queued from the moment when its action began."""
    began: dict[str, datetime] = {}
    lanes: defaultdict[str, dict[int, _Lane]] = defaultdict(dict)
    for event in events:
        action_id, item = event.action_id, event.data.get("item")
        if action_id is None:
            for of_action in lanes.values():
                _heed(of_action.values(), event)
        elif item is None:
            if "items" in event.data:
                began[action_id] = event.at
            _heed(lanes[action_id].values(), event)
        else:
            lane = lanes[action_id].get(item)
            if lane is None:
                lane = lanes[action_id][item] = _Lane()
                lane.ready(began.get(action_id, event.at))
            lane.tell(event)
    return {
        action_id: {item: lane.told() for item, lane in of_action.items()} for action_id, of_action in lanes.items()
    }


def _heed(lanes: Iterable["_Lane"], event: Event) -> None:
    """What befalls an action or its execution befalls what it does for each item."""
    match facts_of(event.type).step:
        case Step.RESUMES:
            for lane in lanes:
                lane.interrupted(event.at)
        case Step.STOPS | Step.ENDS:
            for lane in lanes:
                lane.end(event.at)


def _reason(event: Event) -> WaitReason | None:
    """None where this version does not know it."""
    try:
        return WaitReason(str(event.data.get("reason")))
    except ValueError:
        return None


class _Lane:
    """The spans of one action so far; the last one is open while nothing has ended it."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._open: Span | None = None
        self._attempt = 0
        self._is_over = False
        self._has_items = False
        self.reused_from: str | None = None

    def ready(self, at: datetime) -> None:
        if self._open is None and not self._spans and not self._is_over:
            self._open = Span(SpanKind.RUNNING if self._has_items else SpanKind.QUEUED, at, None, 1)

    def tell(self, event: Event) -> None:
        match facts_of(event.type).step:
            case Step.BEGINS:
                self._attempt = event.data.get("attempt", self._attempt + 1)
                self._begin(SpanKind.RUNNING, event.at, self._attempt)
            case Step.WAITS:
                self._begin(SpanKind.WAITING, event.at, self._attempt, _reason(event))
            case Step.PAUSES | Step.DEFERS:
                self._begin(SpanKind.WAITING, event.at, self._attempt + 1, _reason(event))
            case Step.REUSES:
                self._open = None
                self._has_items = "items" in event.data
                self._is_over = not self._has_items
                self.reused_from = None if self._has_items else event.data.get("from")
            case Step.ENDS:
                self.end(event.at)

    def interrupted(self, at: datetime) -> None:
        if self._open is not None and self._open.kind is SpanKind.RUNNING:
            self._begin(SpanKind.QUEUED, at, self._attempt + 1)

    def end(self, at: datetime) -> None:
        self._close(at)
        self._is_over = True

    def told(self) -> tuple[Span, ...]:
        return (*self._spans, *([self._open] if self._open is not None else ()))

    def _begin(self, kind: SpanKind, at: datetime, attempt: int, reason: WaitReason | None = None) -> None:
        self._close(at)
        self._open = Span(kind, at, None, attempt, reason)

    def _close(self, at: datetime) -> None:
        if self._open is not None and (at > self._open.started_at or self._open.kind is SpanKind.RUNNING):
            self._spans.append(msgspec.structs.replace(self._open, ended_at=at))
        self._open = None
