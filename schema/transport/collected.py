"""Keeps which fields an operation selects, and how each is had, for its next execution: variables change none of it."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, SelectionNode, SelectionSetNode
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, FragmentDetails, GroupedFieldSet

from models.latest import Latest

MAX_KNOWN = 128

SubFields = dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]]
"""As `Executor` keeps them: by the identity of what they are collected of, which is kept with them."""


class Collected:
    """Of one operation: its root fields once they are known, the fields below, and the plans that were made of them."""

    def __init__(self) -> None:
        self.root: GroupedFieldSet | None = None
        self.sub_fields: SubFields = {}
        self.plans: dict[tuple[GraphQLObjectType, int], Any] = {}


class KnownOperations:
    """The operations of a schema that were executed last, by the identity of their nodes, which are kept."""

    def __init__(self) -> None:
        self._known: Latest[int, tuple[OperationDefinitionNode, Collected | None]] = Latest(MAX_KNOWN)

    @classmethod
    def of(cls, schema: GraphQLSchema) -> "KnownOperations":
        """Those of a schema."""
        found: KnownOperations | None = schema.extensions.get(cls.__name__)
        if found is None:
            found = schema.extensions[cls.__name__] = cls()
        return found

    @classmethod
    def forget(cls, schema: GraphQLSchema) -> None:
        """Begin anew."""
        schema.extensions.pop(cls.__name__, None)

    def find(self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDetails]) -> Collected:
        """What is collected of an operation: by all its executions, or by one where a directive has a say in it."""
        found = self._known.get(id(operation))
        if found is None:
            parts = [operation.selection_set, *(each.definition.selection_set for each in fragments.values())]
            is_fixed = not any(_has_directives(part) for part in parts)
            found = operation, Collected() if is_fixed else None
            self._known.put(id(operation), found)
        return found[1] or Collected()


def _has_directives(selected: SelectionSetNode) -> bool:
    return any(one.directives or _has_directives_below(one) for one in selected.selections)


def _has_directives_below(node: SelectionNode) -> bool:
    below: SelectionSetNode | None = getattr(node, "selection_set", None)
    return below is not None and _has_directives(below)
