"""The result of a search as a GraphQL type."""

from typing import Any

import msgspec
import strawberry

from models.commands.validation import parse
from models.commands.workflows import SearchWorkflows
from models.errors import InvalidInput
from resolvers.keyset import no_cursor
from resolvers.workflows.search import MAX_SKIPPED, SearchResult
from schema.spellings import one_of
from schema.types.connections import Edge, PageInfo, cursor_number
from schema.types.workflows import Workflow, workflow_type


@strawberry.type(description="The workflows that match a search, the best first.")
class WorkflowSearchResult:
    """A connection, but for its cursors: they count the better matches, so that they lead no further down than 1000."""

    nodes: list[Workflow] = strawberry.field(description="The best matches.")
    page_info: PageInfo = strawberry.field(description="Where this slice lies among all matches.")
    total_count: int = strawberry.field(description="How many workflows match, counted up to 10000.")
    first_rank: strawberry.Private[int]

    @strawberry.field(description="The best matches with their cursors.")
    def edges(self) -> list[Edge[Workflow]]:
        """Pair them."""
        return [Edge(cursor=str(rank), node=node) for rank, node in enumerate(self.nodes, self.first_rank)]


def search_command(query: str, first: int | None, limit: int | None) -> SearchWorkflows:
    """The arguments of `searchWorkflows` as a command. Raises `InvalidInput`, its faults named as the arguments are."""
    given: dict[str, Any] = {"q": query}
    if first is not None or limit is not None:
        given["limit"] = one_of({"first": first, "limit": limit}, "first", "limit", ())
    names = {"q": "query", "limit": "limit" if first is None else "first"}
    try:
        return parse(SearchWorkflows, given, ())
    except InvalidInput as error:
        faults = [
            msgspec.structs.replace(fault, loc=(names.get(str(fault.loc[0]), fault.loc[0]), *fault.loc[1:]))
            for fault in error.faults
        ]
        raise InvalidInput(faults) from None


def skipped(after: str | None) -> int:
    """How many better matches a cursor is behind. Raises `InvalidInput`."""
    if after is None:
        return 0
    rank = cursor_number(after, "after")
    if rank > MAX_SKIPPED:
        raise no_cursor("after")
    return rank


def search_result_type(found: SearchResult) -> WorkflowSearchResult:
    """The GraphQL type of a search's result."""
    first, last = found.skipped + 1, found.skipped + len(found.workflows)
    return WorkflowSearchResult(
        nodes=[workflow_type(workflow) for workflow in found.workflows],
        page_info=PageInfo(
            has_next_page=found.has_more,
            has_previous_page=found.skipped > 0,
            start_cursor=str(first) if found.workflows else None,
            end_cursor=str(last) if found.workflows else None,
        ),
        total_count=found.total,
        first_rank=first,
    )
