"""Random graphs by the thousand, done over: what is reused and what runs again make the whole, as it was foreseen."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec
import pytest

from engine.core.opening import Opening, opening
from engine.core.plan import COMPENSATION_SUFFIX, Plan, PlannedAction
from engine.core.reuse import Asked, Judgement, Past, judge
from engine.core.state import ExecutionState, slot
from engine.expressions.budget import Budget
from engine.running.comparison import RenderedComparison
from models.rerun_words import RerunFrom, ReuseVerdict
from models.words import ActionStatus, ErrorPolicy, ExecutionStatus
from tests.sizes import tried
from tests.support.core.reruns import NOW, Executed, above, random_action, random_plan, template

GRAPHS = tried(2_000, 10_000)
PORTIONS = 20
GIVEN = 777


class Case:
    """One graph with what fails in its first execution, and what is asked for afterwards."""

    def __init__(self, seed: int) -> None:
        self.random = random = Random(seed)  # noqa: S311 - to be repeatable is its purpose
        self.plan = random_plan(random)
        self.child_plan = random_plan(random, most=4, has_children=False)
        actions = (*self.plan.actions, *self.child_plan.actions)
        self.weak = {action.action_id for action in actions if may_stay_ill(action) and random.random() < 0.5}
        self.weak -= {action.action_id for action in actions if not may_stay_ill(action)}
        # What a success bears is part of it, and stays as it is: what fails at first only must fail what it is of.
        borne = {action.action_id for action in self.child_plan.actions if action.on_error is ErrorPolicy.CONTINUE}
        borne |= {action.action_id for action in actions if tolerance_of(action) > 0}
        self.ill = {action.action_id for action in actions if random.random() < 0.25} - borne
        self.worse = {action.action_id for action in actions if random.random() < 0.08} - borne
        if random.random() < 0.5:
            self.worse.clear()
        self.parameters: dict[str, Any] = {"p": 1, "q": random.randint(1, 2), "list": [0, 1, 2]}
        self.first = Executed(random, self.plan, self.parameters, self.fails_at_first, self.child_plan)
        self.new_plan = self._changed_plan() if random.random() < 0.3 else self.plan
        self.new_parameters = {**self.parameters, **self._changed_parameters()}
        self.asked = self._asked()

    def fails_at_first(self, name: str) -> bool:
        """Each action by itself, an item only where that fails its action."""
        return self.fails_later(name) or self._named(name) in self.ill

    def fails_then(self, name: str) -> bool:
        """When it is done over, something else may fail, and that again when it is of another one."""
        return self.fails_later(name) or self._named(name) in self.worse

    def fails_later(self, name: str) -> bool:
        """What nothing mends."""
        return self._named(name) in self.weak

    def _named(self, name: str) -> str:
        own, _, item = name.rpartition("/")[2].partition("[")
        return own if own.endswith(COMPENSATION_SUFFIX) or not item or item.startswith("1") else f"not {own}"

    def _changed_parameters(self) -> dict[str, Any]:
        if self.random.random() < 0.6:
            return {}
        return self.random.choice(({"p": 2}, {"q": 5}, {"list": [0, 9, 2, 3]}, {"list": [0]}))

    def _changed_plan(self) -> Plan:
        actions = list(self.plan.actions)
        at = self.random.randrange(len(actions))
        match self.random.choice(("config", "new", "policy")):
            case "config" if not actions[at].sees_all:
                actions[at] = msgspec.structs.replace(actions[at], config=template({"fixed": "another"}))
            case "new":
                added = random_action(self.random, "added", len(actions), actions, has_children=False)
                actions.append(msgspec.structs.replace(added, sees_all=False, config=template({"new": "{{p}}"})))
            case _:
                actions[at] = msgspec.structs.replace(actions[at], timeout_seconds=5)
        return msgspec.structs.replace(self.plan, actions=tuple(actions))

    def _asked(self) -> Asked:
        names = [action.action_id for action in self.new_plan.actions]
        given: Mapping[str, Any] = {}
        if self.random.random() < 0.2:
            given = {self.random.choice(names): GIVEN}
        start = self.random.choice((RerunFrom.FAILED, RerunFrom.FAILED, RerunFrom.START, RerunFrom.ACTIONS))
        named = {name for name in names if name not in given and self.random.random() < 0.3}
        return Asked(
            start=start,
            action_ids=named if start is RerunFrom.ACTIONS else frozenset(),
            given=given,
            nests=self.random.random() < 0.8,
        )

    def whole(self) -> Executed:
        """What comes of it where nothing is reused."""
        nothing = Past("exec_none", self.new_plan, ExecutionState())
        asked = Asked(given=self.asked.given)
        comparison = RenderedComparison(self.first.run, ExecutionState(), self.new_plan, self.new_parameters, Budget())
        judged = judge(nothing, self.new_plan, asked, comparison)
        begin = opening(nothing, judged, asked, NOW, keeps_versions=True, told={}) if asked.given else Opening()
        return Executed(self.random, self.new_plan, self.new_parameters, self.fails_later, self.child_plan, begin=begin)


def tolerance_of(action: PlannedAction) -> float:
    """How many per cent of its items may fail."""
    return 0 if action.for_each is None else action.for_each.tolerated_failure_percentage


def may_stay_ill(action: PlannedAction) -> bool:
    """Whether its failure, which nothing mends, ends nothing, and leaves the same behind in whatever order it comes."""
    return action.on_error is ErrorPolicy.CONTINUE and (action.for_each is None or tolerance_of(action) == 100)


def faults(seed: int) -> Iterator[str]:
    """What is wrong where one case is done over, and done over again."""
    case = Case(seed)
    whole = case.whole()
    done, asked = case.first, case.asked
    for fails in (case.fails_then, case.fails_later):
        before = done
        judged, done = before.done_over(case.random, case.new_plan, case.new_parameters, fails, asked)
        yield from of_reuse(before, case.new_plan, judged)
        yield from of_preview(judged, done)
        yield from of_compensation(before, judged, done)
        is_well = fails == case.fails_later or not case.worse
        if is_well and done.state.status is ExecutionStatus.COMPLETED and done.results != whole.results:
            yield f"gave {done.results}, and the whole {whole.results}"
        asked = Asked(given=asked.given)
    if done.state.status is not whole.state.status:
        yield f"ended {done.state.status}, and the whole {whole.state.status}"


def of_reuse(before: Executed, plan: Plan, judged: tuple[Judgement, ...]) -> Iterator[str]:
    """Nothing is reused that did not succeed, was undone, or comes after what is not reused."""
    verdicts = {judgement.action_id: judgement for judgement in judged}
    for action in plan.actions:
        judgement = verdicts[action.action_id]
        state = before.state.actions.get(action.action_id)
        if not (judgement.is_reused or judgement.reused_items):
            continue
        if state is None or f"{action.action_id}{COMPENSATION_SUFFIX}" in before.state.actions:
            yield f"{action.action_id} is reused, and was never there or was undone"
            continue
        if judgement.is_reused and state.status not in (ActionStatus.SUCCESS, ActionStatus.SKIPPED):
            yield f"{action.action_id} is reused, and was {state.status}"
        changed = [name for name in above(plan, action.action_id) if not verdicts[name].is_reused]
        if changed:
            yield f"{action.action_id} is reused, and comes after {changed}"
        if action.sees_all:
            below = [other.action_id for other in plan.actions if action.action_id in above(plan, other.action_id)]
            seen = {other.action_id for other in plan.actions} - {action.action_id, *below}
            if changed := [name for name in sorted(seen) if not verdicts[name].is_reused]:
                yield f"{action.action_id} is reused, and sees {changed}"


def of_preview(judged: tuple[Judgement, ...], done: Executed) -> Iterator[str]:
    """What was foreseen is what happened."""
    for judgement in judged:
        name, state = judgement.action_id, done.state.actions.get(judgement.action_id)
        own = [started for started in done.started if started == name or started.startswith(f"{name}[")]
        match judgement.verdict:
            case ReuseVerdict.REUSED:
                if own or state is None or state.reused_from is None:
                    yield f"{name} was to be reused, and {own} began"
            case ReuseVerdict.GIVEN:
                if own or state is None or not state.is_given:
                    yield f"{name} was given, and {own} began"
            case ReuseVerdict.RUNS_AGAIN | ReuseVerdict.NOT_REACHED:
                if state is not None and (state.reused_from is not None or state.is_given):
                    yield f"{name} was to run, and has a result of before"
                if again := {slot(name, item) for item in judgement.reused_items} & set(own):
                    yield f"{again} were to be reused, and began"
                if judgement.phase == "main" and state is None and done.state.status is ExecutionStatus.COMPLETED:
                    yield f"{name} was to run, and did not"


def of_compensation(before: Executed, judged: tuple[Judgement, ...], done: Executed) -> Iterator[str]:
    """Where it fails, all that has a result is undone, from the last one on, reused or not."""
    verdicts = {judgement.action_id: judgement.verdict for judgement in judged}
    order = [name for name in before.state.actions if verdicts.get(name) is ReuseVerdict.REUSED]
    order += [name for name, verdict in verdicts.items() if verdict is ReuseVerdict.GIVEN]
    order += done.succeeded
    status = {name: action.status for name, action in done.state.actions.items()}
    due = [name for name in order if name in done.run.plan.compensations and status[name] is ActionStatus.SUCCESS]
    wanted = due[::-1] if done.state.status is ExecutionStatus.FAILED else []
    undone = [name.removesuffix(COMPENSATION_SUFFIX) for name in done.started if name.endswith(COMPENSATION_SUFFIX)]
    if undone != wanted:
        yield f"undid {undone}, and not {wanted}"


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_what_is_reused_and_what_runs_again_make_the_whole(portion: int) -> None:
    seeds = range(portion, GRAPHS, PORTIONS)
    assert [f"seed {seed}: {fault}" for seed in seeds for fault in faults(seed)] == []
