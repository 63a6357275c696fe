"""What differs between two versions, or two values, as GraphQL types."""

import strawberry
from strawberry.scalars import JSON

from engine.definition import differences
from engine.definition.differences import DefinitionPart, DifferenceKind
from schema.mirrors import Mirror
from schema.types.enums import register

register(
    DefinitionPart,
    "A part of a definition.",
    {
        "PARAMETERS": "The parameters, by their names.",
        "ACTIONS": "The actions, by their ids.",
        "ON_FAILURE": "What runs where an execution fails, by the ids of the actions.",
        "ON_EXIT": "What runs last, by the ids of the actions.",
        "OUTPUTS": "The outputs, by their names.",
    },
)
register(
    DifferenceKind,
    "What became of something.",
    {
        "ADDED": "It was not there before.",
        "REMOVED": "It is there no more.",
        "CHANGED": "It is there, and not as it was.",
        "MOVED": "It is as it was, and in another place among the others.",
    },
)


@strawberry.type(description="A place in a JSON value that is not as it was.")
class FieldDifference:
    """See `differences.FieldDifference`."""

    kind: DifferenceKind = strawberry.field(description="Whether it was added, removed or changed.")
    path: list[str] = strawberry.field(
        description="The keys, and the places in lists, that lead there; empty: the whole value."
    )
    before: JSON | None = strawberry.field(description="What was there.")
    after: JSON | None = strawberry.field(description="What is there.")


@strawberry.type(description="A parameter, an action or an output that is not as it was. Keys are those of REST.")
class DefinitionDifference:
    """See `differences.DefinitionDifference`."""

    part: DefinitionPart = strawberry.field(description="Of which part it is.")
    name: str = strawberry.field(description="The id of the action, or the name of the parameter or output.")
    kind: DifferenceKind = strawberry.field(description="What became of it.")
    is_moved: bool = strawberry.field(description="Whether it stands elsewhere among those that are in both.")
    position: int | None = strawberry.field(
        description="Its place among those of its part afterwards, from 0; null: it was removed, or has no place."
    )
    before: JSON | None = strawberry.field(
        description="The whole of it as it was, without what only spells a default out; null: it was added."
    )
    after: JSON | None = strawberry.field(description="The same as it is; null: it was removed.")
    fields: list[FieldDifference] = strawberry.field(
        description="What differs between the two, where it is in both; more than 100 places are told as the whole."
    )


FIELD = Mirror(FieldDifference, differences.FieldDifference, "path")
DEFINITION = Mirror(DefinitionDifference, differences.DefinitionDifference, "fields")


def field_difference_type(difference: differences.FieldDifference) -> FieldDifference:
    """The GraphQL type of a place that differs."""
    return FIELD.of(difference, path=list(map(str, difference.path)))


def definition_difference_type(difference: differences.DefinitionDifference) -> DefinitionDifference:
    """The GraphQL type of what differs between two definitions."""
    return DEFINITION.of(difference, fields=list(map(field_difference_type, difference.fields)))
