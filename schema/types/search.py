"""The result of a search as a GraphQL type."""

import msgspec
import strawberry

from models.commands.validation import parse
from models.commands.workflows import SearchWorkflows
from models.errors import InvalidInput
from resolvers.workflows.search import SearchResult
from schema.types.workflows import Workflow, workflow_type


@strawberry.type(description="The workflows that match a search, the best first.")
class WorkflowSearchResult:
    """One list without pages: a better query finds more than a second page."""

    nodes: list[Workflow] = strawberry.field(description="The best matches.")
    total_count: int = strawberry.field(description="How many workflows match, counted up to 10000.")


def search_command(query: str, limit: int | None) -> SearchWorkflows:
    """The arguments of `searchWorkflows` as a command. Raises `InvalidInput`, its faults named as the arguments are."""
    given = {"q": query} if limit is None else {"q": query, "limit": limit}
    try:
        return parse(SearchWorkflows, given, ())
    except InvalidInput as error:
        faults = [
            msgspec.structs.replace(fault, loc=("query", *fault.loc[1:])) if fault.loc[0] == "q" else fault
            for fault in error.faults
        ]
        raise InvalidInput(faults) from None


def search_result_type(found: SearchResult) -> WorkflowSearchResult:
    """The GraphQL type of a search's result."""
    return WorkflowSearchResult(
        nodes=[workflow_type(workflow) for workflow in found.workflows], total_count=found.total
    )
