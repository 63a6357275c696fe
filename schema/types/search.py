"""The result of a search as a GraphQL type."""

from typing import Any

import msgspec
import strawberry

from models.commands.validation import parse
from models.commands.workflows import SearchWorkflows
from models.errors import InvalidInput
from resolvers.workflows.search import SearchResult
from schema.spellings import one_of
from schema.types.workflows import Workflow, workflow_type


@strawberry.type(description="The workflows that match a search, the best first.")
class WorkflowSearchResult:
    """One list without pages: a better query finds more than a second page."""

    nodes: list[Workflow] = strawberry.field(description="The best matches.")
    total_count: int = strawberry.field(description="How many workflows match, counted up to 10000.")


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


def search_result_type(found: SearchResult) -> WorkflowSearchResult:
    """The GraphQL type of a search's result."""
    return WorkflowSearchResult(
        nodes=[workflow_type(workflow) for workflow in found.workflows], total_count=found.total
    )
