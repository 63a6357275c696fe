"""Validates the graph of a workflow's actions and compiles it to a plan; a cycle is spelled out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

import msgspec

from engine import templates
from engine.form_faults import form_faults
from engine.link_references import link_faults, linked
from engine.local_names import templates_of
from engine.located import Located, located
from engine.references import Reference
from models.commands import ActionDefinition, ParameterDefinition
from models.control_flow import ForEach, Repeat
from models.errors import Unreadable
from models.faults import Fault
from models.retry_policy import RetryPolicy
from models.validation import Command, Location
from models.words import ErrorPolicy, FaultCode, RunIf

DEFINITION_VERSION = 1
"""The version of definitions that is written and read here. A key without which a definition would mean another thing
makes a new one: who knows only older ones must not carry it out as if the key were not there.
"""

EXECUTION_FIELDS = frozenset({"id", "workflow_id", "created_by", "created_at"})
"""What `{{execution.…}}` offers."""


PARTS = ("parameters", "actions", "on_failure", "on_exit", "outputs")
"""The keys of a stored definition that are known here."""

C = TypeVar("C", bound=Command)


class PlannedForEach(msgspec.Struct, frozen=True):
    """For which items an action runs, how many at once, and how many of them may fail."""

    items: templates.Template
    item_name: str
    index_name: str
    max_concurrency: int
    tolerated_failure_percentage: float


class PlannedRepeat(msgspec.Struct, frozen=True):
    """When an action has been repeated enough. The delay is in seconds."""

    until: templates.Template
    max_iterations: int
    delay_seconds: float


class PlannedAction(msgspec.Struct, frozen=True):
    """One action ready to run: its configuration parsed, its dependencies explicit and implicit."""

    action_id: str
    action_type: str
    position: int
    config: templates.Template
    depends_on: frozenset[str]
    on_error: ErrorPolicy
    timeout_seconds: int | None
    retry: RetryPolicy | None = None
    secrets: frozenset[str] = frozenset()
    """The names of the secrets that its configuration uses."""
    when: templates.Template | None = None
    run_if: RunIf | None = None
    for_each: PlannedForEach | None = None
    repeat: PlannedRepeat | None = None
    output: templates.Template | None = None
    sees_all: bool = False
    """Whether it sees all results, because it uses `actions` as a whole or cleans up, and not those alone on which it
    depends.
    """


class Plan(msgspec.Struct, frozen=True, dict=True):
    """The compiled, immutable form of one workflow version.

    `actions` are those of the main part. `compensations` are found by the action that each of them undoes.
    """

    actions: tuple[PlannedAction, ...]
    parameters: tuple[ParameterDefinition, ...]
    secrets: frozenset[str] = frozenset()
    """The names of the secrets that any of its actions uses."""
    compensations: Mapping[str, PlannedAction] = {}
    on_failure: tuple[PlannedAction, ...] = ()
    on_exit: tuple[PlannedAction, ...] = ()
    outputs: Mapping[str, templates.Template] = {}

    @property
    def total_actions(self) -> int:
        """How many actions a complete run has, its clean-up aside."""
        return len(self.actions)

    @property
    def every_action(self) -> tuple[PlannedAction, ...]:
        """The actions of all parts, in the order of their positions."""
        return (*self.actions, *self.compensations.values(), *self.on_failure, *self.on_exit)

    @property
    def action_ids(self) -> list[str]:
        """All actions, those of the clean-up after the others."""
        return [action.action_id for action in self.every_action]

    @cached_property
    def dependants(self) -> Mapping[str, Sequence[PlannedAction]]:
        """The actions that depend on each, as far as any do."""
        found: dict[str, list[PlannedAction]] = {}
        for action in self.actions:
            for name in action.depends_on:
                found.setdefault(name, []).append(action)
        return found

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of each action in the definition, from 0, those of the clean-up after the others."""
        return {action.action_id: action.position for action in self.every_action}


def compile_plan(
    parameters: Iterable[Mapping[str, Any]],
    actions: Sequence[Mapping[str, Any]],
    on_failure: Sequence[Mapping[str, Any]] = (),
    on_exit: Sequence[Mapping[str, Any]] = (),
    outputs: Mapping[str, Any] | None = None,
) -> Plan:
    """Compile a definition that was validated when it was saved; its parts are named as they are stored.

    Keys of actions and parameters that are unknown here are passed by: see `DEFINITION_VERSION`.
    """
    definitions = [_stored(ActionDefinition, action) for action in actions]
    main = _section(definitions, 0)
    undone = [action.action_id for action in definitions if action.compensate is not None]
    compensations = _borne(compensations_of(definitions), len(main))
    first = len(main) + len(compensations)
    after_failure = _borne([_stored(ActionDefinition, action) for action in on_failure], first)
    first += len(after_failure)
    plan = Plan(
        main,
        tuple(_stored(ParameterDefinition, parameter) for parameter in parameters),
        compensations=dict(zip(undone, compensations, strict=True)),
        on_failure=after_failure,
        on_exit=_borne([_stored(ActionDefinition, action) for action in on_exit], first),
        outputs={name: templates.parse(output) for name, output in (outputs or {}).items()},
    )
    return msgspec.structs.replace(plan, secrets=frozenset().union(*(each.secrets for each in plan.every_action)))


def plan_of(definition: Any, schema_version: int = DEFINITION_VERSION) -> Plan:
    """Compile a definition as it is stored. Raises `Unreadable` where a newer version wrote it, or it is damaged."""
    if schema_version > DEFINITION_VERSION:
        what = (
            f"its definition is of version {schema_version}, and version {DEFINITION_VERSION} is the newest known here"
        )
        raise Unreadable(FaultCode.NEWER_DEFINITION, what)
    try:
        return compile_plan(**{part: definition[part] for part in PARTS if part in definition})
    except Exception as error:  # whatever it makes the compiler stumble over, it is the definition which is wrong
        raise Unreadable(FaultCode.DAMAGED, "its definition is damaged") from error


def _stored(model: type[C], value: Any) -> C:
    """What was validated strictly when it was saved."""
    return model.model_validate(value, extra="ignore")


def _section(definitions: Sequence[ActionDefinition], first: int) -> tuple[PlannedAction, ...]:
    ids = {definition.action_id for definition in definitions}
    return tuple(_planned(first + number, definition, ids) for number, definition in enumerate(linked(definitions)))


def _borne(definitions: Sequence[ActionDefinition], first: int) -> tuple[PlannedAction, ...]:
    """What fails while an execution is cleaned up keeps nothing else from being done; it sees all results."""
    section = _section(definitions, first)
    return tuple(msgspec.structs.replace(each, on_error=ErrorPolicy.CONTINUE, sees_all=True) for each in section)


def compensations_of(actions: Iterable[ActionDefinition]) -> list[ActionDefinition]:
    """The compensations of actions, as actions with ids of their own: no other id has a dot."""
    return [
        ActionDefinition(
            action_id=action.action_id,
            action_type=action.compensate.action_type,
            config=action.compensate.config,
            timeout_seconds=action.compensate.timeout_seconds,
            retry=action.compensate.retry,
        ).model_copy(update={"action_id": f"{action.action_id}.compensate"})
        for action in actions
        if action.compensate is not None
    ]


def _planned(position: int, definition: ActionDefinition, ids: set[str]) -> PlannedAction:
    config = templates.parse(definition.config)
    return PlannedAction(
        action_id=definition.action_id,
        action_type=definition.action_type,
        position=position,
        config=config,
        depends_on=dependencies(definition, ids),
        on_error=definition.on_error,
        timeout_seconds=definition.timeout_seconds,
        retry=definition.retry,
        secrets=_secrets(config),
        when=_parsed(definition.when),
        run_if=definition.run_if,
        for_each=_for_each(definition.for_each),
        repeat=_repeat(definition.repeat),
        output=_parsed(definition.output),
        sees_all=any(reference.segments == ("actions",) for reference in _references(definition)),
    )


def _parsed(source: Any) -> templates.Template | None:
    return None if source is None else templates.parse(source)


def _for_each(form: ForEach | None) -> PlannedForEach | None:
    if form is None:
        return None
    return PlannedForEach(
        templates.parse(form.in_),
        form.as_,
        form.index_as,
        form.max_concurrency,
        form.tolerated_failure_percentage,
    )


def _repeat(form: Repeat | None) -> PlannedRepeat | None:
    if form is None:
        return None
    return PlannedRepeat(templates.parse(form.until), form.max_iterations, form.delay_seconds)


def _implicit(definition: ActionDefinition, ids: set[str]) -> frozenset[str]:
    """A reference to an action is a dependency on it (decision W4)."""
    return frozenset(name for reference in _references(definition) if (name := referenced_action(reference)) in ids)


def _references(definition: ActionDefinition) -> Iterator[Reference]:
    """All that an action refers to, but for the names that are its own."""
    for part in templates_of(definition):
        for reference in templates.references(templates.parse(part.source)):
            if reference.root not in part.names:
                yield reference


def expressions_of(action: ActionDefinition, loc: Location) -> Iterator[Located]:
    """Yield every expression of an action that stands at `loc`, with its place, in the order of its source."""
    for part in templates_of(action):
        yield from located(part.source, (*loc, *part.loc), part.names)


def dependencies(definition: ActionDefinition, ids: set[str]) -> frozenset[str]:
    """All that an action waits for: what it names, and what its templates use."""
    return frozenset(definition.depends_on) | _implicit(definition, ids)


def used_secrets(actions: Iterable[ActionDefinition]) -> frozenset[str]:
    """The names of the secrets that actions and their compensations use."""
    given = list(actions)
    used = (_secrets(templates.parse(action.config)) for action in (*given, *compensations_of(given)))
    return frozenset().union(*used)


def _secrets(config: templates.Template) -> frozenset[str]:
    return frozenset(name for reference in templates.references(config) if (name := reference.secret) is not None)


def referenced_action(reference: Reference) -> str | None:
    """The name that a reference would take for an action: `x` of `{{x...}}` and of `{{actions.x...}}`."""
    if reference.root != "actions":
        return reference.root
    return str(reference.segments[1]) if len(reference.segments) > 1 else None


def graph_faults(
    parameter_names: Sequence[str],
    actions: Sequence[ActionDefinition],
    loc: Location,
    section: str = "actions",
    taken: Set[str] = frozenset(),
) -> Iterator[Fault]:
    """Yield every fault of the graph of one `section` of a workflow (decision W3), each naming the edge or the cycle.

    `taken` are the ids of the actions in other sections.
    """
    where: Location = (*loc, section)
    yield from _name_faults(frozenset(parameter_names), actions, where, taken)
    yield from link_faults(actions, taken, where)
    ids = {action.action_id for action in actions}
    edges: dict[str, set[str]] = {}
    for position, (action, with_secrets) in enumerate(zip(actions, linked(actions), strict=True)):
        yield from _edge_faults(action, ids, (*where, position, "depends_on"))
        yield from form_faults(action, ids.union(parameter_names, taken), (*where, position))
        implicit = _implicit(with_secrets, ids) | ({*with_secrets.depends_on} - {*action.depends_on})
        edges[action.action_id] = (set(action.depends_on) & ids | implicit) - {action.action_id}
        if action.action_id in implicit:
            yield Fault(
                (*where, position, "config"),
                f"cycle: {action.action_id} -> {action.action_id} (an action cannot use its own result)",
                "value_error.cycle",
            )
    yield from _cycle_faults(edges, where)


def parameter_faults(parameter_names: Sequence[str], loc: Location) -> Iterator[Fault]:
    """Yield a fault for each parameter that there is already."""
    seen: set[str] = set()
    for position, name in enumerate(parameter_names):
        if name in seen:
            where = (*loc, "parameters", position, "name")
            yield Fault(where, f"parameter '{name}' is defined twice", "value_error.duplicate")
        seen.add(name)


def _name_faults(
    parameters: Set[str], actions: Sequence[ActionDefinition], loc: Location, taken: Set[str]
) -> Iterator[Fault]:
    seen = set(taken)
    for position, action in enumerate(actions):
        where = (*loc, position, "action_id")
        if action.action_id in seen:
            yield Fault(where, f"action_id '{action.action_id}' is used twice", "value_error.duplicate")
        if action.action_id in parameters:
            message = f"action_id '{action.action_id}' is also a parameter: templates could not tell them apart"
            yield Fault(where, message, "value_error.duplicate")
        seen.add(action.action_id)


def _edge_faults(action: ActionDefinition, ids: set[str], loc: Location) -> Iterator[Fault]:
    for index, dependency in enumerate(action.depends_on):
        if dependency == action.action_id:
            message = f"cycle: {dependency} -> {dependency} (an action cannot depend on itself)"
            yield Fault((*loc, index), message, "value_error.cycle")
        elif dependency not in ids:
            message = f"action '{action.action_id}' depends on '{dependency}', which is no action of this workflow"
            yield Fault((*loc, index), message, "value_error.unknown_dependency")


def _cycle_faults(edges: Mapping[str, set[str]], loc: Location) -> Iterator[Fault]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        # The sorter lists each action before the one that depends on it; people read dependency arrows.
        cycle = " -> ".join(reversed(error.args[1]))
        yield Fault(loc, f"cycle: {cycle}", "value_error.cycle")
