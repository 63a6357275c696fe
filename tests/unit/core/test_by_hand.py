"""What people do to an execution by hand: which actions may be resolved, what becomes of them, and what runs on."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.agenda import Agenda
from engine.core.by_hand import paused, resolved, unpaused
from engine.core.decide import Begin, Command, Finish, Skip, Start, decide, wake_at
from engine.core.plan import Plan
from engine.core.run import Run
from engine.core.state import ExecutionState, apply, fold
from engine.definition.compiling import compile_plan
from models.commands.by_hand import ActionNotResolvable, ResolveAction
from models.commands.validation import parse
from models.entities.executions import Event
from models.errors import ExecutionFinished, InvalidInput
from models.words import ActionStatus, EventType, ExecutionStatus, Resolution
from tests.support.core.decisions import NOW, definition, error_of, plan_of
from tests.support.core.stories import (
    CANCELLED,
    DUE_AT,
    PAUSED,
    QUEUED,
    RESUMED,
    STARTED,
    UNPAUSED,
    Entry,
    at,
    begun,
    broken,
    deferred,
    expanded,
    iterated,
    of_item,
    state_after,
    stopping,
    succeeded,
    to_be_repeated,
    waiting,
)
from tests.unit.core.test_decide_runs import plans

PLAN = plan_of(definition("a"), definition("b", ["a"]), definition("c"))
EACH = compile_plan([], [{**definition("a"), "for_each": {"in": [1, 2, 3]}}, definition("b", ["a"])])
SAGA = compile_plan(
    [],
    [{**definition("a"), "compensate": {"action_type": "notification", "config": {"message": "undone"}}}],
    on_exit=[definition("end"), definition("last", ["end"])],
)


def wanted(outcome: str, action_id: str = "a", item: int | None = None, **more: Any) -> ResolveAction:
    asked = {"execution_id": "exec_1", "action_id": action_id, "item": item, "outcome": outcome, "reason": "why"}
    return parse(ResolveAction, {**asked, **more})


def after(state: ExecutionState, plan: Plan, asked: ResolveAction) -> ExecutionState:
    return apply(state, resolved(plan, state, at(state.sequence + 1), "ada", asked))


# --- pauses --------------------------------------------------------------------------------------


def test_while_it_is_paused_nothing_is_decided_and_no_moment_is_waited_for() -> None:
    for story in ([QUEUED], [QUEUED, STARTED], [QUEUED, STARTED, begun("a"), to_be_repeated("a")]):
        state = state_after(*story, PAUSED)
        assert state.status is ExecutionStatus.PAUSED
        assert decide(PLAN, state, NOW - timedelta(days=1), DUE_AT) == []
        assert wake_at(PLAN, state, NOW) is None


def test_what_it_goes_on_as_is_what_it_was() -> None:
    assert state_after(QUEUED, PAUSED, UNPAUSED).status is ExecutionStatus.QUEUED
    assert state_after(QUEUED, STARTED, PAUSED, UNPAUSED).status is ExecutionStatus.RUNNING


def test_pausing_twice_is_pausing_once_and_what_has_ended_is_not_paused() -> None:
    state = state_after(QUEUED, PAUSED)
    assert paused(state, at(9), "eve", None) is None
    assert unpaused(state_after(QUEUED), at(9), "eve", None) is None
    for change in (paused, unpaused):
        with pytest.raises(ExecutionFinished):
            change(state_after(QUEUED, CANCELLED), at(9), "eve", None)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=6), st.integers(0, 2))
def test_a_deadline_moves_by_the_time_of_the_pauses(spans: list[tuple[int, int]], part: int) -> None:
    """`part` says of what: of the queue, of the main part, of the clean-up."""
    run = Run(
        execution_id="exec_1",
        tenant="default",
        workflow_id="wf_1",
        revision=1,
        created_by="ada",
        created_at=at(0),
        parameters={},
        timeout_seconds=1000,
        queue_timeout_seconds=1000,
        plan=PLAN,
    )
    moment, lost = 0, 0
    events: list[Event] = []

    def record(kind: EventType, **data: Any) -> None:
        events.append(Event(len(events) + 1, kind, at(moment), None, data))

    def pauses() -> None:
        nonlocal moment, lost
        for before, during in spans:
            moment += before
            record(EventType.EXECUTION_PAUSED, user_id="ada")
            assert run.deadline(fold(events)) is None
            moment += during
            lost += during
            record(EventType.EXECUTION_UNPAUSED, user_id="ada")

    since = 0
    record(EventType.EXECUTION_QUEUED)
    pauses()
    if part > 0:
        record(EventType.EXECUTION_STARTED)
        since, lost = moment, 0
        pauses()
    if part > 1:
        record(EventType.EXECUTION_STOPPING, outcome="cancelled")
        since, lost = moment, 0
        pauses()
    assert run.deadline(fold(events)) == at(since + 1000 + lost)


# --- what may be resolved ------------------------------------------------------------------------

RESOLVABLE: dict[str, list[Entry]] = {
    "backs off": [begun("a"), to_be_repeated("a")],
    "is deferred before its first attempt": [deferred("a")],
    "waits": [begun("a"), waiting("a", DUE_AT)],
    "waits for its next iteration": [begun("a"), iterated("a")],
    "was cut off": [begun("a"), RESUMED],
    "has failed, and another one runs": [begun("c"), begun("a"), broken("a")],
}


@pytest.mark.parametrize("name", RESOLVABLE)
def test_an_action_that(name: str) -> None:
    state = state_after(QUEUED, STARTED, *RESOLVABLE[name])
    done = after(state, PLAN, wanted("succeed", output={"x": 1}))
    assert (done.actions["a"].status, done.actions["a"].response) == (ActionStatus.SUCCESS, {"x": 1})
    assert done.actions["a"].error is None
    assert done.actions["a"].resolved_by is not None
    assert (done.actions["a"].resolved_by.user_id, done.actions["a"].resolved_by.reason) == ("ada", "why")
    assert done.timers == {}
    skip = after(state, PLAN, wanted("skip"))
    assert (skip.actions["a"].status, skip.actions["a"].response) == (ActionStatus.SKIPPED, None)
    for changed in (done, skip):
        assert [command.action.action_id for command in decide(PLAN, changed, None, NOW) if isinstance(command, Start)][
            :1
        ] == ["b"]
    again = after(state, PLAN, wanted("retry_now"))
    starts = [command for command in decide(PLAN, again, None, NOW) if isinstance(command, Start)]
    before = state.actions.get("a")
    assert (starts[0].action.action_id, starts[0].attempt) == ("a", 1 if before is None else before.attempt + 1)
    assert again.timers == {}


REFUSED: dict[str, tuple[list[Entry], str]] = {
    "has not begun": ([], "has not begun"),
    "is running": ([begun("a")], "is running"),
    "has succeeded": ([begun("a"), succeeded("a")], "has succeeded"),
    "has failed, and others went on": (
        [begun("a"), broken("a"), (EventType.ACTION_SKIPPED, "b", {"reason": "run_if"})],
        "b went on from that",
    ),
    "is of a part that is over": ([begun("a"), broken("a"), stopping("failed")], "of a part that is over"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("outcome", Resolution)
def test_it_is_refused_where_it(name: str, outcome: Resolution) -> None:
    story, message = REFUSED[name]
    with pytest.raises(ActionNotResolvable, match=message):
        after(state_after(QUEUED, STARTED, *story), PLAN, wanted(outcome.value))


def test_what_has_ended_says_that_it_can_be_run_again() -> None:
    with pytest.raises(ExecutionFinished) as refusal:
        after(state_after(QUEUED, STARTED, CANCELLED), PLAN, wanted("skip"))
    assert "run it again" in refusal.value.hint


@pytest.mark.parametrize(
    ("asked", "loc"),
    [
        ({"action_id": "nobody"}, "action_id"),
        ({"item": 0}, "item"),
        ({"output": 1}, "output"),
    ],
)
def test_what_makes_no_sense_names_its_field(asked: dict[str, Any], loc: str) -> None:
    state = state_after(QUEUED, STARTED, begun("a"), waiting("a"))
    with pytest.raises(InvalidInput) as refusal:
        after(state, PLAN, wanted("skip", **asked))
    assert [fault.loc for fault in refusal.value.faults] == [("body", loc)]


def test_an_output_that_the_journal_has_no_room_for_is_refused() -> None:
    state = state_after(QUEUED, STARTED, begun("a"), waiting("a"))
    with pytest.raises(InvalidInput, match="has room for"):
        after(state, PLAN, wanted("succeed", output="x" * (state.room + 1)))


# --- items ---------------------------------------------------------------------------------------


def test_an_item_that_failed_gets_a_result_while_its_action_goes_on() -> None:
    story = [QUEUED, STARTED, expanded("a", 3), of_item(0, begun("a")), of_item(1, begun("a")), of_item(0, broken("a"))]
    state = state_after(*story)
    done = after(state, EACH, wanted("succeed", item=0, output="by hand"))
    items = done.actions["a"].items
    assert items is not None
    assert (items.failed, items.responses, items.ended[0].attempt) == (0, ["by hand", None, None], 1)
    again = after(state, EACH, wanted("retry_now", item=0))
    items = again.actions["a"].items
    assert items is not None
    assert (items.failed, 0 in items.ended, items.first_new) == (0, False, 0)


def test_an_action_whose_items_failed_is_tried_again_for_those_alone() -> None:
    story = [QUEUED, STARTED, expanded("a", 3)]
    for item, outcome in enumerate([succeeded("a", "kept"), broken("a"), succeeded("a", "too")]):
        story += [of_item(item, begun("a")), of_item(item, outcome)]
    state = state_after(*story, (EventType.ACTION_FAILED, "a", {"error": error_of("a")}), PAUSED)
    again = apply(
        after(state, EACH, wanted("retry_now")), Event(state.sequence + 2, UNPAUSED[0], NOW, None, UNPAUSED[2])
    )
    moves = decide(EACH, again, None, NOW)
    assert [(type(move).__name__, getattr(move, "item", None)) for move in moves] == [("StartItem", 1)]
    done = after(state, EACH, wanted("succeed", output=["all", "by", "hand"]))
    assert done.actions["a"].response == ["all", "by", "hand"]


def test_an_action_is_not_tried_again_as_a_whole_before_it_has_ended() -> None:
    state = state_after(QUEUED, STARTED, expanded("a", 3), of_item(0, begun("a")), of_item(0, to_be_repeated("a")))
    with pytest.raises(ActionNotResolvable, match="name the item"):
        after(state, EACH, wanted("retry_now"))
    assert after(state, EACH, wanted("skip")).actions["a"].status is ActionStatus.SKIPPED
    with pytest.raises(ActionNotResolvable, match="has not begun"):
        after(state, EACH, wanted("skip", item=2))
    with pytest.raises(InvalidInput, match="less than 3"):
        after(state, EACH, wanted("skip", item=3))


# --- the clean-up --------------------------------------------------------------------------------


def test_a_compensation_that_hangs_is_passed_by_and_one_that_failed_may_be_said_to_be_done() -> None:
    story = [QUEUED, STARTED, begun("a"), succeeded("a"), stopping("cancelled", user_id="ada"), begun("a.compensate")]
    hangs = state_after(*story, waiting("a.compensate"))
    done = after(hangs, SAGA, wanted("skip", "a.compensate"))
    assert [command.action.action_id for command in decide(SAGA, done, None, NOW) if isinstance(command, Start)] == [
        "end"
    ]
    failed = state_after(*story, broken("a.compensate"), begun("end"))
    undone = after(failed, SAGA, wanted("succeed", "a.compensate"))
    assert undone.actions["a.compensate"].status is ActionStatus.SUCCESS
    with pytest.raises(ActionNotResolvable, match="of a part that is over"):
        after(failed, SAGA, wanted("retry_now", "a.compensate"))


# --- whole runs ----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=300)
@given(plan=plans(), data=st.data())
def test_whatever_people_meddle_with_no_result_is_changed_and_nothing_is_left_out(
    plan: Plan, data: st.DataObject
) -> None:
    """Whatever is decided is the same with an agenda that was made after the meddling, as its owner makes one."""
    state, agenda = ExecutionState(), Agenda(plan)
    results: dict[str, Any] = {}

    def record(kind: EventType, action_id: str | None = None, **more: Any) -> None:
        nonlocal state
        sequence = state.sequence + 1
        state = apply(state, Event(sequence, kind, NOW + timedelta(seconds=sequence), action_id, more))

    def meddle() -> bool:
        nonlocal state, agenda
        outcome = data.draw(st.sampled_from(Resolution))
        asked = wanted(outcome.value, data.draw(st.sampled_from(plan.action_ids)))
        try:
            event = resolved(plan, state, NOW, "ada", asked)
        except ActionNotResolvable:
            return False
        state, agenda = apply(state, event), Agenda(plan)
        return True

    def carry_out(command: Command) -> None:
        match command:
            case Begin():
                record(EventType.EXECUTION_STARTED)
            case Start(action, attempt):
                assert set(action.depends_on) <= {name for name, one in state.actions.items() if one.completed_at}
                record(EventType.ACTION_STARTED, action.action_id, attempt=attempt)
            case Skip(action):
                record(EventType.ACTION_SKIPPED, action.action_id, reason="run_if")
            case Finish(status, error):
                record(EventType(f"execution_{status.value}"), **({"error": error} if error else {}))

    def end(action_id: str) -> None:
        match data.draw(st.sampled_from(["succeeds", "fails", "waits"])):
            case "succeeds":
                record(EventType.ACTION_SUCCEEDED, action_id, response=None)
            case "fails":
                record(EventType.ACTION_FAILED, action_id, error=error_of(action_id))
            case _:
                record(EventType.ACTION_WAITING, action_id, reason="signal", address="signal:go", notes={})

    for _ in range(200):
        if state.status.is_terminal:
            break
        if plan.action_ids and state.started_at and data.draw(st.booleans()):
            meddle()
        commands = decide(plan, state, None, NOW, (), agenda.actions(state))
        assert commands == decide(plan, state, None, NOW)
        for command in commands:
            carry_out(command)
        if not commands:
            open_ = [n for n, a in state.actions.items() if a.status in (ActionStatus.RUNNING, ActionStatus.WAITING)]
            assert open_, "nothing to do and nothing to wait for"
            end(data.draw(st.sampled_from(sorted(open_))))
        for name, action in state.actions.items():
            if name in results:
                assert action == results[name], "a result was changed"
            elif action.status in (ActionStatus.SUCCESS, ActionStatus.SKIPPED):
                results[name] = action
