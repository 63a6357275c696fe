"""An execution in a few letters: what became of each action of its main part, in the order of the definition."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from engine.core.plan import Plan, PlannedAction
from engine.core.state import ExecutionState
from models.entities.executions import WaitingAction
from models.words import ActionStatus, WaitReason

MOST = 12
"""Letters at most: of more actions each stands for several."""

MOST_KEPT = 20_000
"""Strips that a process remembers."""

WORST_FIRST = "fupwrc-ks"
"""Of several actions the first of these is shown that any of them has."""

OF_STATUS: Mapping[ActionStatus, str] = {
    ActionStatus.PENDING: "w",
    ActionStatus.RUNNING: "r",
    ActionStatus.WAITING: "w",
    ActionStatus.SUCCESS: "s",
    ActionStatus.FAILED: "f",
    ActionStatus.SKIPPED: "k",
    ActionStatus.CANCELLED: "c",
}


def strip(plan: Plan, state: ExecutionState, waiting: Sequence[WaitingAction]) -> str:
    """The letters: `s` succeeded, `r` runs, `w` waits, `p` needs a person, `f` failed, `u` undone, `k` skipped, `c`
    cancelled, `-` is to come or never came.
    """
    waits = {action.action_id: action.reason for action in waiting}
    return folded([_letter(action, plan, state, waits) for action in plan.actions])


def folded(letters: Sequence[str]) -> str:
    """At most so many letters as are shown: neighbours that share one are about equally many, and the worst wins."""
    count = min(len(letters), MOST)
    bounds = [place * len(letters) // count for place in range(count + 1)] if count else []
    parts = [letters[start:end] for start, end in pairwise(bounds)]
    return "".join(min(part, key=WORST_FIRST.index) for part in parts)


def _letter(action: PlannedAction, plan: Plan, state: ExecutionState, waits: Mapping[str, WaitReason]) -> str:
    undoes = plan.compensations.get(action.action_id)
    undone = None if undoes is None else state.actions.get(undoes.action_id)
    if undone is not None and undone.status is ActionStatus.SUCCESS:
        return "u"
    reason, present = waits.get(action.action_id), state.actions.get(action.action_id)
    if reason is WaitReason.APPROVAL:
        return "p"
    if reason not in (None, WaitReason.DEPENDENCIES):
        return "w"
    return "-" if present is None else OF_STATUS[present.status]
