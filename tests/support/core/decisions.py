"""States of executions in short, and what `decide` says next."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.core.decide import (
    Begin,
    Command,
    Finish,
    Start,
    decide,
)
from engine.core.plan import Plan
from engine.core.state import ActionState, ExecutionState
from engine.definition.compiling import compile_plan
from models.words import ActionStatus, ExecutionStatus

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


def failure_of(action_id: str) -> tuple[ExecutionStatus, dict[str, str]]:
    return ExecutionStatus.FAILED, error_of(action_id)
