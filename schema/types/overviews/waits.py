"""What an action waits for, as a GraphQL type."""

from datetime import datetime

import strawberry

from models import words
from models.entities import executions
from resolvers.overviews.lines import Place
from schema.context import GraphQLInfo
from schema.mirrors import Mirror
from schema.types.enums import WaitReason


@strawberry.type(description="An action that is not running, and why.")
class WaitingAction:
    """By the scheduler's own predicates."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    wait_reason: WaitReason = strawberry.field(description="What it waits for.")
    depends_on: list[str] = strawberry.field(description="The actions that must end first.")
    until: datetime | None = strawberry.field(description="When it may go on, where that is known.")
    service: str | None = strawberry.field(
        description="The service whose limit or circuit it waits for, or whose call is made again; null: none, or a "
        "template says which."
    )
    node_id: strawberry.ID | None = strawberry.field(
        description="The node at whose gate of the service it stands in line, where it is the one that answers."
    )
    signal: str | None = strawberry.field(
        description="The name of the signal that it waits for; null where the caller may not see payloads."
    )
    child_id: strawberry.ID | None = strawberry.field(description="The execution whose end it waits for.")
    quorum: int | None = strawberry.field(description="How many have to approve.")
    approvers: list[str] = strawberry.field(
        description="Who may decide; of an approval that names nobody, all who may approve."
    )
    execution_id: strawberry.Private[str]
    at_gate: strawberry.Private[int | None]

    @strawberry.field(
        description="Its place in line, from 1: at the gate of the service in the node that answers, or among the "
        "queued executions of its group, of which the first 1000 are looked at. Null: it stands in none, or further "
        "behind, or in that of another node."
    )
    async def position(self, info: GraphQLInfo) -> int | None:
        """Load, where it is its execution that waits."""
        place = await self._place(info)
        return self.at_gate if place is None else place.position

    @strawberry.field(
        description="The ids of the executions of its group that come before it, the next one first, at most 10."
    )
    async def ahead(self, info: GraphQLInfo) -> list[strawberry.ID] | None:
        """Load, where it is its execution that waits."""
        place = await self._place(info)
        return [] if place is None else list(map(strawberry.ID, place.ahead))

    async def _place(self, info: GraphQLInfo) -> Place | None:
        if self.wait_reason is not words.WaitReason.WORKFLOW_LIMIT:
            return None
        return await info.context.lines.load(self.execution_id)


WAITING_ACTION = Mirror(WaitingAction, executions.WaitingAction, "wait_reason", "execution_id", "at_gate")


def waiting_action_type(execution_id: str, action: executions.WaitingAction) -> WaitingAction:
    """The GraphQL type of an action of an execution that waits."""
    return WAITING_ACTION.of(action, wait_reason=action.reason, execution_id=execution_id, at_gate=action.position)
