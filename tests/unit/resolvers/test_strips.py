"""An execution in a line: letters that are folded, and sentences that say the strongest."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from engine.core.plan import Plan
from engine.core.state import ActionState, ExecutionState
from engine.definition.compiling import compile_plan
from models.entities.executions import ExecutionSummary, Pause, WaitingAction
from models.words import ActionStatus, ExecutionStatus, WaitReason
from resolvers.executions.payload import HIDDEN
from resolvers.overviews.reasons import MAX_LENGTH, STRONGEST_FIRST, reason
from resolvers.overviews.strips import MOST, OF_STATUS, WORST_FIRST, folded, strip

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=8, minutes=41, seconds=7)
TOMORROW = NOW + timedelta(days=1)


def action(action_id: str, **more: Any) -> dict[str, Any]:
    return {"action_id": action_id, "action_type": "notification", "depends_on": [], **more}


UNDONE = {"compensate": {"action_type": "notification", "config": {"message": "undo"}}}
PLAN: Plan = compile_plan([], [action("a", **UNDONE), action("b"), action("c"), action("d")])


def state(**statuses: ActionStatus) -> ExecutionState:
    actions = {name.replace("__", "."): ActionState(status, 1, NOW) for name, status in statuses.items()}
    return ExecutionState(status=ExecutionStatus.RUNNING, started_at=NOW, actions=actions)


def waits(action_id: str, why: WaitReason, **more: Any) -> WaitingAction:
    return WaitingAction(action_id=action_id, reason=why, **more)


def test_each_status_has_a_letter_and_each_letter_its_rank() -> None:
    assert OF_STATUS.keys() == set(ActionStatus)
    assert {*OF_STATUS.values(), "p", "u", "-"} == {*WORST_FIRST}


def test_a_letter_says_what_became_of_an_action() -> None:
    begun = state(a=ActionStatus.SUCCESS, b=ActionStatus.RUNNING, c=ActionStatus.FAILED)
    assert strip(PLAN, begun, ()) == "srf-"
    assert strip(PLAN, begun, [waits("d", WaitReason.DEPENDENCIES)]) == "srf-"
    assert strip(PLAN, begun, [waits("d", WaitReason.CIRCUIT_OPEN)]) == "srfw"
    assert strip(PLAN, begun, [waits("b", WaitReason.APPROVAL)]) == "spf-"


def test_what_is_undone_is_told_once_that_has_succeeded() -> None:
    [name] = [undo.action_id for undo in PLAN.compensations.values()]
    for status, letter in ((ActionStatus.RUNNING, "s"), (ActionStatus.FAILED, "s"), (ActionStatus.SUCCESS, "u")):
        undone = ActionState(status, 1, NOW)
        before = state(a=ActionStatus.SUCCESS)
        after = msgspec.structs.replace(before, actions={**before.actions, name: undone})
        assert strip(PLAN, after, ())[0] == letter


@pytest.mark.parametrize("count", [0, 1, MOST, MOST + 1, 2 * MOST, 500])
def test_many_actions_share_so_many_letters_that_all_are_told(count: int) -> None:
    assert len(folded("s" * count)) == min(count, MOST)
    for place in range(count):
        assert "f" in folded("s" * place + "f" + "s" * (count - place - 1))


def test_of_several_the_worst_is_shown() -> None:
    for better, worse in zip(WORST_FIRST[1:], WORST_FIRST, strict=False):
        assert folded([better, worse] * MOST) == worse * MOST


SUMMARY = ExecutionSummary(
    id="exec_1",
    workflow_id="wf_1",
    revision=0,
    status=ExecutionStatus.RUNNING,
    created_by="ada",
    callback_url=None,
    created_at=NOW,
    started_at=NOW,
    completed_at=None,
    total_actions=4,
    completed_actions=0,
    current_action=None,
    error=None,
)


def told(*waiting: WaitingAction, **changes: Any) -> str | None:
    return reason(msgspec.structs.replace(SUMMARY, **changes), state(), waiting, NOW)


@pytest.mark.parametrize(
    ("wait", "sentence"),
    [
        (waits("a", WaitReason.APPROVAL, until=TOMORROW), "a: somebody has to decide until 2026-01-02 12:00"),
        (waits("a", WaitReason.SIGNAL, signal="paid"), "a: it waits for the signal paid"),
        (waits("a", WaitReason.SIGNAL), "a: it waits for a signal"),
        (
            waits("a", WaitReason.CIRCUIT_OPEN, service="payments", until=LATER),
            "a: the circuit of payments is open until 20:41:07",
        ),
        (waits("a", WaitReason.CIRCUIT_OPEN), "a: the circuit of its service is open"),
        (waits("a", WaitReason.WORKFLOW_LIMIT), "a: as many executions of its workflow run as may"),
        (
            waits("a", WaitReason.RATE_LIMIT, service="x", until=LATER),
            "a: the rate limit of x is reached until 20:41:07",
        ),
        (waits("a", WaitReason.CONCURRENCY, service="x"), "a: x is called as often at once as it may be"),
        (
            waits("a", WaitReason.RETRY_BACKOFF, until=LATER),
            "a: its last attempt failed, and the next one is at 20:41:07",
        ),
        (waits("a", WaitReason.EXECUTION, child_id="exec_2"), "a: it waits for the execution exec_2"),
        (waits("a", WaitReason.REPEAT_DELAY, until=LATER), "a: it is repeated at 20:41:07"),
        (waits("a", WaitReason.TIMER, until=LATER), "a: it waits until 20:41:07"),
        (waits("a", WaitReason.WORKER), "a: no node has taken it up yet"),
        (waits("a", WaitReason.DEPENDENCIES), None),
        (waits("a", WaitReason.PAUSED), None),
    ],
)
def test_each_reason_has_its_sentence(wait: WaitingAction, sentence: str | None) -> None:
    assert told(wait) == sentence


def test_every_reason_is_told_but_two() -> None:
    assert {*WaitReason} - {*STRONGEST_FIRST} == {WaitReason.DEPENDENCIES, WaitReason.PAUSED}


def test_the_strongest_is_told() -> None:
    assert told(*[waits(why.value, why) for why in WaitReason]) == "approval: somebody has to decide"


def test_why_it_failed() -> None:
    error = {"code": "HTTP_ERROR", "action_id": "charge", "http_status": 503, "message": "not\ntoday"}
    assert told(error=error) == "charge: HTTP_ERROR 503: not today"
    assert told(error=error | {"message": HIDDEN}) == "charge: HTTP_ERROR 503"
    late = {"code": "TIMEOUT", "action_id": None, "message": "too late"}
    assert told(error=late) == "TIMEOUT: too late"
    long = told(error=late | {"message": "x" * 1_000})
    assert long is not None
    assert (len(long), long[-1]) == (MAX_LENGTH, "…")


def test_who_paused_it_and_nothing_of_what_has_ended() -> None:
    paused = msgspec.structs.replace(state(), pause=Pause(NOW, "ann", "month's end"))
    assert reason(SUMMARY, paused, [waits("a", WaitReason.APPROVAL)], NOW) == "paused by ann: month's end"
    assert told(waits("a", WaitReason.TIMER), status=ExecutionStatus.COMPLETED) is None
