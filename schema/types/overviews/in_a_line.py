"""An execution in a line, as fields of it."""

import strawberry

from resolvers.overviews.sketches import Sketch
from schema.context import GraphQLInfo
from schema.types.node import Node


@strawberry.type(description="What an execution comes to, in a line.")
class InALine(Node):
    """Read for all executions of a list at once."""

    @strawberry.field(
        description="A letter for each action of its main part, in the order of the definition: `s` succeeded, `r` "
        "runs, `w` waits, `p` needs a person, `f` failed, `u` undone, `k` skipped, `c` cancelled, `-` is to come or "
        "never came. More than 12 actions share 12 letters, neighbours one, which is the first of `fupwrc-ks` that is "
        "among theirs. Null: its journal cannot be read, or is too long to be read with the others of the list, which "
        "are read up to 10000 events in all, the shortest first."
    )
    async def strip(self, info: GraphQLInfo) -> str | None:
        """Load."""
        return (await self._sketch(info)).strip

    @strawberry.field(
        description="Why it failed, or the strongest of what it waits for, in a sentence of at most 200 characters, "
        "such as `charge: the circuit of payments is open until 20:41:07`. Moments are those of UTC. Null: there is "
        "nothing to say. Messages and the names of signals are left out where the caller may not see payloads."
    )
    async def reason(self, info: GraphQLInfo) -> str | None:
        """Load."""
        return (await self._sketch(info)).reason

    async def _sketch(self, info: GraphQLInfo) -> Sketch:
        return await info.context.sketches.load(self.id) or Sketch(None, None)
