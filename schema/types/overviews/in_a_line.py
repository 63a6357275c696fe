"""An execution in a line, as fields of it."""

from operator import attrgetter

import strawberry

from resolvers.overviews.sketches import Sketch
from schema.loaded import loaded
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
    @loaded(lambda loaders: loaders.sketches, attrgetter("id"))
    def strip(found: Sketch | None) -> str | None:
        """Show."""
        return found.strip if found else None

    @strawberry.field(
        description="Why it failed, or the strongest of what it waits for, in a sentence of at most 200 characters, "
        "such as `charge: the circuit of payments is open until 20:41:07`. Moments are those of UTC. Null: there is "
        "nothing to say. Messages and the names of signals are left out where the caller may not see payloads."
    )
    @loaded(lambda loaders: loaders.sketches, attrgetter("id"))
    def reason(found: Sketch | None) -> str | None:
        """Show."""
        return found.reason if found else None
