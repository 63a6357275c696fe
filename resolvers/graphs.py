"""A workflow's graph of actions as data and as a Mermaid diagram, template references included."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.dag import Plan, compile_plan
from models.words import ActionStatus

PLAIN = re.compile(r"[^\w .,:/-]")
"""Everything else is written as a character code: a label can neither end itself nor bring markup."""


class GraphNode(msgspec.Struct, frozen=True):
    """An action. `level` is the longest way to it, counted from 0; `status` is None where it was not started."""

    action_id: str
    action_type: str
    name: str | None
    level: int
    status: ActionStatus | None = None


class GraphEdge(msgspec.Struct, frozen=True):
    """`target` starts after `source` has ended. Implicit: a template of `target` uses what `source` returns."""

    source: str
    target: str
    is_implicit: bool


class Graph(msgspec.Struct, frozen=True):
    """In the order of the definition."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


def graph(definition: Mapping[str, Any], statuses: Mapping[str, ActionStatus]) -> Graph:
    """The graph of a stored definition, each action with its status where it has one."""
    plan = compile_plan(definition["parameters"], definition["actions"])
    levels = _levels(plan)
    nodes = tuple(
        GraphNode(
            raw["action_id"],
            raw["action_type"],
            raw.get("name"),
            levels[raw["action_id"]],
            statuses.get(raw["action_id"]),
        )
        for raw in definition["actions"]
    )
    explicit = {raw["action_id"]: set(raw.get("depends_on", ())) for raw in definition["actions"]}
    positions = {action.action_id: action.position for action in plan.actions}
    edges = tuple(
        GraphEdge(source, action.action_id, source not in explicit[action.action_id])
        for action in plan.actions
        for source in sorted(action.depends_on, key=positions.__getitem__)
    )
    return Graph(nodes, edges)


def mermaid(drawn: Graph) -> str:
    """The graph as a Mermaid flowchart; an implicit edge is dotted, a status is a class."""
    numbers = {node.action_id: f"n{number}" for number, node in enumerate(drawn.nodes)}
    lines = ["flowchart TD"]
    for node in drawn.nodes:
        style = f":::{node.status.value}" if node.status else ""
        lines.append(f'  {numbers[node.action_id]}["{_label(node.name or node.action_id)}"]{style}')
    for edge in drawn.edges:
        arrow = "-.->" if edge.is_implicit else "-->"
        lines.append(f"  {numbers[edge.source]} {arrow} {numbers[edge.target]}")
    return "\n".join(lines)


def _label(text: str) -> str:
    return PLAIN.sub(lambda found: f"#{ord(found.group())};", " ".join(text.split()))


def _levels(plan: Plan) -> dict[str, int]:
    needs = {action.action_id: action.depends_on for action in plan.actions}
    levels: dict[str, int] = {}
    while len(levels) < len(needs):
        for action_id, sources in needs.items():
            if action_id not in levels and levels.keys() >= sources:
                levels[action_id] = 1 + max((levels[source] for source in sources), default=-1)
    return levels
