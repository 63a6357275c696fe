"""Random graphs with conditions, lists, children and compensations, and a shell that carries them out on no disk."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from zlib import crc32

import msgspec

from engine.core.agenda import Agenda
from engine.core.clean_up import Stop
from engine.core.decide import Begin, Cancel, Finish, Skip, Start, decide
from engine.core.failure import error_object
from engine.core.fan_out import Conclude, Expand, StartItem, lost_items
from engine.core.opening import Opening, opening
from engine.core.plan import COMPENSATION_SUFFIX, Plan, PlannedAction, PlannedForEach
from engine.core.reuse import Asked, Judgement, Past, judge
from engine.core.run import Run, child_address
from engine.core.state import apply, fold, slot
from engine.expressions import templates
from engine.expressions.budget import Budget
from engine.running.comparison import RenderedComparison
from engine.running.filling_in import config_of, is_item_wanted, is_wanted, items_of, local_scope
from models.commands.parameters import ParameterDefinition
from models.entities.executions import Event
from models.words import ErrorPolicy, EventType, ExecutionStatus, ParameterType, RunIf

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ERROR = {"code": "HTTP_ERROR", "message": "no"}
SUB = "sub_workflow"
CALL = "service_call"
PARAMETERS = tuple(
    ParameterDefinition(name=name, type=kind)
    for name, kind in (("p", ParameterType.INTEGER), ("q", ParameterType.INTEGER), ("list", ParameterType.ARRAY))
)
FINAL = {status: EventType(f"execution_{status.value}") for status in ExecutionStatus if status.is_terminal}

NOTHING = Opening()

Fails = Callable[[str], bool]
"""Whether a call fails, by the slot of what makes it, with those of its parents before it."""


@lru_cache(maxsize=4_096)
def parsed(encoded: bytes) -> templates.Template:
    """A template, of its JSON."""
    return templates.parse(msgspec.json.decode(encoded))


def template(source: Any) -> templates.Template:
    return parsed(msgspec.json.encode(source))


def planned(
    action_id: str, position: int, config: Any, depends_on: frozenset[str] = frozenset(), **more: Any
) -> PlannedAction:
    return PlannedAction(
        **{
            "action_id": action_id,
            "action_type": CALL,
            "position": position,
            "config": template(config),
            "depends_on": depends_on,
            "on_error": ErrorPolicy.FAIL,
            "timeout_seconds": None,
            **more,
        }
    )


def random_plan(random: Random, *, most: int = 7, has_children: bool = True) -> Plan:
    """A graph whose actions fill in what some of those that they depend on gave, and some parameters."""
    actions: list[PlannedAction] = []
    for position in range(random.randint(1, most)):
        actions.append(random_action(random, f"a{position}", position, actions, has_children=has_children))
    compensations = {action.action_id: undoing(action, len(actions)) for action in actions if random.random() < 0.4}
    if random.random() < 0.3:
        random.shuffle(actions)
        actions = [msgspec.structs.replace(action, position=place) for place, action in enumerate(actions)]
    return Plan(tuple(actions), PARAMETERS, compensations=compensations)


def undoing(action: PlannedAction, first: int) -> PlannedAction:
    """The compensation of an action."""
    name = f"{action.action_id}{COMPENSATION_SUFFIX}"
    return planned(name, first + action.position, {}, on_error=ErrorPolicy.CONTINUE, sees_all=True)


def random_action(
    random: Random, name: str, position: int, earlier: list[PlannedAction], *, has_children: bool
) -> PlannedAction:
    depends_on = frozenset(action.action_id for action in earlier if random.random() < 0.4)
    config: dict[str, Any] = {"fixed": random.randint(0, 2)}
    for used in sorted(depends_on):
        if random.random() < 0.6:
            config[used] = f"{{{{actions.{used}.response}}}}"
    if random.random() < 0.4:
        config["p"] = random.choice(("{{p}}", "about {{p}}", "{{parameters.q}}"))
    more: dict[str, Any] = {}
    if random.random() < 0.25:
        more["on_error"] = ErrorPolicy.CONTINUE
    if depends_on and random.random() < 0.15:
        more["run_if"] = random.choice([word for word in RunIf if word is not RunIf.FIRST_SUCCESS])
    if random.random() < 0.12:
        more["when"] = template(random.choice(("{{q > 1}}", "{{p != 0}}")))
    if random.random() < 0.2:
        config["item"] = "{{item}}"
        listed = random.choice(("{{list}}", list(range(random.randint(0, 4)))))
        tolerated = random.choice((0, 0, 50, 100))
        condition = template("{{item != q}}") if random.random() < 0.3 else None
        more["for_each"] = PlannedForEach(template(listed), "item", "index", random.randint(1, 3), tolerated, condition)
    if has_children and random.random() < 0.2:
        more["action_type"] = SUB
        if "for_each" in more:  # a failure that is borne would depend on what fails in a child at first
            more["for_each"] = msgspec.structs.replace(more["for_each"], tolerated_failure_percentage=0)
    elif random.random() < 0.06:
        config, more["sees_all"] = {"all": "{{actions}}"}, True
        more.pop("for_each", None)
    return planned(name, position, config, depends_on, **more)


class Executed:
    """One execution, carried out to its end by `decide` and `apply` as soon as it is made."""

    made = 0

    def __init__(
        self,
        random: Random,
        plan: Plan,
        parameters: Mapping[str, Any],
        fails: Fails,
        child_plan: Plan,
        *,
        path: str = "",
        begin: Opening = NOTHING,
        earlier: "Executed | None" = None,
    ) -> None:
        Executed.made += 1
        self.random, self.fails, self.child_plan, self.path = random, fails, child_plan, path
        self.earlier = earlier
        self.run = Run(
            execution_id=f"exec_{Executed.made}",
            tenant="default",
            workflow_id="wf_1",
            revision=0,
            created_by="ada",
            created_at=NOW,
            parameters=parameters,
            timeout_seconds=3_600,
            plan=plan,
            rerun_of=None if earlier is None else earlier.run.execution_id,
        )
        self.state = fold(begin.events(NOW))
        self.started: list[str] = []
        self.succeeded: list[str] = []
        self.children: dict[str, Executed] = {}
        self._ready: list[tuple[PlannedAction, int | None]] = []
        self._go()

    @property
    def results(self) -> dict[str, tuple[str, Any]]:
        """What came of each action of the main part."""
        main = {action.action_id for action in self.run.plan.actions}
        found = self.state.actions.items()
        return {name: (action.status.value, action.response) for name, action in found if name in main}

    def done_over(
        self, random: Random, plan: Plan, parameters: Mapping[str, Any], fails: Fails, asked: Asked, path: str = ""
    ) -> tuple[tuple[Judgement, ...], "Executed"]:
        """Do it over: how that was judged, and the execution that did it."""
        comparison = RenderedComparison(self.run, self.state, plan, parameters, Budget())
        past = Past(self.run.execution_id, self.run.plan, self.state)
        judged = judge(past, plan, asked, comparison)
        begin = opening(past, judged, asked, NOW, keeps_versions=True, told={})
        return judged, Executed(random, plan, parameters, fails, self.child_plan, path=path, begin=begin, earlier=self)

    def _go(self) -> None:
        agenda = Agenda(self.run.plan)
        for _ in range(1_000):
            if self.state.status.is_terminal:
                return
            commands = decide(self.run.plan, self.state, None, NOW, (), agenda.actions(self.state))
            assert commands == decide(self.run.plan, self.state, None, NOW), "the agenda leaves something out"
            for command in commands:
                self._carry_out(command)
            if self._ready:
                self._end(*self._ready.pop(self.random.randrange(len(self._ready))))
            elif not commands:
                raise AssertionError("nothing to do and nothing to wait for")
        raise AssertionError("it does not end")

    def _carry_out(self, command: Any) -> None:
        match command:
            case Begin():
                self._record(EventType.EXECUTION_STARTED)
            case Start(action, attempt) | StartItem(action, attempt, _):
                item = command.item if isinstance(command, StartItem) else None
                scope = {**self._scope(action), **local_scope(action, self._place(action, item), None)}
                if not (is_wanted if item is None else is_item_wanted)(action, scope, Budget()):
                    self._record(EventType.ACTION_SKIPPED, action.action_id, {"reason": "when"}, item)
                    return
                self.started.append(slot(action.action_id, item))
                self._record(EventType.ACTION_STARTED, action.action_id, {"attempt": attempt}, item)
                self._ready.append((action, item))
            case Expand(action):
                if is_wanted(action, self._scope(action), Budget()):
                    total = len(items_of(action, self._scope(action), Budget()))
                    self.started.append(action.action_id)
                    self._record(EventType.ACTION_STARTED, action.action_id, {"attempt": 1, "items": total})
                else:
                    self._record(EventType.ACTION_SKIPPED, action.action_id, {"reason": "when"})
            case Cancel(action_id, lost_to):
                self._ready = [(action, item) for action, item in self._ready if action.action_id != action_id]
                self._record(EventType.ACTION_CANCELLED, action_id, {"lost_to": lost_to})
            case Skip(action):
                self._record(EventType.ACTION_SKIPPED, action.action_id, {"reason": "run_if"})
            case Conclude(action):
                failure = lost_items(action, self.state.actions[action.action_id])
                if failure is None:
                    self._record(EventType.ACTION_SUCCEEDED, action.action_id)
                else:
                    self._record(EventType.ACTION_FAILED, action.action_id, {"error": error_object(failure, "x", 1)})
            case Stop(status, error):
                self._ready.clear()
                self._record(EventType.EXECUTION_STOPPING, None, {"outcome": status.value, "error": error})
            case Finish(status, error):
                self._record(FINAL[status], None, {"error": error} if error else {})

    def _end(self, action: PlannedAction, item: int | None) -> None:
        before = self.state.actions[action.action_id]
        if before.completed_at is not None:
            return  # the items of an action that is lost
        scope = {**self._scope(action), **local_scope(action, self._place(action, item), None)}
        config = config_of(action, frozenset(), scope, Budget())
        name = self.path + slot(action.action_id, item)
        response: Any = 1 if action.sees_all else crc32(msgspec.json.encode([action.action_id, config]))
        has_failed = self.fails(name)
        if action.action_type == SUB:
            child = self._child(action, item, config, name)
            response, has_failed = (
                crc32(repr(sorted(child.results.items())).encode()),
                child.state.status != "completed",
            )
        if has_failed:
            self._record(EventType.ACTION_FAILED, action.action_id, {"error": ERROR, "response": None}, item)
        else:
            self._record(EventType.ACTION_SUCCEEDED, action.action_id, {"response": response}, item)

    def _place(self, action: PlannedAction, item: int | None) -> tuple[int, Any] | None:
        return None if item is None else (item, items_of(action, self._scope(action), Budget())[item])

    def _child(self, action: PlannedAction, item: int | None, config: Any, name: str) -> "Executed":
        parameters = {"p": crc32(msgspec.json.encode(config)) % 7, "q": 2, "list": [1, 2]}
        own = slot(action.action_id, item)
        again = None
        if self.state.earlier is not None and (sought := self.state.earlier.children.get(own)) is not None:
            assert self.earlier is not None
            again = self.earlier.children[own]
            assert again.run.execution_id == sought, "it goes on from another one"
        path = f"{name}/"
        if again is None:
            child = Executed(self.random, self.child_plan, parameters, self.fails, self.child_plan, path=path)
        else:
            _, child = again.done_over(self.random, self.child_plan, parameters, self.fails, Asked(), path)
        self.children[own] = child
        waits = {"reason": "execution", "address": child_address(child.run.execution_id), "notes": {}}
        self._record(EventType.ACTION_WAITING, action.action_id, waits, item)
        return child

    def _scope(self, action: PlannedAction) -> dict[str, Any]:
        return self.run.scope(action, self.state)

    def _record(
        self, kind: EventType, name: str | None = None, data: Mapping[str, Any] = {}, item: int | None = None
    ) -> None:
        if kind is EventType.ACTION_SUCCEEDED and name is not None and item is None:
            self.succeeded.append(name)
        of_item = {} if item is None else {"item": item}
        at = NOW + timedelta(seconds=self.state.sequence)
        self.state = apply(self.state, Event(self.state.sequence + 1, kind, at, name, {**data, **of_item}))


def above(plan: Plan, name: str) -> Iterator[str]:
    """All that an action depends on, directly or not."""
    needs = {action.action_id: action.depends_on for action in plan.actions}
    left, seen = [name], {name}
    while left:
        for other in needs[left.pop()] - seen:
            seen.add(other)
            left.append(other)
            yield other
