"""What differs between two definitions, or between any two JSON values."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any, get_args

import msgspec
from pydantic import BaseModel

from models.commands.parameters import ParameterDefinition
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.json_equality import same

MAX_FIELDS = 100
"""What differs in more places than these is told as a whole."""


class DefinitionPart(StrEnum):
    """A part of a definition."""

    PARAMETERS = "parameters"
    ACTIONS = "actions"
    ON_FAILURE = "on_failure"
    ON_EXIT = "on_exit"
    OUTPUTS = "outputs"


class DifferenceKind(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class FieldDifference(msgspec.Struct, frozen=True):
    """A place in a JSON value that is not as it was. What was added has no `before`, what was removed no `after`."""

    kind: DifferenceKind
    path: Location
    before: Any = None
    after: Any = None


class DefinitionDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter, an action or an output, by its name, that is not as it was.

    `before` and `after` are the whole of it, without what only spells a default out, and `fields` what differs between
    the two. `position` is its place among those of its part afterwards, counted from 0: None where it was removed, and
    of outputs, which have no order. `is_moved` where it stands elsewhere among those that are in both.
    """

    part: DefinitionPart
    name: str
    kind: DifferenceKind
    is_moved: bool = False
    position: int | None = None
    before: Any = None
    after: Any = None
    fields: tuple[FieldDifference, ...] = ()


LISTS: Mapping[DefinitionPart, tuple[str, type[BaseModel]]] = {
    DefinitionPart.PARAMETERS: ("name", ParameterDefinition),
    DefinitionPart.ACTIONS: ("action_id", ActionDefinition),
    DefinitionPart.ON_FAILURE: ("action_id", ActionDefinition),
    DefinitionPart.ON_EXIT: ("action_id", ActionDefinition),
}
"""By what two entries of a part are the same one, and what each of them is."""


def definition_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[DefinitionDifference]:
    """What has to be done to one stored definition for the other one to come of it, part by part.

    What only spells a default out is no difference, and neither is the order of keys. Two that mean the same have none.
    """
    found: list[DefinitionDifference] = []
    for part, (key, command) in LISTS.items():
        entries = ({one[key]: without_defaults(command, one) for one in each.get(part, ())} for each in (before, after))
        found += _of_part(part, *entries, is_ordered=True)
    outputs = (each.get(DefinitionPart.OUTPUTS) or {} for each in (before, after))
    return found + list(_of_part(DefinitionPart.OUTPUTS, *outputs, is_ordered=False))


def value_differences(before: Any, after: Any) -> tuple[FieldDifference, ...]:
    """The places in which two JSON values differ; where there are more than `MAX_FIELDS` of them, the two as a whole.

    Objects are compared by their keys, and lists of one length by their places.
    """
    found = tuple(islice(_differing(before, after, ()), MAX_FIELDS + 1))
    return found if len(found) <= MAX_FIELDS else (FieldDifference(DifferenceKind.CHANGED, (), before, after),)


def without_defaults(command: type[BaseModel], sent: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a definition, as it was sent, without the values that it would have if they were left out.

    What is not known here is kept: a newer version may have written it.
    """
    fields, short = _fields(command), {}
    for name, value in sent.items():
        is_optional, default, inner = fields.get(name, (False, None, None))
        if not (is_optional and same(value, default)):
            short[name] = without_defaults(inner, value) if inner is not None and isinstance(value, dict) else value
    return short


def _of_part(
    part: DefinitionPart, before: Mapping[str, Any], after: Mapping[str, Any], *, is_ordered: bool
) -> Iterator[DefinitionDifference]:
    moved = _moved([name for name in before if name in after], [name for name in after if name in before])
    for position, (name, value) in enumerate(after.items()):
        place = position if is_ordered else None
        if name not in before:
            yield DefinitionDifference(part=part, name=name, kind=DifferenceKind.ADDED, position=place, after=value)
            continue
        fields, is_moved = value_differences(before[name], value), is_ordered and name in moved
        if fields or is_moved:
            yield DefinitionDifference(
                part=part,
                name=name,
                kind=DifferenceKind.CHANGED if fields else DifferenceKind.MOVED,
                is_moved=is_moved,
                position=place,
                before=before[name],
                after=value,
                fields=fields,
            )
    for name, value in before.items():
        if name not in after:
            yield DefinitionDifference(part=part, name=name, kind=DifferenceKind.REMOVED, before=value)


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest of some names that have to be moved for one order to become the other: all but a longest row of those
    that stay in order."""
    places = {name: place for place, name in enumerate(before)}
    ends: list[int] = []
    lengths = []
    for name in after:
        length = bisect_left(ends, places[name])
        ends[length : length + 1] = [places[name]]
        lengths.append(length)
    moved, wanted, stays = set(), len(ends) - 1, len(before)
    for name, length in zip(reversed(after), reversed(lengths), strict=True):
        if length == wanted and places[name] < stays:
            wanted, stays = wanted - 1, places[name]
        else:
            moved.add(name)
    return moved


def _differing(before: Any, after: Any, path: Location) -> Iterator[FieldDifference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*before, *(key for key in after if key not in before)):
            below = (*path, key)
            if key not in after:
                yield FieldDifference(DifferenceKind.REMOVED, below, before=before[key])
            elif key not in before:
                yield FieldDifference(DifferenceKind.ADDED, below, after=after[key])
            else:
                yield from _differing(before[key], after[key], below)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, (*path, place))
    elif not same(before, after):
        yield FieldDifference(DifferenceKind.CHANGED, path, before, after)


@cache
def _fields(command: type[BaseModel]) -> Mapping[str, tuple[bool, Any, type[BaseModel] | None]]:
    """Of each field by its name in JSON: whether it may be left out, its default then, and the command that it is."""
    return {
        info.alias or name: (
            not info.is_required(),
            None if info.is_required() else info.get_default(call_default_factory=True),
            next((kind for kind in get_args(info.annotation) if _is_command(kind)), None),
        )
        for name, info in command.model_fields.items()
    }


def _is_command(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
