"""What the values of a parameter or of a form's field are held to beside their type: the one place of these rules."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Protocol

from pydantic import Field, PlainSerializer, StringConstraints, ValidatorFunctionWrapHandler, WrapValidator

from models.commands.patterns import LONGEST_PATTERN, PatternWork, compiled, size_of
from models.commands.value_formats import FORMATS
from models.words import ParameterType, ValueFormat

LONGEST_VALUE = 1_048_576
"""Nothing longer arrives in a request, so nothing longer is of use as a length."""


def _exact(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """The number as it was sent, `5` and no `5.0`."""
    if check(value) != value:
        raise ValueError("has more digits than a double has: every client would read another number")
    return value


def _as_it_is(value: float) -> int | float:
    return value


Bound = Annotated[float, WrapValidator(_exact), PlainSerializer(_as_it_is)]
Length = Annotated[int, Field(ge=0, le=LONGEST_VALUE)]
PatternText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PATTERN)]

NUMBERS = (ParameterType.INTEGER, ParameterType.NUMBER)
SIZED = (ParameterType.STRING, ParameterType.ARRAY)
TEXTS = (ParameterType.STRING,)
TYPES: Mapping[str, tuple[ParameterType, ...]] = {
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "min_length": SIZED,
    "max_length": SIZED,
    "pattern": TEXTS,
    "format": TEXTS,
    "multiline": TEXTS,
    "secret_hint": TEXTS,
    "schema": (ParameterType.OBJECT, ParameterType.ARRAY),
}
"""Which types each constraint is for."""

RANGES: Mapping[str, str] = {"maximum": "minimum", "max_length": "min_length"}
"""What must not be less than what."""


class Constrained(Protocol):
    """What says what a value is held to."""

    @property
    def type(self) -> ParameterType: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def maximum(self) -> float | None: ...
    @property
    def min_length(self) -> int | None: ...
    @property
    def max_length(self) -> int | None: ...
    @property
    def pattern(self) -> str | None: ...
    @property
    def format(self) -> ValueFormat | None: ...
    @property
    def schema_(self) -> Mapping[str, Any] | None: ...


class Rules:
    """What is known of a field while it is read: what of it had no fault by itself."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.type: ParameterType = known["type"]
        self.minimum: float | None = known.get("minimum")
        self.maximum: float | None = known.get("maximum")
        self.min_length: int | None = known.get("min_length")
        self.max_length: int | None = known.get("max_length")
        self.pattern: str | None = known.get("pattern")
        self.format: ValueFormat | None = known.get("format")
        self.schema_: Mapping[str, Any] | None = known.get("schema_")


def require_sensible(name: str, value: Any, known: Mapping[str, Any]) -> None:
    """Raise `ValueError` where a constraint is not for the type, or contradicts what is `known` beside it."""
    kind = known.get("type")
    if value is None or value is False or kind is None:
        return
    if kind not in TYPES[name]:
        others = [other for other, kinds in TYPES.items() if kind in kinds]
        instead = f"of {kind} there can be {', '.join(others)}" if others else f"{kind} has no constraint"
        raise ValueError(f"is for {' and '.join(TYPES[name])} alone: {instead}")
    if name in ("minimum", "maximum") and kind is ParameterType.INTEGER and value != int(value):
        raise ValueError(f"{value} is no integer")
    least = known.get(RANGES.get(name, ""))
    if least is not None and value < least:
        raise ValueError(f"{name} {value} is less than {RANGES[name]} {least}: no value could be both")
    if name == "pattern":
        compiled(value)
    if name == "secret_hint" and known.get("multiline"):
        raise ValueError("does not go with multiline: what is hidden while it is typed is one line")


def unmet(rules: Constrained, value: Any, work: PatternWork) -> Iterator[tuple[str, str]]:
    """Yield a message and a word (decision X1) for each constraint that a value, of the right type, does not meet.

    What its schema says of what is in it is looked at by `unmet_by_schema`, which has places to tell.
    """
    if rules.type in NUMBERS:
        if rules.minimum is not None and value < rules.minimum:
            yield f"must be at least {rules.minimum}", "value_error.number.not_ge"
        if rules.maximum is not None and value > rules.maximum:
            yield f"must be at most {rules.maximum}", "value_error.number.not_le"
    elif rules.type is ParameterType.ARRAY:
        if rules.min_length is not None and len(value) < rules.min_length:
            yield f"must have at least {_entries(rules.min_length)}", "value_error.list.min_items"
        if rules.max_length is not None and len(value) > rules.max_length:
            yield f"must have at most {_entries(rules.max_length)}", "value_error.list.max_items"
    elif rules.type is ParameterType.STRING:
        yield from _unmet_by_text(rules, value, work)


def told(rules: Constrained) -> Iterator[str]:
    """What values are held to, for a person to read before one is given: `at least 1`."""
    if rules.minimum is not None:
        yield f"at least {rules.minimum}"
    if rules.maximum is not None:
        yield f"at most {rules.maximum}"
    counted = _entries if rules.type is ParameterType.ARRAY else _characters
    if rules.min_length is not None:
        yield f"at least {counted(rules.min_length)}"
    if rules.max_length is not None:
        yield f"at most {counted(rules.max_length)}"
    if rules.format is not None:
        yield f"{FORMATS[rules.format].told}, such as {FORMATS[rules.format].example}"
    if rules.pattern is not None:
        yield f"by the pattern {rules.pattern}"
    if rules.schema_ is not None and rules.schema_.get("required"):
        yield f"with {', '.join(rules.schema_['required'])}"


def _unmet_by_text(rules: Constrained, text: str, work: PatternWork) -> Iterator[tuple[str, str]]:
    if rules.min_length is not None and len(text) < rules.min_length:
        yield f"must have at least {_characters(rules.min_length)}", "value_error.any_str.min_length"
    if rules.max_length is not None and len(text) > rules.max_length:
        yield f"must have at most {_characters(rules.max_length)}", "value_error.any_str.max_length"
    elif rules.pattern is not None and size_of(text) > (longest := work.longest(rules.pattern)):
        message = f"is too long for its pattern, with the others: at most {longest:,} bytes"
        yield message, "value_error.any_str.max_length"
    elif rules.pattern is not None and not work.finds(rules.pattern, text):
        yield f"must match the pattern {rules.pattern}", "value_error.str.regex"
    if rules.format is not None and not (known := FORMATS[rules.format]).is_met_by(text):
        yield f"must be {known.told}, such as {known.example}", known.word


def _characters(number: int) -> str:
    return "1 character" if number == 1 else f"{number} characters"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
