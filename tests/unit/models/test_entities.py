"""The arithmetic of the entities: progress (E7), duration (E8), result (E6), version words, pages (W8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.entities.executions import ActionResult, Event, ExecutionDetail, ExecutionSummary, Progress
from models.entities.pages import Page
from models.entities.workflows import WorkflowSummary, version_word
from models.words import ActionStatus, ExecutionStatus, WorkflowStatus

START = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "id": "exec_1",
    "workflow_id": "wf_1",
    "revision": 0,
    "status": ExecutionStatus.RUNNING,
    "created_by": "ada",
    "parameters": {},
    "callback_url": None,
    "created_at": START,
    "started_at": START + timedelta(seconds=5),
    "completed_at": None,
    "total_actions": 3,
    "completed_actions": 1,
    "current_action": None,
    "error": None,
}


def execution(**changes: Any) -> ExecutionSummary:
    return ExecutionSummary(**{**FIELDS, **changes})


def detail(*actions: ActionResult, **changes: Any) -> ExecutionDetail:
    events = [Event(number, "execution_queued", START, None, {}) for number in (1, 2, 3)]
    return ExecutionDetail(**{**FIELDS, "actions": actions, "events": events, **changes})


def action(action_id: str, status: ActionStatus, response: Any = None, error: Any = None) -> ActionResult:
    return ActionResult(
        action_id=action_id,
        status=status,
        attempt=1,
        started_at=START,
        completed_at=None,
        response=response,
        error=error,
    )


# --- progress ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "total", "percentage"),
    [(0, 3, 0.0), (1, 3, 33.33), (2, 3, 66.67), (3, 3, 100.0), (1, 8, 12.5), (1, 7, 14.29), (499, 500, 99.8)],
)
def test_the_percentage_is_rounded_to_two_digits(done: int, total: int, percentage: float) -> None:
    progress = execution(completed_actions=done, total_actions=total).progress
    assert progress == Progress(done, total, None, percentage)


@pytest.mark.parametrize(
    ("status", "percentage"),
    [
        (ExecutionStatus.QUEUED, 0.0),
        (ExecutionStatus.RUNNING, 0.0),
        (ExecutionStatus.COMPLETED, 100.0),
        (ExecutionStatus.FAILED, 0.0),
        (ExecutionStatus.CANCELLED, 0.0),
    ],
)
def test_an_execution_without_actions_is_at_100_only_when_completed(status: ExecutionStatus, percentage: float) -> None:
    progress = execution(status=status, completed_actions=0, total_actions=0).progress
    assert progress.percentage == percentage


def test_the_progress_names_the_current_action() -> None:
    assert execution(current_action="fetch").progress.current_action == "fetch"


@given(total=st.integers(1, 500), data=st.data())
def test_the_percentage_is_between_0_and_100_and_whole_only_at_the_end(total: int, data: st.DataObject) -> None:
    done = data.draw(st.integers(0, total))
    percentage = execution(completed_actions=done, total_actions=total).progress.percentage
    assert 0.0 <= percentage <= 100.0
    assert (percentage == 100.0) == (done == total)
    assert (percentage == 0.0) == (done == 0)


# --- duration and version ------------------------------------------------------------------------


def test_a_live_execution_has_no_duration() -> None:
    assert execution().duration_seconds is None


@pytest.mark.parametrize("seconds", [0.0, 0.25, 75.0, 86_400.0 * 7])
def test_the_duration_is_counted_from_acceptance(seconds: float) -> None:
    ended = START + timedelta(seconds=seconds)
    duration = execution(status=ExecutionStatus.COMPLETED, completed_at=ended).duration_seconds
    assert duration == seconds
    assert isinstance(duration, float)


@pytest.mark.parametrize(("revision", "word"), [(0, "1.0"), (1, "1.1"), (9, "1.9"), (10, "1.10"), (123, "1.123")])
def test_a_version_counts_the_changes_of_the_definition(revision: int, word: str) -> None:
    assert version_word(revision) == word
    assert execution(revision=revision).version == word
    workflow = WorkflowSummary(
        id="wf_1",
        name="Report",
        description=None,
        status=WorkflowStatus.ACTIVE,
        revision=revision,
        created_by="ada",
        created_at=START,
        updated_at=START,
        tags=[],
        timeout_seconds=None,
    )
    assert workflow.version == word


# --- result --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(ExecutionStatus))
def test_there_is_a_result_once_the_execution_has_ended(status: ExecutionStatus) -> None:
    assert (detail(status=status).result is not None) == status.is_terminal


def test_a_completed_execution_without_actions_has_an_empty_result() -> None:
    assert detail(status=ExecutionStatus.COMPLETED).result == {}


def test_the_result_is_keyed_by_action_and_only_a_failed_one_adds_its_error() -> None:
    error = {"code": "HTTP_ERROR"}
    ended = detail(
        action("b", ActionStatus.SUCCESS, response={"x": 1}),
        action("a", ActionStatus.FAILED, response="no", error=error),
        action("c", ActionStatus.CANCELLED),
        status=ExecutionStatus.FAILED,
    )
    assert ended.result == {
        "b": {"status": "success", "response": {"x": 1}},
        "a": {"status": "failed", "response": "no", "error": error},
        "c": {"status": "cancelled", "response": None},
    }
    assert list(ended.result) == ["b", "a", "c"]


def test_the_last_sequence_is_the_cursor_of_the_journal() -> None:
    assert detail().last_sequence == 3


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "size", "pages"),
    [(0, 50, 0), (1, 50, 1), (49, 50, 1), (50, 50, 1), (51, 50, 2), (100, 1, 100), (1_000_001, 100, 10_001)],
)
def test_pages_are_counted_up_to_the_last_item(items: int, size: int, pages: int) -> None:
    assert Page(1, size, items).total_pages == pages


@given(items=st.integers(0, 10**6), size=st.integers(1, 100))
def test_the_pages_hold_all_items_and_none_is_empty(items: int, size: int) -> None:
    pages = Page(1, size, items).total_pages
    assert pages * size >= items
    assert (pages - 1) * size < items or pages == 0
