"""The state of an execution is a pure fold over its events."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bounds import MAX_JOURNAL_BYTES
from engine.core.state import (
    EVENT_TYPES,
    TERMINAL_EVENTS,
    ActionState,
    ExecutionState,
    Expected,
    Stopping,
    Timer,
    apply,
    fold,
)
from models.entities import Event
from models.words import ActionStatus, EventType, ExecutionStatus, WaitReason

START = datetime(2026, 1, 1, tzinfo=UTC)
DUE_AT = START + timedelta(hours=1)
ERROR = {"code": "HTTP_ERROR", "message": "no"}

Entry = tuple[EventType, str | None, dict[str, Any]]

QUEUED: Entry = (EventType.EXECUTION_QUEUED, None, {})
STARTED: Entry = (EventType.EXECUTION_STARTED, None, {})
RESUMED: Entry = (EventType.EXECUTION_RESUMED, None, {})
COMPLETED: Entry = (EventType.EXECUTION_COMPLETED, None, {})
FAILED: Entry = (EventType.EXECUTION_FAILED, None, {"error": ERROR})
CANCELLED: Entry = (EventType.EXECUTION_CANCELLED, None, {})


def stopping(outcome: str, **data: Any) -> Entry:
    return EventType.EXECUTION_STOPPING, None, {"outcome": outcome, **data}


def begun(action_id: str, attempt: int = 1) -> Entry:
    return EventType.ACTION_STARTED, action_id, {"attempt": attempt}


def succeeded(action_id: str, response: Any = None) -> Entry:
    return EventType.ACTION_SUCCEEDED, action_id, {"response": response}


def broken(action_id: str, response: Any = None) -> Entry:
    return EventType.ACTION_FAILED, action_id, {"response": response, "error": ERROR}


def to_be_repeated(action_id: str, attempt: int = 1) -> Entry:
    data = {"attempt": attempt, "error": ERROR, "reason": "retry_backoff", "due_at": DUE_AT.isoformat()}
    return EventType.ACTION_RETRY_SCHEDULED, action_id, data


def deferred(action_id: str) -> Entry:
    return EventType.ACTION_DEFERRED, action_id, {"reason": "circuit_open", "due_at": DUE_AT.isoformat()}


def iterated(action_id: str, iteration: int = 1, response: Any = None) -> Entry:
    data = {"attempt": 1, "iteration": iteration, "response": response, "reason": "repeat_delay"}
    return EventType.ACTION_REPEAT_SCHEDULED, action_id, {**data, "due_at": DUE_AT.isoformat()}


def waiting(action_id: str, due_at: datetime | None = None) -> Entry:
    data = {"reason": "signal", "address": "signal:go", "notes": {"seen": 1}}
    return EventType.ACTION_WAITING, action_id, data | ({} if due_at is None else {"due_at": due_at.isoformat()})


def expanded(action_id: str, total: int) -> Entry:
    return EventType.ACTION_STARTED, action_id, {"attempt": 1, "items": total}


def of_item(item: int, entry: Entry) -> Entry:
    kind, action_id, data = entry
    return kind, action_id, {**data, "item": item}


def skipped(action_id: str) -> Entry:
    return EventType.ACTION_SKIPPED, action_id, {"reason": "when"}


def at(sequence: int) -> datetime:
    return START + timedelta(seconds=sequence)


def events(*entries: Entry) -> list[Event]:
    return [
        Event(sequence, kind.value, at(sequence), action_id, data)
        for sequence, (kind, action_id, data) in enumerate(entries, start=1)
    ]


def state_after(*entries: Entry) -> ExecutionState:
    return fold(events(*entries))


# --- the execution -------------------------------------------------------------------------------


def test_no_event_is_a_queued_execution() -> None:
    assert fold([]) == ExecutionState(sequence=0, status=ExecutionStatus.QUEUED)


def test_an_accepted_execution_is_queued_and_has_not_started() -> None:
    assert state_after(QUEUED) == ExecutionState(sequence=1, size=2)


def test_a_started_execution_is_running_since_then() -> None:
    state = ExecutionState(sequence=2, status=ExecutionStatus.RUNNING, started_at=at(2), size=4)
    assert state_after(QUEUED, STARTED) == state


@pytest.mark.parametrize(
    ("entry", "status", "error"),
    [
        (COMPLETED, ExecutionStatus.COMPLETED, None),
        (FAILED, ExecutionStatus.FAILED, ERROR),
        (CANCELLED, ExecutionStatus.CANCELLED, None),
    ],
)
def test_a_terminal_event_ends_the_execution(
    entry: Entry, status: ExecutionStatus, error: dict[str, Any] | None
) -> None:
    state = state_after(QUEUED, STARTED, entry)
    size = 4 + len(msgspec.json.encode(entry[2]))
    assert state == ExecutionState(3, status, started_at=at(2), completed_at=at(3), error=error, size=size)
    assert state.status.is_terminal


def test_its_room_is_what_its_events_leave_and_the_clean_up_has_as_much_again() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), succeeded("a", "x" * 1_000))
    assert state.room == MAX_JOURNAL_BYTES - state.size
    assert 1_000 < state.size < 1_100
    after = state_after(QUEUED, STARTED, begun("a"), succeeded("a", "x" * 1_000), stopping("completed"))
    assert after.room == 2 * MAX_JOURNAL_BYTES - after.size


def test_an_execution_may_be_cancelled_while_it_is_queued() -> None:
    state = state_after(QUEUED, CANCELLED)
    assert (state.status, state.started_at, state.completed_at) == (ExecutionStatus.CANCELLED, None, at(2))


def test_the_terminal_events_lead_to_the_terminal_statuses() -> None:
    assert {status for status in ExecutionStatus if status.is_terminal} == set(TERMINAL_EVENTS.values())


# --- actions -------------------------------------------------------------------------------------


def test_a_started_action_is_running() -> None:
    state = state_after(QUEUED, STARTED, begun("a"))
    assert state.actions == {"a": ActionState(ActionStatus.RUNNING, 1, at(3))}


@pytest.mark.parametrize("response", [None, 0, "", [], {"x": [1]}, "text"])
def test_a_succeeded_action_keeps_its_response_and_its_times(response: Any) -> None:
    state = state_after(QUEUED, STARTED, begun("a"), succeeded("a", response))
    assert state.actions == {"a": ActionState(ActionStatus.SUCCESS, 1, at(3), at(4), response)}


def test_a_failed_action_keeps_its_error_and_what_was_answered() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), broken("a", {"why": 1}))
    assert state.actions == {"a": ActionState(ActionStatus.FAILED, 1, at(3), at(4), {"why": 1}, ERROR, failures=1)}
    assert state.status is ExecutionStatus.RUNNING


def test_the_events_of_one_action_leave_the_others_alone() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), begun("b"), succeeded("b", 2))
    assert state.actions["a"] == ActionState(ActionStatus.RUNNING, 1, at(3))
    assert state.actions["b"] == ActionState(ActionStatus.SUCCESS, 1, at(4), at(5), 2)


@pytest.mark.parametrize("entry", [FAILED, CANCELLED])
def test_what_was_under_way_at_the_end_is_cancelled(entry: Entry) -> None:
    state = state_after(QUEUED, STARTED, begun("a"), begun("b"), begun("c"), succeeded("a"), broken("b"), entry)
    assert {name: (action.status, action.completed_at) for name, action in state.actions.items()} == {
        "a": (ActionStatus.SUCCESS, at(6)),
        "b": (ActionStatus.FAILED, at(7)),
        "c": (ActionStatus.CANCELLED, at(8)),
    }


# --- resuming ------------------------------------------------------------------------------------


def test_a_resume_makes_running_actions_pending_and_keeps_ended_ones() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), begun("b"), begun("c"), succeeded("a", 1), broken("b"), RESUMED)
    assert state.actions == {
        "a": ActionState(ActionStatus.SUCCESS, 1, at(3), at(6), 1),
        "b": ActionState(ActionStatus.FAILED, 1, at(4), at(7), None, ERROR, failures=1),
        "c": ActionState(ActionStatus.PENDING, 1, at(5)),
    }
    assert (state.status, state.started_at, state.sequence) == (ExecutionStatus.RUNNING, at(2), 8)


def test_a_resume_leaves_a_queued_execution_queued() -> None:
    assert state_after(QUEUED, RESUMED) == ExecutionState(sequence=2, size=4)


def test_a_pending_action_that_starts_again_is_running_with_its_new_attempt() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), RESUMED, begun("a", 2))
    assert state.actions == {"a": ActionState(ActionStatus.RUNNING, 2, at(5), first_started_at=at(3))}


def test_an_outcome_belongs_to_the_latest_attempt() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), RESUMED, begun("a", 2), succeeded("a", "x"))
    assert state.actions == {"a": ActionState(ActionStatus.SUCCESS, 2, at(5), at(6), "x", first_started_at=at(3))}


def test_a_pending_action_is_cancelled_with_its_execution() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), RESUMED, CANCELLED)
    assert state.actions == {"a": ActionState(ActionStatus.CANCELLED, 1, at(3), at(5))}


# --- retries and timers --------------------------------------------------------------------------


def test_an_action_that_is_to_be_repeated_is_pending_and_has_a_timer() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), to_be_repeated("a"))
    assert state.actions == {"a": ActionState(ActionStatus.PENDING, 1, at(3), error=ERROR, failures=1)}
    assert state.timers == {"a": Timer(DUE_AT, WaitReason.RETRY_BACKOFF)}


def test_its_next_attempt_takes_the_timer_away_and_remembers_the_first_start() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), to_be_repeated("a"), begun("a", 2))
    assert state.timers == {}
    assert state.actions == {
        "a": ActionState(ActionStatus.RUNNING, 2, at(5), error=ERROR, failures=1, first_started_at=at(3))
    }
    later = state_after(QUEUED, STARTED, begun("a"), to_be_repeated("a"), begun("a", 2), to_be_repeated("a", 2))
    assert (later.actions["a"].failures, later.actions["a"].first_started_at) == (2, at(3))


def test_an_attempt_that_a_crash_cut_off_is_no_failure() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), RESUMED, begun("a", 2), broken("a"))
    assert (state.actions["a"].attempt, state.actions["a"].failures) == (2, 1)


def test_a_deferred_action_has_a_timer_and_was_never_started() -> None:
    state = state_after(QUEUED, STARTED, deferred("a"))
    assert (state.actions, state.timers) == ({}, {"a": Timer(DUE_AT, WaitReason.CIRCUIT_OPEN)})


def test_a_takeover_keeps_the_timers() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), begun("b"), to_be_repeated("a"), RESUMED)
    assert set(state.timers) == {"a"}


@pytest.mark.parametrize("entry", [FAILED, CANCELLED])
def test_no_timer_outlives_its_execution(entry: Entry) -> None:
    state = state_after(QUEUED, STARTED, begun("a"), to_be_repeated("a"), deferred("b"), entry)
    assert state.timers == {}
    assert {name: action.status for name, action in state.actions.items()} == {"a": ActionStatus.CANCELLED}


# --- purity --------------------------------------------------------------------------------------


def test_items_are_told_apart_and_their_responses_are_put_in_order() -> None:
    state = fold(events(*STORIES[-5]))
    action = state.actions["a"]
    assert (action.status, action.response, action.attempt) == (ActionStatus.SUCCESS, ["x", "y", None], 1)
    assert action.items is not None
    assert (action.items.live, action.items.first_new, action.items.failed) == ({}, 3, 1)
    assert [item.attempt for _, item in sorted(action.items.ended.items())] == [2, 2, 1]
    assert state.timers == {}


def test_a_cut_off_item_is_to_be_done_over_and_its_action_goes_on() -> None:
    state = fold(events(*STORIES[-5][:6]))
    action = state.actions["a"]
    assert (action.status, action.is_under_way) == (ActionStatus.RUNNING, False)
    assert action.items is not None
    assert {item: live.status for item, live in action.items.live.items()} == {
        0: ActionStatus.PENDING,
        2: ActionStatus.PENDING,
    }
    assert state.timers["a[2]"].due_at == DUE_AT


def test_the_end_of_an_action_is_that_of_its_items_and_of_their_timers() -> None:
    state = fold(events(*STORIES[-3][:-1]))
    items = state.actions["a"].items
    assert items is not None
    assert (items.live, items.ended[0].status, state.timers) == ({}, ActionStatus.CANCELLED, {})


def test_what_waits_waits_on_after_a_take_over_and_its_timer_is_kept() -> None:
    story = [QUEUED, STARTED, begun("a"), waiting("a", DUE_AT), RESUMED]
    state = fold(events(*story))
    assert (state.actions["a"].status, state.timers["a"].due_at) == (ActionStatus.WAITING, DUE_AT)
    assert state.actions["a"].wait == Expected(WaitReason.SIGNAL, "signal:go", {"seen": 1})
    assert fold(events(*story, waiting("a"))).timers == {}


def test_an_action_that_ends_takes_its_items_and_their_timers_with_it() -> None:
    state = state_after(
        QUEUED,
        STARTED,
        expanded("a", 4),
        of_item(1, deferred("a")),
        deferred("b"),
        of_item(0, begun("a")),
        of_item(0, to_be_repeated("a")),
        of_item(2, begun("a")),
        of_item(2, broken("a")),
        broken("a"),
    )
    items = state.actions["a"].items
    assert items is not None
    assert (set(state.timers), items.live) == ({"b"}, {})
    assert [items.ended[item].status.value for item in sorted(items.ended)] == ["cancelled", "cancelled", "failed"]


def test_the_timer_of_an_item_is_no_other_items() -> None:
    entries = [expanded("a", 11), of_item(1, deferred("a")), of_item(10, deferred("a")), of_item(1, begun("a"))]
    assert set(state_after(QUEUED, STARTED, *entries).timers) == {"a[10]"}


def test_an_end_takes_the_items_under_way_with_it() -> None:
    action = fold(events(*STORIES[-2])).actions["a"]
    assert action.items is not None
    assert (action.status, action.items.ended[0].status) == (ActionStatus.CANCELLED, ActionStatus.CANCELLED)
    assert action.items.live == {}


def test_an_iteration_counts_its_failures_anew_and_remembers_the_response_before() -> None:
    story = [QUEUED, STARTED, begun("a"), to_be_repeated("a"), begun("a", 2), iterated("a", 1, "one"), begun("a", 3)]
    action = fold(events(*story)).actions["a"]
    assert (action.iteration, action.previous, action.failures, action.first_started_at) == (2, "one", 0, None)
    later = fold(events(*story, to_be_repeated("a", 3), begun("a", 4))).actions["a"]
    assert (later.failures, later.first_started_at, later.previous) == (1, at(7), "one")


# --- the clean-up --------------------------------------------------------------------------------


def test_the_end_of_the_main_part_ends_its_actions_and_timers_and_not_the_execution() -> None:
    state = state_after(
        QUEUED, STARTED, begun("a"), succeeded("a"), begun("b"), begun("c"), to_be_repeated("c"), RESUMED
    )
    after = apply(state, Event(9, EventType.EXECUTION_STOPPING, at(9), None, {"outcome": "failed", "error": ERROR}))
    assert after.status is ExecutionStatus.RUNNING
    assert after.stopping == Stopping(ExecutionStatus.FAILED, at(9), 1, error=ERROR)
    assert {name: action.status for name, action in after.actions.items()} == {
        "a": ActionStatus.SUCCESS,
        "b": ActionStatus.CANCELLED,
        "c": ActionStatus.CANCELLED,
    }
    assert (after.timers, after.error, after.completed_at) == ({}, None, None)


def test_an_end_after_the_clean_up_ends_what_is_under_way_of_that() -> None:
    state = state_after(QUEUED, STARTED, stopping("completed", outputs={"x": 1}), begun("z"), COMPLETED)
    assert state.actions["z"].status is ActionStatus.CANCELLED
    assert state.stopping == Stopping(ExecutionStatus.COMPLETED, at(3), 0, outputs={"x": 1})


def test_outputs_come_with_the_end() -> None:
    end: Entry = (EventType.EXECUTION_COMPLETED, None, {"outputs": {"x": 1}})
    assert state_after(QUEUED, STARTED, end).outputs == {"x": 1}


def test_actions_are_in_the_order_of_their_last_events() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), begun("b"), begun("c"), succeeded("b"), succeeded("a"))
    assert list(state.actions) == ["c", "b", "a"]


STORIES = [
    [QUEUED, STARTED, begun("a"), begun("b"), succeeded("a", {"x": [1]}), broken("b"), FAILED],
    [QUEUED, STARTED, begun("a"), RESUMED, begun("a", 2), succeeded("a"), begun("b"), succeeded("b"), COMPLETED],
    [QUEUED, RESUMED, STARTED, begun("a"), begun("b"), RESUMED, RESUMED, begun("a", 2), CANCELLED],
    [QUEUED, STARTED, begun("a"), succeeded("a"), skipped("b"), COMPLETED],
    [
        QUEUED,
        STARTED,
        begun("a"),
        succeeded("a"),
        begun("b"),
        to_be_repeated("b"),
        stopping("cancelled", user_id="ada"),
        begun("a.compensate"),
        RESUMED,
        begun("a.compensate", 2),
        broken("a.compensate"),
        CANCELLED,
    ],
    [QUEUED, CANCELLED],
    [QUEUED, STARTED, begun("a"), iterated("a"), begun("a", 2), broken("a"), FAILED],
    [
        QUEUED,
        STARTED,
        expanded("a", 3),
        of_item(2, deferred("a")),
        of_item(0, begun("a")),
        RESUMED,
        of_item(0, begun("a", 2)),
        of_item(1, begun("a")),
        of_item(1, to_be_repeated("a")),
        of_item(0, succeeded("a", "x")),
        of_item(2, begun("a")),
        of_item(2, broken("a")),
        of_item(1, begun("a", 2)),
        of_item(1, succeeded("a", "y")),
        (EventType.ACTION_SUCCEEDED, "a", {}),
        COMPLETED,
    ],
    [QUEUED, STARTED, begun("a"), waiting("a"), RESUMED, waiting("a", DUE_AT), succeeded("a"), COMPLETED],
    [QUEUED, STARTED, expanded("a", 2), of_item(0, begun("a")), of_item(0, to_be_repeated("a")), broken("a"), FAILED],
    [QUEUED, STARTED, expanded("a", 2), of_item(0, begun("a")), CANCELLED],
    [QUEUED, STARTED, deferred("b"), begun("a"), to_be_repeated("a"), begun("b"), begun("a", 2), broken("a"), FAILED],
]


def test_the_stories_below_hold_every_type_of_event() -> None:
    assert {kind for story in STORIES for kind, _, _ in story} == EVENT_TYPES


@pytest.mark.parametrize("story", STORIES)
def test_applying_an_event_changes_neither_the_state_nor_the_event(story: list[Entry]) -> None:
    state = ExecutionState()
    for event in events(*story):
        before, event_before = copy.deepcopy(state), copy.deepcopy(event)
        after = apply(state, event)
        assert (state, event) == (before, event_before)
        assert after is not state
        state = after


@pytest.mark.parametrize("story", STORIES)
def test_the_sequence_is_that_of_the_last_event(story: list[Entry]) -> None:
    journal = events(*story)
    for count in range(1, len(journal) + 1):
        assert fold(journal[:count]).sequence == count


@given(story=st.sampled_from(STORIES), data=st.data())
def test_a_fold_may_stop_anywhere_and_go_on_from_its_state(story: Sequence[Entry], data: st.DataObject) -> None:
    journal = events(*story)
    cut = data.draw(st.integers(0, len(journal)))
    state = fold(journal[:cut])
    for event in journal[cut:]:
        state = apply(state, event)
    assert state == fold(journal)
