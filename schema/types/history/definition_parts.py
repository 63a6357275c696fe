"""The parts of a definition as fields of whatever has one: a workflow, and each of its versions."""

from abc import ABC, abstractmethod
from typing import Any

import strawberry
from strawberry.scalars import JSON

from resolvers.executions.graphs import graph
from schema.context import GraphQLInfo
from schema.types.definitions import ACTION, PARAMETER, ActionDefinition, ParameterDefinition, schema_of_values
from schema.types.graphs import Graph, graph_type


@strawberry.type(description="What an execution carries out.")
class DefinitionParts(ABC):
    """Whose parts they are says how the definition is loaded."""

    @abstractmethod
    async def definition(self, info: GraphQLInfo) -> dict[str, Any]:
        """The stored definition."""

    @strawberry.field(description="The parameters, in the order of the definition.")
    async def parameters(self, info: GraphQLInfo) -> list[ParameterDefinition] | None:
        """Load."""
        return [PARAMETER.of(raw) for raw in (await self.definition(info))["parameters"]]

    @strawberry.field(
        description="The JSON Schema (draft 2020-12) of what `executeWorkflow` takes as `parameters`, from which a "
        "form can be made. `writeOnly` is what a form hides while it is typed, `x-multiline` what has several lines."
    )
    async def parameters_schema(self, info: GraphQLInfo) -> JSON | None:
        """Derive."""
        return schema_of_values((await self.definition(info))["parameters"])

    @strawberry.field(description="The actions, in the order of the definition.")
    async def actions(self, info: GraphQLInfo) -> list[ActionDefinition] | None:
        """Load."""
        return [ACTION.of(raw) for raw in (await self.definition(info))["actions"]]

    @strawberry.field(description="What runs where an execution fails, after the compensations.")
    async def on_failure(self, info: GraphQLInfo) -> list[ActionDefinition] | None:
        """Load."""
        return [ACTION.of(raw) for raw in (await self.definition(info)).get("on_failure", ())]

    @strawberry.field(description="What runs last, however an execution ends.")
    async def on_exit(self, info: GraphQLInfo) -> list[ActionDefinition] | None:
        """Load."""
        return [ACTION.of(raw) for raw in (await self.definition(info)).get("on_exit", ())]

    @strawberry.field(description="What an execution gives when it completes: names and templates; null: nothing.")
    async def outputs(self, info: GraphQLInfo) -> JSON | None:
        """Load."""
        outputs = (await self.definition(info)).get("outputs")
        return None if outputs is None else JSON(outputs)

    @strawberry.field(description="The graph of its actions.")
    async def dag(self, info: GraphQLInfo) -> Graph | None:
        """Draw."""
        return graph_type(graph(await self.definition(info), {}))
