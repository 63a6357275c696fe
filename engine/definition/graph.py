"""Checks the graph of a workflow's actions: its names, its edges and its forms; a cycle is spelled out."""

from collections.abc import Iterator, Mapping, Sequence, Set
from graphlib import CycleError, TopologicalSorter

from engine.definition.dependencies import implicit_dependencies
from engine.definition.form_faults import form_faults
from engine.definition.link_references import link_faults, linked
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.faults import Fault


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
        implicit = implicit_dependencies(with_secrets, ids) | ({*with_secrets.depends_on} - {*action.depends_on})
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
