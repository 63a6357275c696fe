"""What one operation may ask for: the limits on the form of a document, checked before all else is done with it."""

from collections import Counter
from collections.abc import Iterator

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

from models.error_codes import ErrorCode

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
MAX_DEPTH = 10
MAX_ALIASES = 15
MAX_DIRECTIVES = 50
MAX_REPEATS = 30
"""Selections of one object field in a document. The standard's rule on overlapping fields compares each with each."""
MAX_LEAF_REPEATS = 300
MAX_NESTING = 60
"""Selection sets within each other, inline fragments included, which add no depth but would exhaust the stack."""


def refusal(code: ErrorCode, what: str, requested: int | None, allowed: int) -> GraphQLError:
    """The error of an operation that goes over a limit. `requested` is None where it was not counted to the end."""
    found = f"more than {allowed:,}" if requested is None else f"{requested:,}"
    limit = {"requested": requested, "allowed": allowed}
    return GraphQLError(
        f"The operation has {found} {what}; {allowed:,} are allowed", extensions={"code": code.value, "limit": limit}
    )


class Shape(msgspec.Struct, frozen=True):
    """The form of a selection set with everything that its fragments spread into it."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0


class _TooNested(Exception):
    pass


def form_errors(document: DocumentNode) -> list[GraphQLError]:
    """The limits that the operations of a document go over. Knows no schema, and is linear in the document."""
    walk = _Walk(document)
    try:
        shapes = [walk.shape(operation.selection_set, 0) for operation in _operations(document)]
    except _TooNested:
        return [refusal(ErrorCode.OPERATION_TOO_DEEP, "selection sets within each other", None, MAX_NESTING)]
    own = sum(
        len(operation.directives or ()) + sum(len(v.directives or ()) for v in operation.variable_definitions or ())
        for operation in _operations(document)
    )
    found = (
        (ErrorCode.OPERATION_TOO_DEEP, "levels", max((shape.depth for shape in shapes), default=0), MAX_DEPTH),
        (ErrorCode.TOO_MANY_ALIASES, "aliases", sum(shape.aliases for shape in shapes), MAX_ALIASES),
        (
            ErrorCode.TOO_MANY_DIRECTIVES,
            "directives",
            own + walk.on_fragments + sum(shape.directives for shape in shapes),
            MAX_DIRECTIVES,
        ),
        (ErrorCode.TOO_MANY_REPEATS, "selections of one field", _most(walk.objects), MAX_REPEATS),
        (ErrorCode.TOO_MANY_REPEATS, "selections of one field", _most(walk.leaves), MAX_LEAF_REPEATS),
    )
    return [refusal(code, what, count, allowed) for code, what, count, allowed in found if count > allowed]


def _operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    return (node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def _most(counts: Counter[str]) -> int:
    return max(counts.values(), default=0)


class _Walk:
    """Visits every selection set once: what a fragment adds is remembered, however often it is spread."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Shape] = {}
        self.objects: Counter[str] = Counter()
        self.leaves: Counter[str] = Counter()
        self.on_fragments = sum(len(fragment.directives or ()) for fragment in self._fragments.values())

    def shape(self, selections: SelectionSetNode, nesting: int) -> Shape:
        if nesting > MAX_NESTING:
            raise _TooNested
        depth = aliases = directives = 0
        for node in selections.selections:
            directives += len(node.directives or ())
            below = Shape()
            if isinstance(node, FragmentSpreadNode):
                below = self._spread(node.name.value, nesting)
            elif isinstance(node, FieldNode):
                below = self._field(node, nesting)
            else:
                below = self.shape(node.selection_set, nesting + 1)  # type: ignore[attr-defined]  # an inline fragment
            depth = max(depth, below.depth)
            aliases += below.aliases
            directives += below.directives
        return Shape(depth, aliases, directives)

    def _field(self, node: FieldNode, nesting: int) -> Shape:
        key = node.alias.value if node.alias else node.name.value
        counts = self.objects if node.selection_set else self.leaves
        counts[key] += 1
        below = self.shape(node.selection_set, nesting + 1) if node.selection_set else Shape()
        # Introspection has a rule of its own in the standard's set; its depth is that of its lists.
        depth = 0 if node.name.value.startswith("__") else below.depth + 1
        return Shape(depth, below.aliases + (node.alias is not None), below.directives)

    def _spread(self, name: str, nesting: int) -> Shape:
        if name not in self._known:
            self._known[name] = Shape()  # a cycle ends here; the standard's rules refuse it by name
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self.shape(fragment.selection_set, nesting + 1)
        return self._known[name]
