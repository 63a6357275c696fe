"""What is left of a submitted workflow once all that has a fault by itself is taken away: so that the rest is checked
in the same round, and says nothing of what is wrong only because something else is.
"""

from collections.abc import Mapping, Sequence, Set
from copy import deepcopy
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from models.commands.concurrency import ConcurrencyLimit
from models.commands.parameters import ParameterDefinition
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.faults import Fault

M = TypeVar("M", bound=BaseModel)

ACTION_LISTS = ("actions", "on_failure", "on_exit")
LISTS = ("parameters", *ACTION_LISTS)
"""The lists whose entries are checked one by one: each keeps its place."""

FOLLOWS_FROM: Mapping[str, str] = {"config": "action_type", "run_if": "depends_on"}
"""What of an action says nothing where another field of it has a fault."""


class Remnant(msgspec.Struct, frozen=True):
    """A definition without its faulty parts, and the places of these below `loc`; it is never saved."""

    parameters: Sequence[ParameterDefinition]
    actions: Sequence[ActionDefinition]
    on_failure: Sequence[ActionDefinition]
    on_exit: Sequence[ActionDefinition]
    outputs: Mapping[str, Any]
    concurrency: ConcurrencyLimit | None
    faulty: frozenset[Location]
    loc: Location
    knows_parameters: bool
    """Whether there are no others, as there are where changes say nothing of them."""

    def as_sent(self, sections: Set[str]) -> dict[str, Any]:
        """What is left of the lists and the outputs that were sent, in the form of a request."""
        lists = {name: [_dumped(each) for each in getattr(self, name)] for name in LISTS if name in sections}
        return lists | ({"outputs": dict(self.outputs)} if "outputs" in sections else {})

    def knows_better(self, fault: Fault) -> bool:
        """Whether a fault of the remnant is only one of what was taken away."""
        place = fault.loc[len(self.loc) :]
        if any(place[: len(other)] == other for other in self.faulty):
            return True
        if len(place) > 1 and any(other[: len(place)] == place for other in self.faulty):
            return True
        if fault.type == "value_error.unknown_dependency":
            return any(other[:1] == place[:1] and other[2:] in ((), ("action_id",)) for other in self.faulty)
        if place[:1] == ("concurrency",):
            return not self.knows_parameters or any(other[:1] == ("parameters",) for other in self.faulty)
        before = FOLLOWS_FROM.get(str(place[2])) if len(place) > 2 else None
        return before is not None and any(other[:3] == (*place[:2], before) for other in self.faulty)


def remnant_of(raw: object, faults: Sequence[Fault], loc: Location, *, is_change: bool) -> Remnant | None:
    """The sound part of what was submitted at `loc` and has these faults; None where there is none.

    `is_change` says that what is left out stays as it is.
    """
    if not isinstance(raw, dict):
        return None
    places = frozenset(fault.loc[len(loc) :] for fault in faults)
    left = deepcopy(raw)
    for place in sorted(places, key=len, reverse=True):
        _take_away(left, place)
    actions, on_failure, on_exit = (_actions(left.get(section), section) for section in ACTION_LISTS)
    return Remnant(
        [
            _validated(ParameterDefinition, entry, {"name": f"unreadable_{number}", "type": "string"}, {})
            for number, entry in enumerate(_list(left.get("parameters")))
        ],
        actions,
        on_failure,
        on_exit,
        outputs if isinstance(outputs := left.get("outputs"), dict) else {},
        _limit(left.get("concurrency")),
        places,
        loc,
        knows_parameters=not is_change or "parameters" in raw,
    )


def _dumped(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _take_away(value: Any, place: Location) -> None:
    """Remove what stands at a place, or what lacks something there; an entry of `LISTS` stays, empty if need be."""
    holders: list[tuple[Any, str | int]] = []
    for part in place:
        if not _has(value, part):
            if len(holders) <= 2 and len(place) > 1 and place[0] in LISTS:
                return  # an entry that lacks a field
            break
        holders.append((value, part))
        value = value[part]
    while holders:
        holder, part = holders.pop()
        if isinstance(holder, dict):
            del holder[part]
            return
        if len(holders) == 1 and place[0] in LISTS:
            holder[part] = {}
            return


def _has(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _actions(value: Any, section: str) -> list[ActionDefinition]:
    return [
        _validated(
            ActionDefinition,
            entry,
            {"action_id": f"unreadable_{section}_{number}", "action_type": "transform"},
            {"config": {"output": None}},
        )
        for number, entry in enumerate(_list(value))
    ]


def _validated(model: type[M], entry: Any, needed: Mapping[str, Any], nothing: Mapping[str, Any]) -> M:
    """An entry with what it lacks of what is needed; where that is not enough, its name alone and nothing to do."""
    given = entry if isinstance(entry, dict) else {}
    name = {key: given[key] for key in list(needed)[:1] if key in given}
    for attempt in ({**needed, **given}, {**needed, **name, **nothing}):
        try:
            return model.model_validate(attempt)
        except ValidationError:
            continue
    return model.model_validate({**needed, **nothing})


def _limit(value: Any) -> ConcurrencyLimit | None:
    try:
        return None if value is None else ConcurrencyLimit.model_validate(value)
    except ValidationError:
        return None
