"""The questions of a run that people or signals have to answer, and how to answer each of them."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.core.state import slot
from models.commands.constraints import told
from models.commands.parameters import ParameterDefinition
from models.commands.value_formats import FORMATS
from models.entities.executions import Event
from models.words import ParameterType, ValueFormat, WaitReason

EXAMPLES: Mapping[ParameterType, Any] = {
    ParameterType.STRING: "text",
    ParameterType.INTEGER: 1,
    ParameterType.NUMBER: 1.5,
    ParameterType.BOOLEAN: True,
    ParameterType.OBJECT: {},
    ParameterType.ARRAY: [],
}


class Question(msgspec.Struct, frozen=True):
    """An action that waits for people or for a signal; `notes` are what it keeps of its wait."""

    action_id: str
    item: int | None
    reason: WaitReason
    notes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What tells it from other actions and items."""
        return slot(self.action_id, self.item)

    @property
    def needs_form(self) -> bool:
        """Whether it cannot be approved without something filled in."""
        return any(_must_be_filled_in(field) for field in self._fields)

    def told(self) -> str:
        """The sentence that says what it waits for."""
        if self.reason is WaitReason.SIGNAL:
            return f"{self.name} waits for the signal '{self.notes['signal']}'"
        return f"{self.name} waits for an approval: {self.notes['message']}"

    def way_on(self) -> str:
        """How to give it to a run that has no terminal."""
        if self.reason is WaitReason.SIGNAL:
            return (
                f"run it with --signal {shlex.quote(self.notes['signal'] + '=JSON')}, or in a terminal, where it asks"
            )
        approved = shlex.quote(f"{self.action_id}={self._example()}") if self._fields else self.action_id
        form = f" (form: {self._form()})" if self._fields else ""
        return f"run it with --approve {approved} or --reject {self.action_id}{form}, or in a terminal, where it asks"

    def prompt(self) -> str:
        """What a person is asked."""
        if self.reason is WaitReason.SIGNAL:
            return "its payload as JSON (nothing: null): "
        return (
            f"y or n, with the form behind it, such as y {self._example()} ({self._form()}): "
            if self._fields
            else "y or n: "
        )

    def answers(self) -> str:
        """What to write where something else was written."""
        if not self._fields:
            return "write y or n"
        return f"write y with the form behind it, such as y {self._example()} ({self._form()}), or n"

    @property
    def _fields(self) -> Sequence[Mapping[str, Any]]:
        fields: Sequence[Mapping[str, Any]] = self.notes.get("form", ())
        return fields

    def _example(self) -> str:
        shown = [field for field in self._fields if _must_be_filled_in(field)] or self._fields
        return json.dumps({field["name"]: _value(field) for field in shown}, ensure_ascii=False)

    def _form(self) -> str:
        return "; ".join(_described(field) for field in self._fields)


def question_of(event: Event) -> Question | None:
    """What an action waits for by its event; None where nobody has to give anything."""
    reason = WaitReason(event.data["reason"])
    if event.action_id is None or reason not in (WaitReason.SIGNAL, WaitReason.APPROVAL):
        return None
    return Question(event.action_id, event.data.get("item"), reason, event.data["notes"])


def _must_be_filled_in(field: Mapping[str, Any]) -> bool:
    return bool(field.get("required")) and field.get("default_value") is None


def _value(field: Mapping[str, Any]) -> Any:
    if field.get("default_value") is not None:
        return field["default_value"]
    allowed = field.get("allowed_values") or (field.get("schema") or {}).get("examples")
    if allowed:
        return allowed[0]
    if field.get("format"):
        return FORMATS[ValueFormat(field["format"])].example
    least = field.get("minimum")
    return EXAMPLES[ParameterType(field["type"])] if least is None else least


def _described(field: Mapping[str, Any]) -> str:
    allowed = field.get("allowed_values")
    values = f", one of {', '.join(json.dumps(value, ensure_ascii=False) for value in allowed)}" if allowed else ""
    limits = "".join(f", {limit}" for limit in told(ParameterDefinition.model_validate(field, extra="ignore")))
    return f"{field['name']}: {field['type']}{values}{limits}{'' if _must_be_filled_in(field) else ', optional'}"
