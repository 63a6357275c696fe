"""Judges what of an execution holds for another one that does it over (decision E19): a pure function.

A result holds where all that led to it does: what it depends on, its condition, its configuration once filled in. What
was undone does not. The same judgement is what a preview shows and what is done.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from graphlib import TopologicalSorter
from typing import Any, Protocol

import msgspec

from engine.core.action_state import ActionState, Items, slot
from engine.core.decide import runs
from engine.core.fan_out import is_lost
from engine.core.plan import Plan, PlannedAction
from engine.core.run import child_of
from engine.core.state import ExecutionState
from models.rerun_words import RerunFrom, ReuseReason, ReuseVerdict
from models.words import ActionPhase, ActionStatus, WaitReason


class Past(msgspec.Struct, frozen=True):
    """The execution that is done over: what it was to do, and what came of it."""

    execution_id: str
    plan: Plan
    state: ExecutionState


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done over.

    `action_ids` run again in any case, and all that depends on them; `given` are results by hand. `asked_again` are the
    types of actions whose results never hold, and `undone` the actions whose results another execution has reused and
    compensated. With `nests` what an action had started, and has to start again, goes on from where it failed.
    """

    start: RerunFrom = RerunFrom.FAILED
    action_ids: Set[str] = frozenset()
    given: Mapping[str, Any] = {}
    asked_again: Set[str] = frozenset()
    undone: Set[str] = frozenset()
    nests: bool = True


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of an action, and why. `because_of` are the actions that are not reused and that it depends on.

    Where it runs for `total_items` of a list, the results of `reused_items` hold, if it is not reused as a whole.
    `children` are what it had started and what goes on from where it failed, by its slots.
    """

    action_id: str
    verdict: ReuseVerdict
    reason: ReuseReason
    phase: ActionPhase = ActionPhase.MAIN
    because_of: tuple[str, ...] = ()
    total_items: int | None = None
    reused_items: tuple[int, ...] = ()
    children: Mapping[str, str] = {}

    @property
    def is_reused(self) -> bool:
        """Whether what depends on it may hold too."""
        return self.verdict is ReuseVerdict.REUSED


class NotComparable(Exception):
    """To find out would take more than may be spent on it: what cannot be seen to hold does not."""


class SameItems(msgspec.Struct, frozen=True):
    """The lists of an action before and now: how long they are, and the places that hold the same."""

    total_before: int
    total: int
    same: Sequence[int]


class Comparison(Protocol):
    """Compares what the templates of an action come to, before and now, where all that it depends on is reused.

    Each of these may raise `NotComparable`.
    """

    def is_wanted(self, planned: PlannedAction, item: int | None = None) -> bool:
        """Whether the condition that an action, or each of its items, has now holds."""
        ...

    def items(self, before: PlannedAction, planned: PlannedAction) -> SameItems | None:
        """The items before and now; None where there are none to be had."""
        ...

    def same_config(self, before: PlannedAction, planned: PlannedAction, item: int | None) -> bool:
        """Whether the configuration is the same, for one of the items where it runs for some."""
        ...

    def same_use(self, before: PlannedAction, planned: PlannedAction) -> bool:
        """Whether the same is made of a response: its `output`, when it succeeded, and when it was repeated enough."""
        ...


def judge(past: Past, plan: Plan, asked: Asked, comparison: Comparison) -> tuple[Judgement, ...]:
    """What becomes of each action of `plan`, in the order of its positions; what cleans up belongs to the new one."""
    planned = {action.action_id: action for action in plan.actions}
    order = list(TopologicalSorter({name: action.depends_on for name, action in planned.items()}).static_order())
    before = {action.action_id: action for action in past.plan.actions}
    found: dict[str, Judgement] = {}
    for name in order:
        found[name] = _judged(past, before.get(name), planned[name], asked, comparison, found)
    races = {name: state.lost_to for name, state in past.state.actions.items() if state.lost_to is not None}
    _withdraw(plan, [planned[name] for name in order], found, races)
    return (*(found[action.action_id] for action in plan.actions), *_of_clean_up(plan))


def _of_clean_up(plan: Plan) -> Iterator[Judgement]:
    for phase, actions in (
        (ActionPhase.COMPENSATION, plan.compensations.values()),
        (ActionPhase.ON_FAILURE, plan.on_failure),
        (ActionPhase.ON_EXIT, plan.on_exit),
    ):
        for action in actions:
            name = action.action_id
            yield Judgement(action_id=name, verdict=ReuseVerdict.NOT_REACHED, reason=ReuseReason.CLEAN_UP, phase=phase)


def _judged(
    past: Past,
    before: PlannedAction | None,
    planned: PlannedAction,
    asked: Asked,
    comparison: Comparison,
    found: Mapping[str, Judgement],
) -> Judgement:
    name = planned.action_id
    state = past.state.actions.get(name)
    if name in asked.given:
        return Judgement(action_id=name, verdict=ReuseVerdict.GIVEN, reason=ReuseReason.GIVEN)
    if before is None or state is None:
        reason = ReuseReason.NEW if before is None else ReuseReason.NEVER_STARTED
        return Judgement(action_id=name, verdict=ReuseVerdict.NOT_REACHED, reason=reason)
    if asked.start is RerunFrom.START:
        return _again(name, ReuseReason.FROM_START)
    if name in asked.action_ids:
        return _again(name, ReuseReason.NAMED)
    if because_of := _not_reused(planned, found):
        return _again(name, ReuseReason.DEPENDENCY, because_of)
    if name in asked.undone or _is_compensated(past, name):
        return _again(name, ReuseReason.COMPENSATED)
    try:
        return _compared(past, before, planned, state, asked, comparison)
    except NotComparable:
        return _again(name, ReuseReason.NOT_COMPARABLE)


def _again(name: str, reason: ReuseReason, because_of: tuple[str, ...] = ()) -> Judgement:
    return Judgement(action_id=name, verdict=ReuseVerdict.RUNS_AGAIN, reason=reason, because_of=because_of)


def _not_reused(planned: PlannedAction, found: Mapping[str, Judgement]) -> tuple[str, ...]:
    return tuple(sorted(name for name in planned.depends_on if not found[name].is_reused))


def _is_compensated(past: Past, name: str) -> bool:
    """Whether it was begun to undo an action: how far that came does not matter."""
    compensation = past.plan.compensations.get(name)
    return compensation is not None and compensation.action_id in past.state.actions


def _compared(
    past: Past,
    before: PlannedAction,
    planned: PlannedAction,
    state: ActionState,
    asked: Asked,
    comparison: Comparison,
) -> Judgement:
    """Of an action that has begun, with all that it depends on reused."""
    name = planned.action_id
    if state.lost_to is not None:
        return Judgement(action_id=name, verdict=ReuseVerdict.REUSED, reason=ReuseReason.LOST_RACE)
    is_due = runs(planned, past.state) and comparison.is_wanted(planned)
    if state.status is ActionStatus.SKIPPED:
        if is_due:
            return _again(name, ReuseReason.CONDITION_CHANGED)
        return Judgement(action_id=name, verdict=ReuseVerdict.REUSED, reason=ReuseReason.SKIPPED)
    if not is_due:
        return _again(name, ReuseReason.CONDITION_CHANGED)
    if planned.action_type in asked.asked_again:
        has_succeeded = state.status is ActionStatus.SUCCESS
        return _again(name, ReuseReason.APPROVAL if has_succeeded else _why_not(state))
    if not _is_alike(before, planned):
        return _again(name, ReuseReason.DEFINITION_CHANGED)
    if planned.for_each is not None:
        return _of_items(before, planned, state, asked, comparison)
    reason = _why_not(state)
    if state.status is ActionStatus.SUCCESS:
        if not comparison.same_use(before, planned):
            reason = ReuseReason.DEFINITION_CHANGED
        elif comparison.same_config(before, planned, None):
            return Judgement(action_id=name, verdict=ReuseVerdict.REUSED, reason=ReuseReason.SUCCEEDED)
    children = _children(asked, ((name, state),))
    return msgspec.structs.replace(_again(name, reason), children=children)


def _why_not(state: ActionState) -> ReuseReason:
    match state.status:
        case ActionStatus.SUCCESS:
            return ReuseReason.CONFIG_CHANGED
        case ActionStatus.FAILED:
            return ReuseReason.FAILED
    return ReuseReason.UNFINISHED


def _is_alike(before: PlannedAction, planned: PlannedAction) -> bool:
    """Whether an action is of the same type and form; what fills it in is compared once it is filled in."""
    if before.action_type != planned.action_type or (before.repeat is None) != (planned.repeat is None):
        return False
    one, other = before.for_each, planned.for_each
    if one is None or other is None:
        return one is other
    return (one.item_name, one.index_name) == (other.item_name, other.index_name)


def _of_items(
    before: PlannedAction, planned: PlannedAction, state: ActionState, asked: Asked, comparison: Comparison
) -> Judgement:
    name, limits = planned.action_id, planned.for_each
    items = state.items if state.resolved_by is None else None  # what somebody said of the whole is no sum of them
    lists = comparison.items(before, planned)
    if lists is None or limits is None:
        return _again(name, ReuseReason.CONFIG_CHANGED)
    if not comparison.same_use(before, planned):
        return _again(name, ReuseReason.DEFINITION_CHANGED)
    kept = [item for item in lists.same if _holds(before, planned, item, items, comparison)]
    is_same = len(kept) == lists.total == lists.total_before
    if state.status is ActionStatus.SUCCESS and is_same and (items is None or not is_lost(limits, items)):
        return Judgement(
            action_id=name, verdict=ReuseVerdict.REUSED, reason=ReuseReason.SUCCEEDED, total_items=lists.total
        )
    reused, left = _of_each(items, kept)
    same = frozenset(lists.same)
    begun = [(slot(name, item), began) for item, began in left if item in same]
    return msgspec.structs.replace(
        _again(name, _why_not(state)),
        total_items=lists.total,
        reused_items=reused,
        children=_children(asked, begun),
    )


def _holds(
    before: PlannedAction, planned: PlannedAction, item: int, items: Items | None, comparison: Comparison
) -> bool:
    """Whether what came of an item would come of it again; `items` are None where somebody spoke for all of them."""
    began = None if items is None else items.state(item)
    was_skipped = began is not None and began.status is ActionStatus.SKIPPED
    if not comparison.is_wanted(planned, item):
        return was_skipped or items is None
    return not was_skipped and comparison.same_config(before, planned, item)


def _of_each(items: Items | None, kept: Sequence[int]) -> tuple[tuple[int, ...], list[tuple[int, ActionState]]]:
    """The items whose results hold, and the others that have begun."""
    if items is None:
        return (), []
    begun = {**items.live, **items.ended}
    good = {item for item in kept if item in begun and begun[item].status is ActionStatus.SUCCESS}
    return tuple(sorted(good)), [(item, begun[item]) for item in sorted(begun) if item not in good]


def _children(asked: Asked, begun: Sequence[tuple[str, ActionState]]) -> dict[str, str]:
    if not asked.nests:
        return {}
    return {
        name: child_of(state.wait.address)
        for name, state in begun
        if state.wait is not None and state.wait.reason is WaitReason.EXECUTION and state.wait.address is not None
    }


def _withdraw(
    plan: Plan, ordered: Sequence[PlannedAction], found: dict[str, Judgement], races: Mapping[str, str]
) -> None:
    """An action that sees all results holds only where all do but those that come of it; what follows from that too.

    What was cancelled because it lost one of `races` stays so only where the winner of that holds.
    """
    planned = {action.action_id: action for action in ordered}
    below = {action.action_id: _below(plan, action.action_id) for action in plan.actions if action.sees_all}
    is_stable = False
    while not is_stable:
        is_stable = True
        for action in ordered:
            name = action.action_id
            judgement = found[name]
            if not (judgement.is_reused or judgement.reused_items or judgement.children):
                continue
            if judgement.reason is ReuseReason.LOST_RACE and not _is_won(planned.get(races[name]), found):
                found[name], is_stable = _again(name, ReuseReason.UNFINISHED), False
            elif because_of := _not_reused(action, found):
                found[name], is_stable = _again(name, ReuseReason.DEPENDENCY, because_of), False
            elif action.sees_all:
                others = [other for other in found if not found[other].is_reused and other not in below[name] | {name}]
                if others:
                    found[name], is_stable = _again(name, ReuseReason.SEES_ALL, tuple(sorted(others))), False


def _is_won(race: PlannedAction | None, found: Mapping[str, Judgement]) -> bool:
    """Whether there is such a race still, and one whose success ended it before."""
    if race is None or not race.cancels_losers:
        return False
    return any(found[name].reason is ReuseReason.SUCCEEDED and found[name].is_reused for name in race.depends_on)


def _below(plan: Plan, name: str) -> set[str]:
    """All that depends on an action, directly or not."""
    seen: set[str] = set()
    left = [name]
    while left:
        for action in plan.dependants.get(left.pop(), ()):
            if action.action_id not in seen:
                seen.add(action.action_id)
                left.append(action.action_id)
    return seen
