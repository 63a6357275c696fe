"""The state of an execution is a pure fold over its events."""

import copy
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bounds import MAX_JOURNAL_BYTES
from engine.core.state import (
    EVENT_TYPES,
    ActionState,
    ExecutionState,
    Stopping,
    apply,
    fold,
)
from models.entities.executions import Event
from models.event_types import TERMINAL_EVENTS
from models.words import ActionStatus, EventType, ExecutionStatus
from tests.support.core.stories import (
    CANCELLED,
    COMPLETED,
    ERROR,
    FAILED,
    QUEUED,
    RESUMED,
    STARTED,
    STORIES,
    Entry,
    at,
    begun,
    broken,
    events,
    state_after,
    stopping,
    succeeded,
    to_be_repeated,
)

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
