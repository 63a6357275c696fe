"""Two executions side by side, as GraphQL types."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import strawberry

from engine.definition.differences import definition_differences
from models.entities.executions import ActionResult, ExecutionDetail
from resolvers.executions import comparisons
from resolvers.executions.comparisons import ActionAspect
from resolvers.executions.inputs import Inputs
from schema.context import GraphQLInfo
from schema.types.enums import register
from schema.types.executions import ActionRun, Made, action_run_type
from schema.types.history.differences import (
    DefinitionDifference,
    FieldDifference,
    definition_difference_type,
    field_difference_type,
)
from schema.types.history.versions import load_definition
from schema.types.workflows import Execution, execution_type

register(
    ActionAspect,
    "In what an action differs between two executions.",
    {
        "STATUS": "It stands elsewhere, or was started in one of them alone.",
        "ATTEMPTS": "It took another number of attempts.",
        "ERROR": "It failed in another way.",
        "RESPONSE": "It returned something else; only told to those who may see payloads.",
    },
)


@strawberry.type(description="One action in two executions. How long it took is no difference by itself.")
class ActionComparison:
    """See `comparisons.ActionComparison`."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    differs: list[ActionAspect] = strawberry.field(description="In what it differs.")
    before: ActionRun | None = strawberry.field(description="What became of it in `base`; null: it was not started.")
    after: ActionRun | None = strawberry.field(description="What became of it in `other`; null: it was not started.")
    seconds_before: float | None = strawberry.field(
        description="From its first attempt to its end in `base`; null: it has not ended."
    )
    seconds_after: float | None = strawberry.field(description="The same in `other`.")
    response: list[FieldDifference] | None = strawberry.field(
        description="What differs in what it returned; more than 100 places are told as the whole. Null where the "
        "caller may not see payloads."
    )


@strawberry.type(
    description="What differs between two executions as they stand, of one workflow or of two: `before` is what is in "
    "`base`, `after` what is in `other`."
)
class ExecutionComparison:
    """See `comparisons.ExecutionComparison`."""

    base: Execution = strawberry.field(description="The execution that the other one is compared with.")
    other: Execution = strawberry.field(description="The other execution.")
    settings: list[FieldDifference] = strawberry.field(
        description="The time-outs that were fixed when they were accepted: `timeout_seconds`, `queue_timeout_seconds`."
    )
    parameters: list[FieldDifference] | None = strawberry.field(
        description="What differs in their parameters; null where the caller may not see payloads."
    )
    outputs: list[FieldDifference] | None = strawberry.field(
        description="What differs in their outputs; null where the caller may not see payloads."
    )
    compared: strawberry.Private[comparisons.ExecutionComparison]

    @strawberry.field(
        description="What differs between the versions that they ran, action by action; between those of two workflows "
        "alike."
    )
    async def definition(self, info: GraphQLInfo) -> list[DefinitionDifference] | None:
        """Compare."""
        before, after = await asyncio.gather(
            *(load_definition(info, one.workflow_id, one.revision) for one in (self.compared.base, self.compared.other))
        )
        found = await asyncio.to_thread(definition_differences, before, after)
        return list(map(definition_difference_type, found))

    @strawberry.field(description="The actions that differ, in the order of `base`; those in `other` alone come last.")
    def actions(
        self,
        all: Annotated[bool, strawberry.argument(description="Those that do not differ as well.")] = False,
    ) -> list[ActionComparison]:
        """Choose."""
        base, other = _runs(self.compared.base), _runs(self.compared.other)
        return [
            ActionComparison(
                action_id=action.action_id,
                differs=list(action.differs),
                before=base(action.before),
                after=other(action.after),
                seconds_before=action.seconds_before,
                seconds_after=action.seconds_after,
                response=None if action.response is None else list(map(field_difference_type, action.response)),
            )
            for action in self.compared.actions
            if all or action.differs
        ]


def _runs(detail: ExecutionDetail) -> Callable[[ActionResult | None], ActionRun | None]:
    made, inputs = Made(detail.events), Inputs(detail)
    return lambda action: None if action is None else action_run_type(detail.id, action, made, inputs)


def comparison_type(compared: comparisons.ExecutionComparison) -> ExecutionComparison:
    """The GraphQL type of a comparison."""
    parameters, outputs = compared.parameters, compared.outputs
    return ExecutionComparison(
        base=execution_type(compared.base),
        other=execution_type(compared.other),
        settings=list(map(field_difference_type, compared.settings)),
        parameters=None if parameters is None else list(map(field_difference_type, parameters)),
        outputs=None if outputs is None else list(map(field_difference_type, outputs)),
        compared=compared,
    )
