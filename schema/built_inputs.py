"""Builds inputs of what GraphQL has coerced: what there is to know of their fields is found once, not each time."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import partial
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLInputType, GraphQLList, GraphQLNonNull, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryObjectDefinition

Build = Callable[[Any], Any]
"""Makes the value of a class of what was given, which is not null."""


class InputPlan:
    """How an input is built: of each field its name as it is given, its attribute, its default and what it becomes."""

    def __init__(self, kind: GraphQLInputObjectType) -> None:
        self.definition: StrawberryObjectDefinition = kind.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        self._kind = kind
        self._fields: list[tuple[str, str, Callable[[], Any], Build | None]] = []

    def find_fields(self, plans: Mapping[str, "InputPlan"]) -> None:
        """Once there are plans of all inputs, which may hold each other."""
        defaults = {field.name: field for field in fields(self.definition.origin)}
        for name, field in self._kind.fields.items():
            attribute = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].python_name
            self._fields.append((name, attribute, _default(defaults[attribute]), _build(field.type, plans)))

    def build(self, given: Mapping[str, Any]) -> Any:
        """An input of what was given."""
        values: dict[str, Any] = {}
        for name, attribute, default, build in self._fields:
            value = given.get(name, MISSING)
            if value is MISSING:
                values[attribute] = default()
            else:
                values[attribute] = value if value is None or build is None else build(value)
        made = object.__new__(self.definition.origin)
        made.__dict__ = values
        return made


def build_by_plan(schema: GraphQLSchema) -> None:
    """Have the inputs of a schema be built here."""
    plans = {
        kind.name: InputPlan(kind) for kind in schema.type_map.values() if isinstance(kind, GraphQLInputObjectType)
    }
    for plan in plans.values():
        plan.find_fields(plans)
        plan.definition.from_input = partial(_from_input, plan)


def _from_input(plan: InputPlan, _kind: type, given: Mapping[str, Any], _context: InputContext) -> Any:
    """See `StrawberryObjectDefinition.from_input`."""
    return plan.build(given)


def _default(field: Any) -> Callable[[], Any]:
    if field.default_factory is not MISSING:
        factory: Callable[[], Any] = field.default_factory
        return factory
    value = None if field.default is MISSING else field.default
    return lambda: value


def _build(kind: GraphQLInputType, plans: Mapping[str, InputPlan]) -> Build | None:
    """None where it is as it was given."""
    if isinstance(kind, GraphQLNonNull):
        return _build(kind.of_type, plans)
    if isinstance(kind, GraphQLInputObjectType):
        return plans[kind.name].build
    if not isinstance(kind, GraphQLList):
        return None
    build = _build(kind.of_type, plans)
    # A list may be the default of all who leave it out, and is no list of theirs to change.
    return list if build is None else lambda values: [None if value is None else build(value) for value in values]
