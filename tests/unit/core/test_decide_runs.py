"""Whole runs by `decide` and `apply`: whatever happens, they end once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.agenda import Agenda
from engine.core.decide import (
    Begin,
    Command,
    Finish,
    Start,
    decide,
)
from engine.core.plan import Plan
from engine.core.state import ExecutionState, apply
from models.entities.executions import Event
from models.words import ActionStatus, EventType, ExecutionStatus
from tests.support.core.decisions import NOW, at_work, definition, error_of, failed, plan_of, running, success

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
