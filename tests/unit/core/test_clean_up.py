"""What follows on the end of the main part is decided by a table as well: compensations, `on_failure`, `on_exit`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.clean_up import Stop, present_phase
from engine.core.decide import (
    Begin,
    Command,
    Finish,
    Skip,
    Start,
    completed_actions,
    decide,
    ending,
    giving_up,
    timed_out,
    wake_at,
    worker_lost,
)
from engine.core.plan import Plan
from engine.core.run import Run
from engine.core.state import ActionState, ExecutionState, Stopping, Timer, apply
from engine.definition.compiling import compile_plan
from engine.expressions.budget import Budget
from engine.running.endings import entry_of_end
from engine.running.waiting import waiting_actions
from engine.services.gates import Blocked
from models.entities.executions import Event
from models.words import ActionStatus, EventType, ExecutionStatus, WaitReason

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ERROR = {"code": "HTTP_ERROR", "message": "no"}
COMPLETED, FAILED, CANCELLED = ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED
UNDO = {"action_type": "notification", "config": {"message": "undone"}}


def step(action_id: str, *depends_on: str, **more: Any) -> dict[str, Any]:
    return {"action_id": action_id, "action_type": "notification", "depends_on": list(depends_on), **more}


PLAN = compile_plan(
    [],
    [step("a", compensate=UNDO), step("b", "a", compensate=UNDO), step("c", "b")],
    on_failure=[step("f1"), step("f2", "f1")],
    on_exit=[step("e")],
)


def success() -> ActionState:
    return ActionState(ActionStatus.SUCCESS, 1, NOW, NOW)


def failed() -> ActionState:
    return ActionState(ActionStatus.FAILED, 1, NOW, NOW, error=ERROR)


def running() -> ActionState:
    return ActionState(ActionStatus.RUNNING, 1, NOW)


def main(**actions: ActionState) -> ExecutionState:
    return ExecutionState(sequence=9, status=ExecutionStatus.RUNNING, actions=actions, started_at=NOW)


def stopped(status: ExecutionStatus, **actions: ActionState) -> ExecutionState:
    """After the main part; `__` in a name stands for the dot of a compensation."""
    named = {name.replace("__", "."): action for name, action in actions.items()}
    error = ERROR if status is FAILED else None
    return msgspec.structs.replace(main(**named), stopping=Stopping(status, NOW, 2, error))


def next_of(state: ExecutionState, plan: Plan = PLAN, **more: Any) -> list[Any]:
    words: list[Any] = []
    for command in decide(plan, state, more.pop("deadline", None), NOW, **more):
        match command:
            case Start(action, attempt):
                words.append((action.action_id, attempt))
            case Skip(action):
                words.append(action.action_id)
            case _:
                words.append(command)
    return words


# --- the end of the main part --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "status", "cleans_up"),
    [
        ({}, FAILED, False),
        ({"on_failure": [step("f")]}, FAILED, True),
        ({"on_failure": [step("f")]}, CANCELLED, False),
        ({"on_failure": [step("f")]}, COMPLETED, False),
        ({"on_exit": [step("e")]}, FAILED, True),
        ({"on_exit": [step("e")]}, CANCELLED, True),
        ({"on_exit": [step("e")]}, COMPLETED, True),
        ({"actions": [step("a", compensate=UNDO)]}, FAILED, True),
        ({"actions": [step("a", compensate=UNDO)]}, CANCELLED, True),
        ({"actions": [step("a", compensate=UNDO)]}, COMPLETED, False),
    ],
)
def test_what_is_declared_for_an_end_comes_before_it(
    parts: dict[str, Any], status: ExecutionStatus, cleans_up: bool
) -> None:
    plan = compile_plan(**{"parameters": [], "actions": [step("a")], **parts})
    assert isinstance(ending(plan, main(), status), Stop) is cleans_up
    assert ending(plan, ExecutionState(), status) == Finish(status)


def test_each_way_to_the_end_of_the_main_part_leads_to_the_clean_up() -> None:
    whole = {"a": success(), "b": success()}
    assert next_of(main(**whole, c=success())) == [Stop(COMPLETED)]
    assert next_of(main(**whole, c=failed())) == [Stop(FAILED, ERROR)]
    assert next_of(main(**whole, c=running()), deadline=NOW) == [Stop(FAILED, timed_out(main()))]
    assert giving_up(PLAN, main(**whole), 5) == Stop(FAILED, worker_lost(5))


def test_what_is_queued_for_too_long_ends_without_a_clean_up() -> None:
    assert next_of(ExecutionState(), deadline=NOW) == [Finish(FAILED, timed_out(ExecutionState()))]


# --- the phases ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "actions", "expected"),
    [
        (FAILED, {"a": success(), "b": success()}, [("b.compensate", 1)]),
        (FAILED, {"b": success(), "a": success()}, [("a.compensate", 1)]),  # in the order in which they ended
        (FAILED, {"a": success(), "b": success(), "b__compensate": running()}, []),
        (FAILED, {"a": success(), "b": success(), "b__compensate": success()}, [("a.compensate", 1)]),
        (FAILED, {"a": success(), "b": success(), "b__compensate": failed()}, [("a.compensate", 1)]),
        (FAILED, {"a": success(), "b": failed()}, [("a.compensate", 1)]),
        (FAILED, {"a": failed()}, [("f1", 1)]),
        (FAILED, {"a": failed(), "f1": success()}, [("f2", 1)]),
        (FAILED, {"a": failed(), "f1": failed()}, [("f2", 1)]),
        (FAILED, {"a": failed(), "f1": success(), "f2": success()}, [("e", 1)]),
        (FAILED, {"a": failed(), "f1": success(), "f2": success(), "e": failed()}, [Finish(FAILED, ERROR)]),
        (CANCELLED, {"a": success()}, [("a.compensate", 1)]),
        (CANCELLED, {"a": success(), "a__compensate": success()}, [("e", 1)]),
        (CANCELLED, {"a": success(), "a__compensate": success(), "e": success()}, [Finish(CANCELLED)]),
        (COMPLETED, {"a": success(), "b": success(), "c": success()}, [("e", 1)]),
        (COMPLETED, {"a": success(), "b": success(), "c": success(), "e": success()}, [Finish(COMPLETED)]),
    ],
)
def test_one_phase_comes_after_the_other(
    status: ExecutionStatus, actions: dict[str, ActionState], expected: list[Any]
) -> None:
    assert next_of(stopped(status, **actions)) == expected


def test_a_step_whose_run_if_does_not_hold_is_skipped() -> None:
    plan = compile_plan([], [step("a")], on_exit=[step("e"), step("last", "e", run_if="all_success")])
    assert next_of(stopped(COMPLETED, a=success(), e=failed()), plan) == ["last"]


def test_the_error_names_what_is_not_undone() -> None:
    state = stopped(FAILED, a=success(), b=success(), b__compensate=failed(), a__compensate=success())
    [finish] = next_of(state, deadline=NOW)
    assert finish == Finish(FAILED, {**ERROR, "compensation_failed": ["b"]})


@pytest.mark.parametrize("held", [(), ("e",)])
def test_past_its_deadline_the_clean_up_is_cut_off(held: tuple[str, ...]) -> None:
    state = stopped(COMPLETED, a=success(), b=success(), c=success(), e=running())
    assert next_of(state, deadline=LATER) == []
    assert next_of(state, deadline=NOW, held=held) == [Finish(COMPLETED)]


def test_a_clean_up_that_kills_its_owners_is_given_up() -> None:
    assert giving_up(PLAN, stopped(COMPLETED, a=success()), 5) == Finish(COMPLETED)


def test_what_waits_for_time_or_a_gate_is_waited_for() -> None:
    state = stopped(COMPLETED, a=success(), e=ActionState(ActionStatus.PENDING, 1, NOW))
    timed = msgspec.structs.replace(state, timers={"e": Timer(LATER, WaitReason.RETRY_BACKOFF)})
    assert (next_of(timed), wake_at(PLAN, timed, None)) == ([], LATER)
    assert next_of(state, held=("e",)) == []
    [waiting] = waiting_actions(PLAN, state, {"e": Blocked(WaitReason.CONCURRENCY, None)}, NOW)
    assert (waiting.action_id, waiting.reason) == ("e", WaitReason.CONCURRENCY)


def test_the_progress_is_that_of_the_main_part() -> None:
    state = stopped(FAILED, a=success(), b=success(), b__compensate=success())
    assert (completed_actions(PLAN, state), PLAN.total_actions) == (2, 3)


# --- what is journaled of the end ----------------------------------------------------------------


def run_of(plan: Plan) -> Run:
    return Run(
        execution_id="exec_1",
        tenant="default",
        workflow_id="wf_1",
        revision=0,
        created_by="ada",
        created_at=NOW,
        parameters={},
        timeout_seconds=60,
        plan=plan,
    )


def test_the_clean_up_has_the_time_of_the_main_part_for_itself() -> None:
    run = run_of(PLAN)
    late = msgspec.structs.replace(stopped(FAILED), stopping=Stopping(FAILED, LATER, 0, ERROR))
    assert run.deadline(main()) == NOW + timedelta(seconds=60)
    assert run.deadline(late) == LATER + timedelta(seconds=60)


def test_templates_see_the_end_that_is_to_come_only_after_the_main_part() -> None:
    run = run_of(PLAN)
    assert {"status", "error"}.isdisjoint(run.scope(None, main())["execution"])
    seen = run.scope(None, stopped(FAILED))["execution"]
    assert (seen["status"], seen["error"]) == ("failed", {"action_id": None, "own_code": None, **ERROR})
    seen = run.scope(None, stopped(CANCELLED))["execution"]
    assert (seen["status"], seen["error"]["code"], seen["error"]["message"]) == ("cancelled", None, None)


def test_an_end_tells_what_was_known_when_the_clean_up_began() -> None:
    state = msgspec.structs.replace(
        stopped(CANCELLED, a=success(), a__compensate=failed()),
        stopping=Stopping(CANCELLED, NOW, 1, user_id="ada"),
    )
    assert entry_of_end(run_of(PLAN), state, Finish(CANCELLED), Budget()) == (
        EventType.EXECUTION_CANCELLED,
        {"user_id": "ada", "warnings": ["a.compensate failed: HTTP_ERROR: no"]},
    )


def test_outputs_are_filled_in_before_the_clean_up_and_told_again_at_the_end() -> None:
    parts = {"actions": [step("a")], "on_exit": [step("e")], "outputs": {"x": "{{a.status}}"}}
    run = run_of(compile_plan([], **parts))
    kind, data = entry_of_end(run, main(a=success()), Stop(COMPLETED), Budget())
    assert (kind, data) == (EventType.EXECUTION_STOPPING, {"outcome": "completed", "outputs": {"x": "success"}})
    state = apply(main(a=success()), Event(10, kind, NOW, None, data))
    assert entry_of_end(run, state, Finish(COMPLETED), Budget()) == (
        EventType.EXECUTION_COMPLETED,
        {"outputs": {"x": "success"}},
    )


@pytest.mark.parametrize("kind", [EventType.EXECUTION_FAILED, EventType.EXECUTION_STOPPING])
def test_an_output_without_a_value_is_a_failure(kind: EventType) -> None:
    cleans_up = kind is EventType.EXECUTION_STOPPING
    plan = compile_plan([], [step("a")], on_failure=[step("f")] if cleans_up else [], outputs={"x": "{{b.response}}"})
    found, data = entry_of_end(run_of(plan), main(a=success()), Finish(COMPLETED), Budget())
    assert (found, data["error"]["code"]) == (kind, "EXPRESSION_ERROR")
    assert "outputs" not in data


# --- any run -------------------------------------------------------------------------------------


def journaled(state: ExecutionState, command: Command, fails: bool) -> ExecutionState:
    """The state after a command was carried out at once."""
    run, events = run_of(PLAN), list[tuple[EventType, str | None, dict[str, Any]]]()
    match command:
        case Begin():
            events.append((EventType.EXECUTION_STARTED, None, {}))
        case Start(action, attempt):
            events.append((EventType.ACTION_STARTED, action.action_id, {"attempt": attempt}))
            kind = EventType.ACTION_FAILED if fails else EventType.ACTION_SUCCEEDED
            events.append((kind, action.action_id, {"error": ERROR} if fails else {}))
        case Stop() | Finish():
            kind, data = entry_of_end(run, state, command, Budget())
            events.append((kind, None, data))
    for kind, action_id, data in events:
        state = apply(state, Event(state.sequence + 1, kind, NOW, action_id, data))
    return state


@given(failing=st.sets(st.sampled_from([action.action_id for action in PLAN.every_action])))
def test_any_run_cleans_up_what_it_did_and_ends_once(failing: set[str]) -> None:
    state, order = ExecutionState(), list[str]()
    while not state.status.is_terminal:
        [command] = decide(PLAN, state, None, NOW)
        is_start = isinstance(command, Start)
        if isinstance(command, Start):
            order.append(command.action.action_id)
        state = journaled(state, command, is_start and order[-1] in failing)
    done = [name for name in ("a", "b", "c") if name not in failing]
    is_whole = done == ["a", "b", "c"]
    assert state.status is (COMPLETED if is_whole else FAILED)
    ran = next((number for number, name in enumerate("abc") if name in failing), 3)
    undone = [] if is_whole else [f"{name}.compensate" for name in reversed(["a", "b"][:ran])]
    tail = ["e"] if is_whole else [*undone, "f1", "f2", "e"]
    assert order == [*["a", "b", "c"][: ran + 1], *tail]
    assert present_phase(PLAN, state) == ()
