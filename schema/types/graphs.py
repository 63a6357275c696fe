"""A workflow's graph, and the timeline of an execution, as GraphQL types."""

from collections.abc import Iterable
from datetime import datetime

import strawberry

from resolvers.executions import graphs, timeline
from resolvers.executions.timeline import SpanKind
from schema.mirrors import Mirror
from schema.types.enums import ActionPhase, ActionStatus, WaitReason, register

register(SpanKind, "What an action did in a span of time.")


@strawberry.type(description="An action as a node of the graph.")
class GraphNode:
    """See `graphs.GraphNode`."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    action_type: str = strawberry.field(description="What it does.")
    name: str | None = strawberry.field(description="Its name for people.")
    level: int = strawberry.field(description="The number of actions on the longest way to it: its column or row.")
    status: ActionStatus | None = strawberry.field(
        description="Where it stands in the execution; null in a workflow's graph, and before it was started."
    )
    phase: ActionPhase = strawberry.field(description="The part of an execution that it belongs to.")
    reused_from: strawberry.ID | None = strawberry.field(
        description="The execution that did this, where it was an earlier one whose result is reused."
    )


@strawberry.type(description="The target starts after the source has ended.")
class GraphEdge:
    """See `graphs.GraphEdge`."""

    source: str = strawberry.field(description="The id of the action that comes first.")
    target: str = strawberry.field(description="The id of the action that needs it.")
    is_implicit: bool = strawberry.field(
        description="Whether a template of the target uses the source's result, without `dependsOn` saying so."
    )
    is_compensation: bool = strawberry.field(description="Whether the target undoes the source.")


@strawberry.type(description="The graph of a workflow's actions.")
class Graph:
    """See `graphs.Graph`."""

    nodes: list[GraphNode] = strawberry.field(description="The actions, in the order of the definition.")
    edges: list[GraphEdge] = strawberry.field(description="What depends on what, template references included.")
    drawn: strawberry.Private[graphs.Graph]

    @strawberry.field(description="The graph as a Mermaid flowchart, its labels escaped.")
    def mermaid(self) -> str:
        """Draw."""
        return graphs.mermaid(self.drawn)


@strawberry.type(description="A span of an action's time.")
class Span:
    """See `timeline.Span`."""

    kind: SpanKind = strawberry.field(description="What the action did.")
    started_at: datetime = strawberry.field(description="When it began.")
    ended_at: datetime | None = strawberry.field(description="When it was over; null while it goes on.")
    attempt: int = strawberry.field(description="The attempt that runs in it or comes after it, counted from 1.")
    reason: WaitReason | None = strawberry.field(description="Why it waited, where it did.")


@strawberry.type(description="One row of a Gantt chart.")
class ActionTimeline:
    """See `timeline.ActionTimeline`."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    spans: list[Span] = strawberry.field(description="In order; one ends where the next begins.")
    reused_from: strawberry.ID | None = strawberry.field(
        description="The execution that did this, where it was an earlier one whose result is reused: without a span."
    )


NODE = Mirror(GraphNode, graphs.GraphNode)
EDGE = Mirror(GraphEdge, graphs.GraphEdge)
SPAN = Mirror(Span, timeline.Span)


def graph_type(drawn: graphs.Graph) -> Graph:
    """The GraphQL type of a graph."""
    nodes, edges = [NODE.of(node) for node in drawn.nodes], [EDGE.of(edge) for edge in drawn.edges]
    return Graph(nodes=nodes, edges=edges, drawn=drawn)


def timeline_type(rows: Iterable[timeline.ActionTimeline]) -> list[ActionTimeline]:
    """The GraphQL type of a timeline."""
    return [
        ActionTimeline(
            action_id=row.action_id,
            spans=[SPAN.of(span) for span in row.spans],
            reused_from=None if row.reused_from is None else strawberry.ID(row.reused_from),
        )
        for row in rows
    ]
