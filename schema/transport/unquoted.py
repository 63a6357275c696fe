"""Keeps the values that came with an operation out of its errors, where one of them may be a secret."""

import re

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
)

SECRET_FIELD = "setSecret"  # noqa: S105 - the name of a field

WHERE = re.compile(r"Syntax Error|Variable '\$\w+' has invalid (?:default )?value(?: at [\w.\[\]]+)?", re.ASCII)
NAMED = (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
)
"""Of these an error tells the name at most."""

REASON = "what is wrong is not quoted here, because it may hold a secret"


def without_values(error: GraphQLError, query: str | None) -> None:
    """Say no more than where an error is, if the operation sets a secret and the message quotes what was given.

    The standard's messages on faulty documents and variables repeat the value, or the whole object that it is in.
    """
    if SECRET_FIELD in (query or "") and _may_quote(error):
        where = WHERE.match(error.message)
        error.message = f"{where[0] if where else 'The document is not valid'}: {REASON}"


def _may_quote(error: GraphQLError) -> bool:
    """Whether an error may be about a value, or is about a text that is no document."""
    nodes = error.nodes or ()
    return isinstance(error, GraphQLSyntaxError) or not all(isinstance(node, NAMED) for node in nodes)
