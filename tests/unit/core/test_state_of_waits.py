"""Timers, items and iterations, as the fold of a journal has them."""

import pytest

from engine.core.state import (
    ActionState,
    Expected,
    Timer,
    fold,
)
from models.words import ActionStatus, WaitReason
from tests.support.core.stories import (
    CANCELLED,
    DUE_AT,
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
    deferred,
    events,
    expanded,
    iterated,
    of_item,
    state_after,
    to_be_repeated,
    waiting,
)

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
