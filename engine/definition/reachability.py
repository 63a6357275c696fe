"""Finds the actions of a workflow that can never run, whatever its parameters are and whatever its services answer."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, NoReturn

from engine.definition.dependencies import dependencies
from engine.definition.link_references import linked
from engine.expressions import templates
from engine.expressions.budget import LOOP_STEPS, Budget
from engine.expressions.evaluation import evaluate
from engine.expressions.references import ExpressionError
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.words import ActionStatus, ErrorPolicy, RunIf
from models.workflow_warnings import WarningCode, WorkflowWarning

Outcomes = frozenset[ActionStatus]
"""How an action may have ended when one that depends on it is looked at; what ends the execution is not among them."""

SKIPPED: Outcomes = frozenset({ActionStatus.SKIPPED})
DONE: Outcomes = SKIPPED | {ActionStatus.SUCCESS}


class _Unknown(Exception):
    """The value of an expression depends on something."""


class _Nothing(dict[str, Any]):
    """A scope that tells nothing, not even that something is missing."""

    def __contains__(self, name: object) -> NoReturn:
        raise _Unknown(name)

    def __getitem__(self, name: str) -> NoReturn:
        raise _Unknown(name)


def unreachable_warnings(actions: Sequence[ActionDefinition]) -> Iterator[WorkflowWarning]:
    """Yield a warning for each action that can never run. Says nothing of a graph that is not sound."""
    ids = {action.action_id for action in actions}
    by_id = {action.action_id: action for action in actions}
    edges = {action.action_id: dependencies(action, ids) for action in linked(actions)}
    try:
        order = list(TopologicalSorter(edges).static_order())
    except CycleError:
        return
    outcomes: dict[str, Outcomes] = {}
    reasons: dict[str, tuple[Location, str]] = {}
    for name in order:
        action = by_id.get(name)
        if action is None:  # what it would be has a fault of its own
            outcomes[name] = DONE | {ActionStatus.FAILED}
            continue
        reason = _why_never(action, {before: outcomes[before] for before in sorted(edges[name])})
        if reason is not None:
            reasons[name] = reason
        outcomes[name] = SKIPPED if reason is not None else _outcomes(action)
    for position, action in enumerate(actions):
        if action.action_id in reasons:
            loc, reason_text = reasons[action.action_id]
            message = f"action '{action.action_id}' can never run: {reason_text}"
            yield WorkflowWarning(WarningCode.UNREACHABLE_ACTION, message, ("actions", position, *loc))


def _outcomes(action: ActionDefinition) -> Outcomes:
    """How an action that may run may end, so that others look at it: a failure without `continue` ends all."""
    return DONE | {ActionStatus.FAILED} if action.on_error is ErrorPolicy.CONTINUE else DONE


def _why_never(action: ActionDefinition, before: Mapping[str, Outcomes]) -> tuple[Location, str] | None:
    """Where it says so, why, and what to do; None where the action may run."""
    if is_false(action.when):
        return ("when",), "its 'when' is always false: give it another condition, or remove the action"
    reason = _never_holds(action.run_if, before)
    return None if reason is None else (("run_if",), f"run_if {action.run_if} never holds: {reason}")


def _never_holds(run_if: RunIf | None, before: Mapping[str, Outcomes]) -> str | None:
    skipped = [name for name, outcomes in before.items() if outcomes == SKIPPED]
    unfailing = [name for name, outcomes in before.items() if ActionStatus.FAILED not in outcomes]
    if run_if in (RunIf.ANY_SUCCESS, RunIf.FIRST_SUCCESS) and len(skipped) == len(before):
        return f"{_listed(skipped)} can never run either, so none succeeds: depend on an action that does"
    if run_if is RunIf.ANY_FAILED and len(unfailing) == len(before):
        return f"{_ending(unfailing, skipped)}: set on_error to continue where a failure is to be gone on from"
    if run_if is RunIf.ALL_FAILED and unfailing:
        return f"{_ending(unfailing, skipped)}: set on_error to continue there, or do not depend on it"
    return None


def _ending(unfailing: Sequence[str], skipped: Sequence[str]) -> str:
    """Why none of some actions is ever seen to have failed."""
    parts = []
    if ending := [name for name in unfailing if name not in skipped]:
        parts.append(f"a failure of {_listed(ending)} ends the execution")
    if skipped := [name for name in unfailing if name in skipped]:
        parts.append(f"{_listed(skipped)} can never run")
    return " and ".join(parts)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def is_false(when: bool | str | None) -> bool:
    """Whether a condition is false without a look at anything."""
    if not isinstance(when, str):
        return when is False
    condition = templates.parse(when)
    if not isinstance(condition, templates.Whole):
        return False
    try:
        return evaluate(condition.expression, _Nothing(), Budget(LOOP_STEPS)) is False
    except (_Unknown, ExpressionError):
        return False
