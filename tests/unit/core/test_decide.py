"""What happens next is decided by a table over plan, state and time; any run of it ends, and ends once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.agenda import Agenda
from engine.core.decide import (
    Begin,
    Command,
    Finish,
    Skip,
    Start,
    blockers,
    completed_actions,
    current_action,
    decide,
    first_failure,
    is_ready,
    timed_out,
    wake_at,
)
from engine.core.plan import Plan
from engine.core.state import ActionState, ExecutionState, Timer, apply
from engine.definition.compiling import compile_plan
from models.entities import Event
from models.words import ActionStatus, EventType, ExecutionStatus, WaitReason

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)


def definition(action_id: str, depends_on: Iterable[str] = (), on_error: str = "fail") -> dict[str, Any]:
    return {
        "action_id": action_id,
        "action_type": "notification",
        "depends_on": list(depends_on),
        "on_error": on_error,
    }


def plan_of(*definitions: dict[str, Any]) -> Plan:
    return compile_plan([], definitions)


def error_of(action_id: str) -> dict[str, str]:
    return {"code": "HTTP_ERROR", "message": f"{action_id} broke"}


def running(started: float = 0) -> ActionState:
    return ActionState(ActionStatus.RUNNING, 1, NOW + timedelta(seconds=started))


def pending(attempt: int = 1) -> ActionState:
    return ActionState(ActionStatus.PENDING, attempt, NOW)


def success() -> ActionState:
    return ActionState(ActionStatus.SUCCESS, 1, NOW, NOW)


def failed(action_id: str, ended: float = 0) -> ActionState:
    return ActionState(ActionStatus.FAILED, 1, NOW, NOW + timedelta(seconds=ended), error=error_of(action_id))


def at_work(**actions: ActionState) -> ExecutionState:
    return ExecutionState(sequence=9, status=ExecutionStatus.RUNNING, actions=actions, started_at=NOW)


def brief(commands: Sequence[Command]) -> list[str | tuple[str, int] | tuple[ExecutionStatus, Any]]:
    """Commands in few words: `begin`, `(action, attempt)` or `(status, error)`."""
    words: list[str | tuple[str, int] | tuple[ExecutionStatus, Any]] = []
    for command in commands:
        match command:
            case Begin():
                words.append("begin")
            case Start(action, attempt):
                words.append((action.action_id, attempt))
            case Finish(status, error):
                words.append((status, error))
    return words


def next_of(plan: Plan, state: ExecutionState, deadline: datetime | None = None) -> list[Any]:
    return brief(decide(plan, state, deadline, NOW))


COMPLETE = (ExecutionStatus.COMPLETED, None)
TIMED_OUT = (ExecutionStatus.FAILED, timed_out(ExecutionState(status=ExecutionStatus.RUNNING)))


def failure_of(action_id: str) -> tuple[ExecutionStatus, dict[str, str]]:
    return ExecutionStatus.FAILED, error_of(action_id)


# --- begin and end -------------------------------------------------------------------------------


def test_a_queued_execution_begins_and_does_nothing_else() -> None:
    assert next_of(plan_of(definition("a")), ExecutionState()) == ["begin"]


def test_a_workflow_without_actions_completes_at_once() -> None:
    assert next_of(plan_of(), at_work()) == [COMPLETE]


def test_an_execution_completes_when_all_actions_succeeded() -> None:
    assert next_of(plan_of(definition("a"), definition("b")), at_work(a=success(), b=success())) == [COMPLETE]


@pytest.mark.parametrize("status", [status for status in ExecutionStatus if status.is_terminal])
@pytest.mark.parametrize("deadline", [None, NOW, LATER])
def test_nothing_follows_on_a_terminal_status(status: ExecutionStatus, deadline: datetime | None) -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert next_of(plan, ExecutionState(status=status, actions={"a": running()}), deadline) == []


# --- starts --------------------------------------------------------------------------------------


def test_all_actions_that_wait_for_nothing_start_together_in_the_order_of_the_definition() -> None:
    plan = plan_of(definition("c"), definition("a"), definition("late", ["a"]), definition("b"))
    assert next_of(plan, at_work()) == [("c", 1), ("a", 1), ("b", 1)]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ({}, [("a", 1), ("b", 1)]),
        ({"a": running(), "b": running()}, []),
        ({"a": success(), "b": running()}, []),
        ({"a": running(), "b": success()}, []),
        ({"a": success(), "b": success()}, [("join", 1)]),
        ({"a": success(), "b": success(), "join": running()}, []),
        ({"a": success(), "b": success(), "join": success()}, [COMPLETE]),
    ],
)
def test_a_dependant_waits_for_all_of_its_dependencies(actions: dict[str, ActionState], expected: list[Any]) -> None:
    plan = plan_of(definition("join", ["a", "b"]), definition("a"), definition("b"))
    assert next_of(plan, at_work(**actions)) == expected


def test_a_ready_action_starts_while_others_run() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("after_a", ["a"]))
    assert next_of(plan, at_work(a=success(), b=running())) == [("after_a", 1)]


def test_what_was_not_started_beside_running_ones_starts() -> None:
    assert next_of(plan_of(definition("a"), definition("b")), at_work(a=running())) == [("b", 1)]


def test_an_ended_action_never_starts_again() -> None:
    plan = plan_of(definition("a"), definition("b", on_error="continue"), definition("c"))
    assert next_of(plan, at_work(a=success(), b=failed("b"), c=running())) == []


# --- failures (E11) ------------------------------------------------------------------------------


def test_a_failed_action_fails_the_execution_with_its_error() -> None:
    assert next_of(plan_of(definition("a")), at_work(a=failed("a"))) == [failure_of("a")]


def test_after_a_failure_no_new_action_starts() -> None:
    plan = plan_of(definition("a"), definition("after", ["a"]), definition("free"))
    assert next_of(plan, at_work(a=failed("a"))) == [failure_of("a")]


def test_after_a_failure_running_siblings_finish_first() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("free"))
    assert next_of(plan, at_work(a=failed("a"), b=running())) == []
    assert next_of(plan, at_work(a=failed("a"), b=success())) == [failure_of("a")]


def test_after_a_failure_an_action_that_a_crash_cut_off_does_not_start_again() -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert next_of(plan, at_work(a=failed("a"), b=pending())) == [failure_of("a")]


def test_the_failure_that_came_first_is_the_reason() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("c"))
    state = at_work(a=failed("a", ended=2), b=failed("b", ended=1), c=success())
    assert next_of(plan, state) == [failure_of("b")]


def test_of_failures_at_the_same_moment_the_first_in_the_definition_is_the_reason() -> None:
    plan = plan_of(definition("b"), definition("a"))
    assert first_failure(plan.actions, at_work(a=failed("a"), b=failed("b"))) == error_of("b")


def test_a_failure_that_may_be_ignored_lets_its_dependants_start() -> None:
    plan = plan_of(definition("a", on_error="continue"), definition("b", ["a"]))
    assert next_of(plan, at_work(a=failed("a"))) == [("b", 1)]
    assert next_of(plan, at_work(a=failed("a"), b=success())) == [COMPLETE]


GOOD = ActionStatus.SUCCESS
BAD = ActionStatus.FAILED
PASSED_BY = ActionStatus.SKIPPED


@pytest.mark.parametrize(
    ("run_if", "runs_after"),
    [
        ("all_success", [(GOOD, GOOD), (GOOD, PASSED_BY), (PASSED_BY, PASSED_BY)]),
        (
            "all_done",
            [(GOOD, GOOD), (GOOD, PASSED_BY), (PASSED_BY, PASSED_BY), (GOOD, BAD), (PASSED_BY, BAD), (BAD, BAD)],
        ),
        ("any_success", [(GOOD, GOOD), (GOOD, PASSED_BY), (GOOD, BAD)]),
        ("any_failed", [(GOOD, BAD), (PASSED_BY, BAD), (BAD, BAD)]),
        ("all_failed", [(BAD, BAD)]),
    ],
)
def test_an_action_is_skipped_unless_what_came_before_is_what_its_run_if_says(
    run_if: str, runs_after: list[tuple[ActionStatus, ActionStatus]]
) -> None:
    before = [definition("a", on_error="continue"), definition("b", on_error="continue")]
    plan = plan_of(*before, {**definition("c", ["a", "b"]), "run_if": run_if})
    for pair in combinations_with_replacement((GOOD, PASSED_BY, BAD), 2):
        first, second = (ActionState(status, 1, NOW, NOW) for status in pair)
        (command,) = decide(plan, at_work(a=first, b=second), None, NOW)
        assert isinstance(command, Start if pair in runs_after else Skip), pair


def test_a_failure_that_may_be_ignored_is_no_reason() -> None:
    plan = plan_of(definition("a", on_error="continue"), definition("b"))
    assert first_failure(plan.actions, at_work(a=failed("a"), b=success())) is None
    assert next_of(plan, at_work(a=failed("a", ended=0), b=failed("b", ended=1))) == [failure_of("b")]


# --- time-outs (E5) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "is_over"),
    [
        (None, False),
        (NOW + timedelta(microseconds=1), False),
        (NOW, True),
        (NOW - timedelta(days=1), True),
    ],
)
def test_an_execution_at_its_deadline_fails_and_starts_nothing(deadline: datetime | None, is_over: bool) -> None:
    expected = [TIMED_OUT] if is_over else [("a", 1)]
    assert next_of(plan_of(definition("a")), at_work(), deadline) == expected


def test_a_time_out_does_not_wait_for_running_actions() -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert next_of(plan, at_work(a=running()), NOW) == [TIMED_OUT]
    assert next_of(plan, at_work(a=running(), b=failed("b")), NOW) == [TIMED_OUT]


def test_a_time_out_is_a_failure_with_the_code_timeout() -> None:
    for status in (ExecutionStatus.QUEUED, ExecutionStatus.RUNNING):
        error = timed_out(ExecutionState(status=status))
        assert (error["code"], error["action_id"]) == ("TIMEOUT", None)


def test_an_execution_that_was_queued_for_too_long_fails() -> None:
    plan = plan_of(definition("a"))
    assert next_of(plan, ExecutionState(), LATER) == ["begin"]
    assert next_of(plan, ExecutionState(), NOW) == [(ExecutionStatus.FAILED, timed_out(ExecutionState()))]


def test_an_execution_without_actions_may_be_queued_for_too_long_as_well() -> None:
    assert decide(plan_of(), ExecutionState(), NOW, NOW) == [
        Finish(ExecutionStatus.FAILED, timed_out(ExecutionState()))
    ]


def test_what_was_complete_at_its_deadline_is_complete() -> None:
    assert next_of(plan_of(definition("a")), at_work(a=success()), NOW) == [COMPLETE]


# --- timers and gates ----------------------------------------------------------------------------


def timed(due_at: datetime, **actions: ActionState) -> ExecutionState:
    timers = {name: Timer(due_at, WaitReason.RETRY_BACKOFF) for name in actions}
    return msgspec.structs.replace(at_work(**actions), timers=timers)


def test_an_action_is_not_started_before_its_timer_is_due() -> None:
    plan = plan_of(definition("a"))
    assert next_of(plan, timed(LATER, a=pending())) == []
    assert next_of(plan, timed(NOW, a=pending())) == [("a", 2)]


def test_an_action_that_was_deferred_before_its_first_attempt_starts_when_due() -> None:
    state = msgspec.structs.replace(at_work(), timers={"a": Timer(NOW, WaitReason.CIRCUIT_OPEN)})
    assert next_of(plan_of(definition("a")), state) == [("a", 1)]


def test_other_actions_go_on_while_one_waits_for_its_timer() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("c", ["a"]))
    assert next_of(plan, timed(LATER, a=pending())) == [("b", 1)]


def test_a_failure_ends_the_execution_whatever_waits_for_a_timer() -> None:
    plan = plan_of(definition("a"), definition("b"))
    state = msgspec.structs.replace(timed(LATER, a=pending()), actions={"a": pending(), "b": failed("b")})
    assert next_of(plan, state) == [failure_of("b")]


def test_an_action_at_a_gate_is_neither_started_again_nor_taken_for_done() -> None:
    plan = plan_of(definition("a"), definition("b"))
    assert brief(decide(plan, at_work(b=success()), None, NOW, held={"a"})) == []


def test_an_execution_that_nothing_can_move_fails_and_says_so() -> None:
    plan = Plan(
        tuple(
            msgspec.structs.replace(action, depends_on=frozenset({"ghost"}))
            for action in plan_of(definition("a")).actions
        ),
        (),
    )
    [(status, error)] = next_of(plan, at_work())
    assert (status, error["code"]) == (ExecutionStatus.FAILED, "STUCK")
    assert "a" in error["message"]


@pytest.mark.parametrize(
    ("state", "deadline", "expected"),
    [
        (ExecutionState(), None, None),
        (ExecutionState(), LATER, LATER),
        (at_work(), LATER, None),
        (timed(LATER, a=pending()), None, LATER),
        (timed(LATER, a=pending()), LATER + timedelta(days=1), LATER),
        (timed(LATER, a=pending()), NOW, NOW),
        (msgspec.structs.replace(timed(LATER, a=pending()), actions={"a": pending(), "b": running()}), None, None),
    ],
)
def test_a_timer_is_set_while_nothing_can_happen_before_it(
    state: ExecutionState, deadline: datetime | None, expected: datetime | None
) -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]))
    assert wake_at(plan, state, deadline) == expected


def test_no_timer_is_set_while_another_action_could_start() -> None:
    assert wake_at(plan_of(definition("a"), definition("b")), timed(LATER, a=pending()), None) is None


# --- resuming ------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", [1, 2, 7])
def test_a_pending_action_starts_with_the_next_attempt(attempt: int) -> None:
    assert next_of(plan_of(definition("a")), at_work(a=pending(attempt))) == [("a", attempt + 1)]


def test_pending_and_fresh_actions_start_together() -> None:
    plan = plan_of(definition("a"), definition("b"), definition("c", ["a"]))
    assert next_of(plan, at_work(a=pending())) == [("a", 2), ("b", 1)]


def test_a_pending_dependency_blocks() -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]))
    assert next_of(plan, at_work(a=pending())) == [("a", 2)]


# --- the predicates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "blocks"),
    [
        (None, True),
        (ActionStatus.PENDING, True),
        (ActionStatus.RUNNING, True),
        (ActionStatus.SUCCESS, False),
        (ActionStatus.FAILED, False),
        (ActionStatus.SKIPPED, False),
        (ActionStatus.CANCELLED, False),
    ],
)
def test_a_dependency_blocks_until_it_has_ended(status: ActionStatus | None, blocks: bool) -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]))
    actions = {} if status is None else {"a": ActionState(status, 1, NOW)}
    assert blockers(plan.actions[1], at_work(**actions)) == (["a"] if blocks else [])


def test_the_blockers_are_named_in_order() -> None:
    plan = plan_of(definition("z"), definition("a"), definition("m"), definition("join", ["z", "m", "a"]))
    assert blockers(plan.actions[3], at_work(m=success(), z=running())) == ["a", "z"]


def test_ready_are_the_actions_that_wait_for_nothing() -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]), definition("c"), definition("d", ["c"]))
    state = at_work(a=success(), c=running())
    assert [action.action_id for action in plan.actions if is_ready(action, state, NOW)] == ["b"]


def test_success_and_skipped_count_as_done() -> None:
    actions = {status.value: ActionState(status, 1, NOW) for status in ActionStatus}
    assert completed_actions(at_work(**actions)) == 2
    assert completed_actions(at_work(a=success(), b=failed("b"))) == 1
    assert completed_actions(at_work()) == 0


def test_the_current_action_is_the_running_one_that_started_first() -> None:
    assert current_action(at_work(a=running(3), b=running(1), c=success(), d=pending())) == "b"


def test_without_a_running_action_there_is_no_current_one() -> None:
    assert current_action(at_work()) is None
    assert current_action(at_work(a=success(), b=pending(), c=failed("c"))) is None


def test_deciding_changes_nothing_and_gives_the_same_again() -> None:
    plan = plan_of(definition("a"), definition("b", ["a"]), definition("c"))
    state = at_work(a=success(), c=pending())
    first = decide(plan, state, LATER, NOW)
    assert state == at_work(a=success(), c=pending())
    assert decide(plan, state, LATER, NOW) == first


# --- whole runs ----------------------------------------------------------------------------------


class Drive:
    """Carries an execution to its end as a shell would, and checks each step against the promises."""

    def __init__(self, plan: Plan, succeeds: Callable[[str], bool]) -> None:
        self.plan = plan
        self.succeeds = succeeds
        self.state = ExecutionState()
        self.starts: list[tuple[str, int]] = []
        self.ended: list[str] = []
        self.fatal: list[str] = []
        self.finishes: list[Finish] = []

    def record(self, kind: EventType, action_id: str | None = None, data: dict[str, Any] | None = None) -> None:
        sequence = self.state.sequence + 1
        self.state = apply(
            self.state, Event(sequence, kind.value, NOW + timedelta(seconds=sequence), action_id, data or {})
        )

    @property
    def under_way(self) -> list[str]:
        return [name for name, action in self.state.actions.items() if action.status is ActionStatus.RUNNING]

    def carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case Begin():
                    assert self.state.status is ExecutionStatus.QUEUED
                    self.record(EventType.EXECUTION_STARTED)
                case Start(action, attempt):
                    assert set(action.depends_on) <= set(self.ended), "started before its dependencies ended"
                    assert action.action_id not in self.ended, "started after it had ended"
                    assert not self.fatal, "started after a failure"
                    self.starts.append((action.action_id, attempt))
                    self.record(EventType.ACTION_STARTED, action.action_id, {"attempt": attempt})
                case Finish(status, error):
                    assert commands == [command], "a finish comes alone"
                    assert not self.under_way, "finished before its running actions"
                    self.finishes.append(command)
                    final = EventType(f"execution_{status.value}")
                    self.record(final, data={"error": error} if error else None)

    def end(self, action_id: str) -> None:
        self.ended.append(action_id)
        if self.succeeds(action_id):
            self.record(EventType.ACTION_SUCCEEDED, action_id, {"response": None})
            return
        planned = next(action for action in self.plan.actions if action.action_id == action_id)
        if planned.on_error == "fail":
            self.fatal.append(action_id)
        self.record(EventType.ACTION_FAILED, action_id, {"error": error_of(action_id)})

    def run(self, choose: Callable[[list[str]], str], interrupt: Callable[[], bool] = lambda: False) -> None:
        """Go on to the end; `choose` says which running action ends next, `interrupt` whether a crash comes first."""
        steps = 0
        agenda = Agenda(self.plan)
        while not self.state.status.is_terminal:
            steps += 1
            assert steps <= 4 * len(self.plan.actions) + 50, "it does not end"
            commands = decide(self.plan, self.state, None, NOW, (), agenda.actions(self.state))
            assert commands == decide(self.plan, self.state, None, NOW), "the agenda leaves something out"
            self.carry_out(commands)
            if interrupt():
                self.record(EventType.EXECUTION_RESUMED)
            elif not commands:
                assert self.under_way, "nothing to do and nothing to wait for"
                self.end(choose(self.under_way))
        assert decide(self.plan, self.state, None, NOW) == []

    def check_end(self) -> None:
        [finish] = self.finishes
        if self.fatal:
            assert finish == Finish(ExecutionStatus.FAILED, error_of(self.fatal[0]))
        else:
            assert finish == Finish(ExecutionStatus.COMPLETED)
            assert sorted(self.ended) == sorted(self.plan.action_ids)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any acyclic graph of up to nine actions, defined in any order, some of which may fail without harm."""
    names = [f"a{number}" for number in range(draw(st.integers(0, 9)))]
    definitions = [
        definition(
            name,
            draw(st.sets(st.sampled_from(names[:index]))) if index else (),
            draw(st.sampled_from(["fail", "continue"])),
        )
        for index, name in enumerate(names)
    ]
    return plan_of(*draw(st.permutations(definitions)))


@settings(deadline=None, max_examples=200)
@given(plan=plans(), failing=st.sets(st.sampled_from([f"a{number}" for number in range(9)])), data=st.data())
def test_any_run_ends_once_and_starts_each_action_once_after_its_dependencies(
    plan: Plan, failing: set[str], data: st.DataObject
) -> None:
    drive = Drive(plan, lambda action_id: action_id not in failing)
    drive.run(lambda names: data.draw(st.sampled_from(sorted(names))))
    drive.check_end()
    started = [action_id for action_id, _ in drive.starts]
    assert len(started) == len(set(started))
    assert all(attempt == 1 for _, attempt in drive.starts)
    assert sorted(started) == sorted(drive.ended)


@settings(deadline=None, max_examples=200)
@given(
    plan=plans(),
    failing=st.sets(st.sampled_from([f"a{number}" for number in range(9)]), max_size=2),
    crashes=st.lists(st.booleans(), max_size=30),
    data=st.data(),
)
def test_any_run_with_crashes_ends_once_and_repeats_only_what_was_cut_off(
    plan: Plan, failing: set[str], crashes: list[bool], data: st.DataObject
) -> None:
    drive = Drive(plan, lambda action_id: action_id not in failing)
    drive.run(
        lambda names: data.draw(st.sampled_from(sorted(names))),
        interrupt=lambda: bool(crashes) and crashes.pop(),
    )
    drive.check_end()
    for action_id in plan.action_ids:
        attempts = [attempt for name, attempt in drive.starts if name == action_id]
        assert attempts == list(range(1, len(attempts) + 1))
        assert drive.ended.count(action_id) <= 1


CHAIN = plan_of(*(definition(f"a{n}", [f"a{n - 1}"] if n else []) for n in range(500)))
FAN_OUT = plan_of(definition("a0"), *(definition(f"a{n}", ["a0"]) for n in range(1, 500)))


def test_the_agenda_holds_what_is_open_and_what_failed() -> None:
    agenda = Agenda(CHAIN)
    assert [action.action_id for action in agenda.actions(ExecutionState())] == ["a0"]
    assert [action.action_id for action in agenda.actions(at_work(a0=running()))] == ["a0"]
    broken = at_work(a0=success(), a1=failed("a1"))
    assert [action.action_id for action in agenda.actions(broken)] == ["a2", "a1"]


@pytest.mark.parametrize("plan", [CHAIN, FAN_OUT], ids=["chain", "fan-out"])
def test_a_graph_of_500_actions_runs_to_its_end(plan: Plan) -> None:
    drive = Drive(plan, lambda _action_id: True)
    drive.run(lambda names: names[0])
    drive.check_end()
    assert len(drive.starts) == 500


def test_a_failure_in_a_long_chain_leaves_the_rest_unstarted() -> None:
    drive = Drive(CHAIN, lambda action_id: action_id != "a250")
    drive.run(lambda names: names[0])
    drive.check_end()
    assert len(drive.starts) == 251
    assert drive.finishes == [Finish(ExecutionStatus.FAILED, error_of("a250"))]
