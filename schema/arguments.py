"""The arguments that many fields share, each with its description; and what a null means for any of them."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, TypeVar

import strawberry
from graphql import GraphQLField, GraphQLNonNull, GraphQLSchema, Undefined

from models.commands.filters import Direction

T = TypeVar("T")

Given = Annotated[T, strawberry.argument(description="What the operation needs.")]
First = Annotated[
    int | None, strawberry.argument(description="So many items from the beginning or after `after`: 0 to 100, or 50.")
]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="So many items from the end or before `before`: 0 to 100.")
]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]
InOrder = Annotated[
    Direction | None,
    strawberry.argument(description="ASC, as where it is left out: the oldest first. DESC: the newest."),
]
WorkflowId = Annotated[strawberry.ID, strawberry.argument(description="The workflow's id, such as `wf_1234…`.")]
ExecutionId = Annotated[strawberry.ID, strawberry.argument(description="The execution's id, such as `exec_1234…`.")]
VersionWord = Annotated[str, strawberry.argument(description="A version of the workflow, such as `1.0`.")]
BulkOperationId = Annotated[
    strawberry.ID, strawberry.argument(description="The bulk operation's id, such as `bulk_1234…`.")
]
NodeId = Annotated[strawberry.ID, strawberry.argument(description="Any id that the service gave out.")]
AfterSequence = Annotated[
    int, strawberry.argument(description="Only what comes after this sequence; 0 is the beginning.")
]


def take_nulls_as_left_out(schema: GraphQLSchema) -> None:
    """Let every argument with a default take null, which is as if it were left out: clients send what they have."""
    for kind in schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        for field in getattr(kind, "fields", {}).values():
            defaults = _defaults(field) if isinstance(field, GraphQLField) else {}
            if defaults:
                field.resolve = _filled_in(field.resolve, defaults)
                field.subscribe = _filled_in(field.subscribe, defaults)


def _defaults(field: GraphQLField) -> Mapping[str, Any]:
    """The defaults of the arguments of a field, none of which has to be given any more."""
    found = {}
    for name, argument in field.args.items():
        if argument.default_value is Undefined or argument.default_value is None:
            continue
        if isinstance(argument.type, GraphQLNonNull):
            argument.type = argument.type.of_type
        found[name] = argument.default_value
    return found


def _filled_in(resolve: Callable[..., Any] | None, defaults: Mapping[str, Any]) -> Callable[..., Any] | None:
    if resolve is None:
        return None

    @wraps(resolve)
    def resolved(source: Any, info: Any, **given: Any) -> Any:
        for name, value in defaults.items():
            if given.get(name) is None:
                given[name] = value
        return resolve(source, info, **given)

    return resolved
