"""Relay's `Node`: every object with an id can be fetched by it."""

import strawberry


@strawberry.interface(description="An object that `node(id:)` finds by its globally unique id.")
class Node:
    """Ids of what REST shows too are the documented ones (`wf_...`, `exec_...`): unique as they are."""

    id: strawberry.ID = strawberry.field(
        description="Its globally unique id, such as `wf_…` of a workflow and `exec_…` of an execution."
    )
