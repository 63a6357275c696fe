"""A workflow's graph of actions as data and as a Mermaid diagram, template references included."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import msgspec

from engine.core.plan import PlannedAction
from engine.definition.compiling import plan_of
from models.words import ActionPhase, ActionStatus

PLAIN = re.compile(r"[^\w .,:/-]")
"""Everything else is written as a character code: a label can neither end itself nor bring markup."""

SUBGRAPHS = {
    ActionPhase.COMPENSATION: "compensations, the last that ended first",
    ActionPhase.ON_FAILURE: "on failure",
    ActionPhase.ON_EXIT: "on exit",
}
"""The titles of what runs once the main part is over."""


class GraphNode(msgspec.Struct, frozen=True):
    """An action. `level` is the longest way to it, counted from 0; `status` is None where it was not started.

    What a `phase` after the main one has comes below all that is before it.
    """

    action_id: str
    action_type: str
    name: str | None
    level: int
    status: ActionStatus | None = None
    phase: ActionPhase = ActionPhase.MAIN
    reused_from: str | None = None
    """The execution that did it, where that was another one."""


class GraphEdge(msgspec.Struct, frozen=True):
    """`target` starts after `source` has ended. Implicit: a template of `target` uses what `source` returns.

    A compensation undoes its `source`.
    """

    source: str
    target: str
    is_implicit: bool
    is_compensation: bool = False


class Graph(msgspec.Struct, frozen=True):
    """In the order of the definition."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


def graph(
    definition: Mapping[str, Any], statuses: Mapping[str, ActionStatus], reused: Mapping[str, str | None] = {}
) -> Graph:
    """The graph of a stored definition, each action with its status where it has one. Raises `Unreadable`.

    `reused` are the executions from which results are, by the actions that have them.
    """
    plan = plan_of(definition)
    parts = {
        ActionPhase.MAIN: plan.actions,
        ActionPhase.COMPENSATION: tuple(plan.compensations.values()),
        ActionPhase.ON_FAILURE: plan.on_failure,
        ActionPhase.ON_EXIT: plan.on_exit,
    }
    sent = {
        raw["action_id"]: raw for section in ("actions", "on_failure", "on_exit") for raw in definition.get(section, ())
    }
    nodes: list[GraphNode] = []
    edges: list[GraphEdge] = []
    for phase, actions in parts.items():
        first = 1 + max((node.level for node in nodes), default=-1)
        levels = _levels(actions)
        positions = {action.action_id: action.position for action in actions}
        for action in actions:
            name = action.action_id
            raw = sent.get(name, {})
            nodes.append(
                GraphNode(
                    name,
                    action.action_type,
                    raw.get("name"),
                    first + levels[name],
                    statuses.get(name),
                    phase,
                    reused.get(name),
                )
            )
            edges += [
                GraphEdge(source, name, source not in raw.get("depends_on", ()))
                for source in sorted(action.depends_on, key=positions.__getitem__)
            ]
    edges += [
        GraphEdge(source, undone.action_id, is_implicit=False, is_compensation=True)
        for source, undone in plan.compensations.items()
    ]
    return Graph(tuple(nodes), tuple(edges))


def mermaid(drawn: Graph) -> str:
    """The graph as a Mermaid flowchart; an implicit edge is dotted, a status is a class, a clean-up is a subgraph."""
    numbers = {node.action_id: f"n{number}" for number, node in enumerate(drawn.nodes)}
    lines = ["flowchart TD"]
    for phase, nodes in groupby(drawn.nodes, key=lambda node: node.phase):
        title = SUBGRAPHS.get(phase)
        if title is not None:
            lines.append(f'  subgraph {phase.value}["{title}"]')
        for node in nodes:
            style = f":::{node.status.value}" if node.status else ""
            name = f"{node.name or node.action_id}{', reused' if node.reused_from else ''}"
            lines.append(f'  {numbers[node.action_id]}["{_label(name)}"]{style}')
        if title is not None:
            lines.append("  end")
    for edge in drawn.edges:
        arrow = "-. undone by .->" if edge.is_compensation else "-.->" if edge.is_implicit else "-->"
        lines.append(f"  {numbers[edge.source]} {arrow} {numbers[edge.target]}")
    return "\n".join(lines)


def _label(text: str) -> str:
    return PLAIN.sub(lambda found: f"#{ord(found.group())};", " ".join(text.split()))


def _levels(actions: Iterable[PlannedAction]) -> dict[str, int]:
    needs = {action.action_id: action.depends_on for action in actions}
    levels: dict[str, int] = {}
    while len(levels) < len(needs):
        for action_id, sources in needs.items():
            if action_id not in levels and levels.keys() >= sources:
                levels[action_id] = 1 + max((levels[source] for source in sources), default=-1)
    return levels
