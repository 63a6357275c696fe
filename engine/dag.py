"""Validates the graph of a workflow's actions and compiles it to a plan; a cycle is spelled out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from difflib import get_close_matches
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

import msgspec

from engine import templates
from engine.form_faults import form_faults
from engine.local_names import templates_of
from engine.references import Reference
from models.commands import ActionDefinition, ParameterDefinition
from models.control_flow import ForEach, Repeat
from models.errors import Fault
from models.retry_policy import RetryPolicy
from models.validation import Location
from models.words import ErrorPolicy, RunIf

EXECUTION_FIELDS = frozenset({"id", "workflow_id", "created_by", "created_at"})
"""What `{{execution.…}}` offers."""


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
    """Whether a template of it uses `actions` as a whole, and not only results that it depends on."""


class Plan(msgspec.Struct, frozen=True, dict=True):
    """The compiled, immutable form of one workflow version."""

    actions: tuple[PlannedAction, ...]
    parameters: tuple[ParameterDefinition, ...]
    secrets: frozenset[str] = frozenset()
    """The names of the secrets that any of its actions uses."""

    @property
    def total_actions(self) -> int:
        """How many actions a complete run has."""
        return len(self.actions)

    @property
    def action_ids(self) -> list[str]:
        """The actions in the order of the definition."""
        return [action.action_id for action in self.actions]

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
        """The place of each action in the definition, from 0."""
        return {action.action_id: action.position for action in self.actions}


def compile_plan(parameters: Iterable[Mapping[str, Any]], actions: Sequence[Mapping[str, Any]]) -> Plan:
    """Compile a definition that was validated when it was saved."""
    definitions = [ActionDefinition.model_validate(action) for action in actions]
    ids = {definition.action_id for definition in definitions}
    planned = tuple(_planned(position, definition, ids) for position, definition in enumerate(definitions))
    return Plan(
        planned,
        tuple(ParameterDefinition.model_validate(parameter) for parameter in parameters),
        frozenset().union(*(action.secrets for action in planned)),
    )


def _planned(position: int, definition: ActionDefinition, ids: set[str]) -> PlannedAction:
    config = templates.parse(definition.config)
    return PlannedAction(
        action_id=definition.action_id,
        action_type=definition.action_type,
        position=position,
        config=config,
        depends_on=frozenset(definition.depends_on) | _implicit(definition, ids),
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


def used_secrets(actions: Iterable[ActionDefinition]) -> frozenset[str]:
    """The names of the secrets that actions use."""
    return frozenset().union(*(_secrets(templates.parse(action.config)) for action in actions))


def _secrets(config: templates.Template) -> frozenset[str]:
    return frozenset(name for reference in templates.references(config) if (name := reference.secret) is not None)


def referenced_action(reference: Reference) -> str | None:
    """The name that a reference would take for an action: `x` of `{{x...}}` and of `{{actions.x...}}`."""
    if reference.root != "actions":
        return reference.root
    return str(reference.segments[1]) if len(reference.segments) > 1 else None


def graph_faults(parameter_names: Sequence[str], actions: Sequence[ActionDefinition], loc: Location) -> Iterator[Fault]:
    """Yield every fault of the graph (decision W3), each naming the edge or the cycle."""
    yield from _name_faults(parameter_names, actions, loc)
    ids = {action.action_id for action in actions}
    edges: dict[str, set[str]] = {}
    for position, action in enumerate(actions):
        yield from _edge_faults(action, ids, (*loc, "actions", position, "depends_on"))
        yield from form_faults(action, ids.union(parameter_names), (*loc, "actions", position))
        implicit = _implicit(action, ids)
        edges[action.action_id] = (set(action.depends_on) & ids | implicit) - {action.action_id}
        if action.action_id in implicit:
            yield Fault(
                (*loc, "actions", position, "config"),
                f"cycle: {action.action_id} -> {action.action_id} (an action cannot use its own result)",
                "value_error.cycle",
            )
    yield from _cycle_faults(edges, loc)


def _name_faults(parameter_names: Sequence[str], actions: Sequence[ActionDefinition], loc: Location) -> Iterator[Fault]:
    seen: set[str] = set()
    for position, name in enumerate(parameter_names):
        if name in seen:
            where = (*loc, "parameters", position, "name")
            yield Fault(where, f"parameter '{name}' is defined twice", "value_error.duplicate")
        seen.add(name)
    parameters = frozenset(seen)
    seen.clear()
    for position, action in enumerate(actions):
        where = (*loc, "actions", position, "action_id")
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
        yield Fault((*loc, "actions"), f"cycle: {cycle}", "value_error.cycle")


def reference_warnings(
    parameter_names: Sequence[str], actions: Sequence[ActionDefinition], secret_names: Set[str] | None = None
) -> Iterator[str]:
    """Yield a warning for each reference that will have no value at run time (decision W4).

    `secret_names` are the secrets that exist; None where nobody knows.
    """
    ids = {action.action_id for action in actions}
    below: Mapping[str, Set[str]] = {
        "parameters": set(parameter_names),
        "actions": ids,
        "execution": EXECUTION_FIELDS,
    }
    for action in actions:
        for faulty in templates.faults(templates.parse(action.config)):
            yield (
                f"action '{action.action_id}': '{{{{{faulty.source}}}}}' cannot be read: {faulty.reason}, so the "
                "action will fail with EXPRESSION_ERROR"
            )
        for reference in _references(action):
            if reference.secret is not None:
                if secret_names is not None and reference.secret not in secret_names:
                    yield (
                        f"action '{action.action_id}': '{{{{{reference.source}}}}}' names no secret, so the action "
                        "will fail with EXPRESSION_ERROR until there is one"
                    )
            elif not _has_value(reference, below, ids.union(parameter_names)):
                yield (
                    f"action '{action.action_id}': '{{{{{reference.source}}}}}' names no parameter "
                    f"and no action of this workflow{_near(reference, ids.union(parameter_names))}, so the action will "
                    "fail with EXPRESSION_ERROR"
                )


def _near(reference: Reference, names: Iterable[str]) -> str:
    meant = get_close_matches(referenced_action(reference) or "", names, n=1)
    return f" (did you mean '{meant[0]}'?)" if meant else ""


def _has_value(reference: Reference, below: Mapping[str, Set[str]], bare: Set[str]) -> bool:
    if reference.root in below:
        return len(reference.segments) == 1 or str(reference.segments[1]) in below[reference.root]
    return reference.root in bare
