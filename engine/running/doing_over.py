"""Judges what holds of an execution that is done over, and opens the one that does it: a preview asks the same."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.actions.approval import ApprovalAction
from engine.core.opening import Opening, opening
from engine.core.plan import Plan
from engine.core.reuse import Asked, Judgement, Past, judge
from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.expressions.budget import LOOP_STEPS, Budget
from engine.running.comparison import RenderedComparison


class DoneOver(msgspec.Struct, frozen=True):
    """What becomes of each action, and with what the journal begins of the execution in which it does."""

    judgements: tuple[Judgement, ...]
    opening: Opening


async def done_over(
    run: Run,
    state: ExecutionState,
    plan: Plan,
    parameters: Mapping[str, Any],
    asked: Asked,
    *,
    at: datetime,
    keeps_versions: bool,
    told: Mapping[str, Any],
) -> DoneOver:
    """Judge an execution, which has ended, for one by a `plan` and with `parameters`; `told` goes with its acceptance.

    It costs as much as one rendering may; what is more is not compared, and runs again. On the loop where it is cheap.
    """
    past = Past(run.execution_id, run.plan, state)

    def compute(budget: Budget) -> tuple[Judgement, ...]:
        return judge(past, plan, asked, RenderedComparison(run, state, plan, parameters, budget))

    budget = Budget(LOOP_STEPS)
    judgements = compute(budget)
    if budget.has_no_steps_left:
        judgements = await asyncio.to_thread(compute, Budget())
    return DoneOver(judgements, opening(past, judgements, asked, at, keeps_versions=keeps_versions, told=told))


def asked_again(*, reuses_approvals: bool) -> frozenset[str]:
    """The types of actions whose results do not hold: who approves what is done answers for it each time."""
    return frozenset() if reuses_approvals else frozenset({ApprovalAction.action_type})
