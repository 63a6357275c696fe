"""Labels of executions, by which people find them again: one rule for them, wherever they are given."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, LiteralString, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from models.commands.validation import Command

MAX_LABELS = 32
MAX_LABEL_VALUE = 255
RESERVED_PREFIX = "orchestrator/"
"""What keys begin with that the service keeps for itself."""

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,62}", re.ASCII)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

KEY_RULE: LiteralString = (
    "a key has 1 to 63 letters, digits, '.', '_', '/' and '-', and begins with a letter or a digit"
)
NO_PATTERN = {"pattern": ""}
"""These words are for people already."""


def label_faults(labels: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
    """Yield what is wrong with each label that cannot be one, by its key."""
    for key, value in labels.items():
        if (fault := key_fault(key)) is not None:
            yield key, fault
        if not isinstance(value, str):
            yield key, PydanticCustomError("string_type", "a value is a text")
            continue
        if len(value) > MAX_LABEL_VALUE:
            limit = {"most": MAX_LABEL_VALUE}
            yield key, PydanticCustomError("string_too_long", "a value has {most} characters at most", limit)
        if CONTROL.search(value):
            yield key, PydanticCustomError("string_pattern_mismatch", "a value has no control characters", NO_PATTERN)


def key_fault(key: Any) -> PydanticCustomError | None:
    """What is wrong with the key of a label; None where it can be one."""
    if not isinstance(key, str):
        return PydanticCustomError("string_type", "a key is a text")
    if not KEY.fullmatch(key):
        return PydanticCustomError("string_pattern_mismatch", KEY_RULE, NO_PATTERN)
    if key.startswith(RESERVED_PREFIX):
        prefix = {"prefix": RESERVED_PREFIX}
        message = "keys that begin with '{prefix}' are the service's own: choose another one"
        return PydanticCustomError("reserved", message, prefix)
    return None


def number_fault(labels: Mapping[str, Any]) -> PydanticCustomError | None:
    """What is wrong with so many labels; None where an execution can have them."""
    if len(labels) <= MAX_LABELS:
        return None
    numbers = {"most": MAX_LABELS, "number": len(labels)}
    return PydanticCustomError(
        "dict.max_items", "an execution has {most} labels at most, and would have {number}", numbers
    )


def _labels(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    faults: list[InitErrorDetails] = [
        {"type": fault, "loc": (key,), "input": given[key]} for key, fault in label_faults(given)
    ]
    if (too_many := number_fault(given)) is not None:
        faults.append({"type": too_many, "loc": (), "input": None})
    if faults:
        raise ValidationError.from_exception_data("labels", faults)
    return given


def _keys(given: Any) -> Any:
    if not isinstance(given, list):
        return given
    faults: list[InitErrorDetails] = [
        {"type": fault, "loc": (position,), "input": key}
        for position, key in enumerate(given)
        if (fault := key_fault(key)) is not None
    ]
    if faults:
        raise ValidationError.from_exception_data("keys", faults)
    return list(dict.fromkeys(given))


# All that is wrong is told at once: the types that would be looked at first are looked at with the rest.
Labels = Annotated[dict[str, str], BeforeValidator(_labels)]
LabelKeys = Annotated[list[str], Field(max_length=100), BeforeValidator(_keys)]


class LabelChanges(Command):
    """`PATCH /workflows/executions/{id}/labels` and `labelExecution`: what is not named stays as it is."""

    set: Labels = Field(
        default={}, description='Labels to add, or to give another value: an object such as `{"team": "billing"}`.'
    )
    remove: LabelKeys = Field(default=[], description="The keys of labels to remove; one that is absent is no fault.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        both = sorted(self.set.keys() & {*self.remove})
        if both:
            raise ValueError(f"'{both[0]}' is in set and in remove: leave it out of one of them")
        return self

    def applied_to(self, labels: Mapping[str, str]) -> dict[str, Any]:
        """The labels after the changes."""
        kept = {key: value for key, value in labels.items() if key not in self.remove}
        return kept | self.set
