"""What an operation may cost: how many objects its answer can hold, lists within lists multiplied.

An object costs 1 and what is selected below it. A list costs that as often as it has items: what `first`, `last` or
`limit` asks for, their default in the schema, or 50; a list without such an argument counts as 10. In a connection the
argument holds for the lists right below it (`edges`, `nodes`). A JSON value costs 1 and, once it is read, 1 more for
each of its kilobytes; other scalars are free. What is asked of the schema itself has a fixed cost.

What it did cost is counted from the answer: there a part, which was read with what holds it, is a fifth of an object,
and an edge of a graph a tenth: about what they take of the processor, as `benchmarks.console` measures it.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)

from models.commands.workflows import MAX_PAGE_SIZE
from resolvers.keyset import DEFAULT_SLICE

SLICING = ("first", "last", "limit")
UNSLICED_ITEMS = 10
MAX_LIST = 1_000_000
JSON = "JSON"
INTROSPECTION = {"__schema": 1_000, "__type": 50}
"""About what they hold: their lists have no arguments to say it."""

OF_SCHEMA = {"__schema": "__Schema", "__type": "__Type"}

BYTES_OF_AN_OBJECT = 1_024

TENTHS = 10
"""What an object costs that was looked for."""

OF_A_PART, OF_AN_EDGE = 2, 1
"""What costs less: it was read with what holds it."""

EDGE = "GraphEdge"
PARTS = frozenset(
    {
        "ActionDefinition",
        "ActionItem",
        "ActionItems",
        "ActionResolution",
        "ActionRun",
        "ActionTimeline",
        "Attempt",
        "Compensation",
        "ExecutionError",
        "ForEach",
        "GraphNode",
        "Repeat",
        "RetryPolicy",
        "Span",
        "WaitingAction",
    }
)
"""What a journal or a definition is read for once, however many of these are in it."""

Fields = Mapping[str, GraphQLField]


class ListSize(msgspec.Struct, frozen=True):
    """How many items a list has: the largest of what its arguments say, `default` where they say nothing."""

    default: int
    most: int = MAX_PAGE_SIZE
    numbers: tuple[int, ...] = ()
    variables: tuple[tuple[str, int | None], ...] = ()
    """Names, each with the default that the operation gives it."""

    def value(self, variables: Mapping[str, Any]) -> int:
        """The number of items; a value of a wrong type or over the limit is refused when it is read."""
        given = [*self.numbers, *(variables.get(name, default) for name, default in self.variables)]
        numbers = [number if isinstance(number, int) else self.most for number in given if number is not None]
        return min(max(max(numbers, default=self.default), 0), self.most)


class CostTerm(msgspec.Struct, frozen=True):
    """`size` times so many `objects` and what is `below` each. What a fragment spreads is a term without an object."""

    size: ListSize
    objects: int
    below: tuple["CostTerm", ...]


ONE = ListSize(1)
SOME = ListSize(UNSLICED_ITEMS)
A_VALUE = CostTerm(ONE, 1, ())


def cost_terms(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> tuple[CostTerm, ...]:
    """The terms of a valid operation's cost, made once for every execution of it."""
    root = schema.get_root_type(operation.operation)
    return _Compiler(schema, document, operation).terms(operation.selection_set, _fields(root), SOME)


def cost(terms: tuple[CostTerm, ...], variables: Mapping[str, Any]) -> int:
    """How many objects an answer can hold. Terms are shared where fragments are, so each is counted once."""
    return _total(terms, variables, {})


def _total(terms: tuple[CostTerm, ...], variables: Mapping[str, Any], known: dict[int, int]) -> int:
    if id(terms) not in known:
        below = [(term, _total(term.below, variables, known)) for term in terms]
        known[id(terms)] = sum(term.size.value(variables) * (term.objects + objects) for term, objects in below)
    return known[id(terms)]


class Price(msgspec.Struct):
    """What an object costs that stands under a key of an answer, and what those in it cost by their own keys."""

    tenths: int
    within: "dict[str, Price]"


def prices(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Mapping[str, Price]:
    """What the objects in the answer to a valid operation cost. What is selected twice by one key is one object."""
    found: dict[str, Price] = {}
    fields = _fields(schema.get_root_type(operation.operation))
    _Compiler(schema, document, operation).price(operation.selection_set, fields, found)
    return found


def actual_cost(data: Mapping[str, Any] | None, priced: Mapping[str, Price], weight: int) -> int:
    """What an answer did cost: the objects that it holds, and its `weight` in bytes of JSON."""
    tenths = 0
    left = [(data, priced)] if data else []
    while left:
        holder, within = left.pop()
        for key, price in within.items():
            value = holder.get(key)
            for one in value if type(value) is list else (value,):
                if type(one) is dict:
                    tenths += price.tenths
                    if price.within:
                        left.append((one, price.within))
    return -(-tenths // TENTHS) + weight // BYTES_OF_AN_OBJECT


class _Compiler:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }
        self._spread: dict[tuple[str, ListSize], tuple[CostTerm, ...]] = {}

    def terms(self, selections: SelectionSetNode, fields: Fields, inherited: ListSize) -> tuple[CostTerm, ...]:
        """The terms of a selection set. `inherited` is the size of the lists right below a connection."""
        found: list[CostTerm] = []
        for node in selections.selections:
            if isinstance(node, FieldNode):
                term = self._field(node, fields, inherited)
                if term is not None:
                    found.append(term)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                on = fields if condition is None else _fields(self._schema.get_type(condition.name.value))
                found.extend(self.terms(node.selection_set, on, inherited))
            elif isinstance(node, FragmentSpreadNode):
                found.append(CostTerm(ONE, 0, self._fragment(node.name.value, inherited)))
        return tuple(found)

    def price(self, selections: SelectionSetNode, fields: Fields, found: dict[str, Price]) -> None:
        """Add what a selection set asks for to what is priced already."""
        for node in selections.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                on = fields if condition is None else _fields(self._schema.get_type(condition.name.value))
                self.price(node.selection_set, on, found)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                on = _fields(self._schema.get_type(fragment.type_condition.name.value))
                self.price(fragment.selection_set, on, found)
            elif isinstance(node, FieldNode) and node.selection_set is not None:
                named = self._named(node, fields)
                key = node.alias.value if node.alias else node.name.value
                price = found.setdefault(key, Price(_tenths(named.name), {}))
                self.price(node.selection_set, _fields(named), price.within)

    def _named(self, node: FieldNode, fields: Fields) -> Any:
        """The type of a field, which may be one of the schema itself."""
        name = node.name.value
        return self._schema.get_type(OF_SCHEMA[name]) if name in OF_SCHEMA else get_named_type(fields[name].type)

    def _fragment(self, name: str, inherited: ListSize) -> tuple[CostTerm, ...]:
        key = (name, inherited)
        if key not in self._spread:
            fragment = self._fragments[name]
            on = _fields(self._schema.get_type(fragment.type_condition.name.value))
            self._spread[key] = self.terms(fragment.selection_set, on, inherited)
        return self._spread[key]

    def _field(self, node: FieldNode, fields: Fields, inherited: ListSize) -> CostTerm | None:
        field = fields.get(node.name.value)
        if field is None:
            fixed = INTROSPECTION.get(node.name.value)
            return None if fixed is None else CostTerm(ONE, fixed, ())
        named = get_named_type(field.type)
        if is_leaf_type(named):
            return A_VALUE if named.name == JSON else None
        if node.selection_set is None:  # which validation refuses
            return None
        bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        # More than a page is refused by the connection itself, with a better message; a plain list has no such end.
        own = self._sliced(node, field, MAX_LIST if is_list_type(bare) else MAX_PAGE_SIZE)
        if is_list_type(bare):
            return CostTerm(own or inherited, 1, self.terms(node.selection_set, _fields(named), SOME))
        return CostTerm(ONE, 1, self.terms(node.selection_set, _fields(named), own or SOME))

    def _sliced(self, node: FieldNode, field: GraphQLField, most: int) -> ListSize | None:
        """The size that the field's arguments say, or None for a field that takes no such argument."""
        slicing = [name for name in SLICING if name in field.args]
        if not slicing:
            return None
        defaults = [field.args[name].default_value for name in slicing]
        default = next((value for value in defaults if isinstance(value, int)), DEFAULT_SLICE)
        numbers: list[int] = []
        variables: list[tuple[str, int | None]] = []
        for argument in node.arguments or ():
            value = argument.value
            if argument.name.value not in slicing:
                continue
            if isinstance(value, IntValueNode):
                numbers.append(int(value.value))
            elif isinstance(value, VariableNode):
                fallback = self._defaults.get(value.name.value)
                number = int(fallback.value) if isinstance(fallback, IntValueNode) else None
                variables.append((value.name.value, number))
        return ListSize(default, most, tuple(numbers), tuple(variables))


def _tenths(name: str) -> int:
    if name == EDGE:
        return OF_AN_EDGE
    return OF_A_PART if name in PARTS else TENTHS


def _fields(type_: Any) -> Fields:
    return type_.fields if is_object_type(type_) or is_interface_type(type_) else {}
