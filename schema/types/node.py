"""Relay's `Node`: every object with an id can be fetched by it."""

import strawberry


@strawberry.interface(description="An object that `node(id:)` finds by its globally unique id.")
class Node:
    """Ids are the documented ones (`wf_...`, `exec_...`): unique as they are."""

    id: strawberry.ID = strawberry.field(description="The documented id, such as `wf_1234567890abcdef`.")
