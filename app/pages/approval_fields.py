"""Writes the fields of an approval's form: labelled, what is required marked, and nothing chosen beforehand."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import msgspec

from app.pages.approval_form import FIELD_PREFIX
from app.terminal.visible_text import visible, visible_lines
from models.commands.constraints import told
from models.commands.parameters import ParameterDefinition
from models.words import ParameterType, ValueFormat

MAX_SHOWN = 4
"""So many choices are laid out side by side; more are a list to open."""

LONG = frozenset({ParameterType.OBJECT, ParameterType.ARRAY})
HINTS = {
    ParameterType.OBJECT: 'In JSON, such as {"name": "value"}',
    ParameterType.ARRAY: "In JSON, such as [1, 2]",
}
INPUTS: Mapping[str, str] = {ValueFormat.DATE: "date", ValueFormat.EMAIL: "email", ValueFormat.URI: "url"}
"""What a browser asks for by itself; the others are text."""

KEYBOARDS = {ParameterType.INTEGER: ' inputmode="numeric"', ParameterType.NUMBER: ' inputmode="decimal"'}


class _Field:
    """What the parts of one field are made of."""

    def __init__(self, field: Mapping[str, Any], typed: str, bad: Sequence[str]) -> None:
        self.kind = ParameterType(field["type"])
        self.name = escape(FIELD_PREFIX + field["name"])
        self.id = escape(field_id(field["name"]))
        self.label = escape(visible(field["name"]))
        self.is_required = bool(field.get("required")) and field.get("default_value") is None
        self.typed = typed
        self.bad = bad
        self.hints = [
            text
            for text in (
                field.get("description"),
                HINTS.get(self.kind),
                _limits(field),
                None if field.get("default_value") is None else f"If left open: {_spelled(field['default_value'])}",
            )
            if text
        ]
        self.choices = _choices(field, self.kind)
        self.is_long = self.kind in LONG or bool(field.get("multiline"))
        self.is_hidden = bool(field.get("secret_hint"))
        self.input = "password" if self.is_hidden else INPUTS.get(str(field.get("format")), "text")

    @property
    def attributes(self) -> str:
        """What the control, or the group of controls, says of itself."""
        described = [*([f"{self.id}-hint"] if self.hints else []), *([f"{self.id}-bad"] if self.bad else [])]
        state = ' aria-invalid="true"' if self.bad else ""
        return state + (f' aria-describedby="{" ".join(described)}"' if described else "")

    @property
    def required(self) -> str:
        return " required" if self.is_required else ""

    @property
    def tag(self) -> str:
        return f'<span class="tag">{"required" if self.is_required else "optional"}</span>'

    @property
    def hint(self) -> str:
        return (
            f'<p class="hint" id="{self.id}-hint">{escape(visible_lines(chr(10).join(self.hints)))}</p>'
            if self.hints
            else ""
        )

    @property
    def note(self) -> str:
        return f'<p class="bad" id="{self.id}-bad">{escape(visible("; ".join(self.bad)))}</p>' if self.bad else ""


def field_id(name: str) -> str:
    """The id of a field's control."""
    return f"f-{name}"


def field_html(field: Mapping[str, Any], typed: str, bad: Sequence[str]) -> str:
    """One field with what was `typed` into it before, and what is `bad` about that."""
    made = _Field(field, typed, bad)
    if made.choices and made.is_required and len(made.choices) <= MAX_SHOWN:
        return _side_by_side(made)
    control = _list(made) if made.choices else _long(made) if made.is_long else _line(made)
    label = f'<label for="{made.id}">{made.label}{made.tag}</label>'
    return f'<div class="field">{label}{made.hint}{control}{made.note}</div>'


def _side_by_side(made: _Field) -> str:
    buttons = "".join(
        f'<label><input type="radio" name="{made.name}" value="{escape(value)}" required'
        f"{_first(number, made.id)}{' checked' if made.typed == value else ''}> {escape(visible(shown))}</label>"
        for number, (value, shown) in enumerate(made.choices)
    )
    return (
        f'<fieldset class="field"{made.attributes}><legend>{made.label}{made.tag}</legend>{made.hint}'
        f'<div class="choices">{buttons}</div>{made.note}</fieldset>'
    )


def _first(number: int, id_: str) -> str:
    return "" if number else f' id="{id_}"'


def _list(made: _Field) -> str:
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if made.typed == value else ""}>{escape(visible(shown))}</option>'
        for value, shown in made.choices
    )
    nothing = f'<option value="">{"Choose…" if made.is_required else "Left open"}</option>'
    return f'<select id="{made.id}" name="{made.name}"{made.required}{made.attributes}>{nothing}{options}</select>'


def _long(made: _Field) -> str:
    is_code = ' class="code" spellcheck="false"' if made.kind in LONG else ' dir="auto"'
    return (
        f'<textarea id="{made.id}" name="{made.name}"{is_code} rows="3"{made.required}'
        f"{made.attributes}>\n{escape(made.typed)}</textarea>"
    )


def _line(made: _Field) -> str:
    # What is hidden is typed again: a page that comes back with a fault must not hold it.
    typed = "" if made.is_hidden else made.typed
    return (
        f'<input type="{made.input}" id="{made.id}" name="{made.name}" value="{escape(typed)}" autocomplete="off"'
        f' dir="auto"{KEYBOARDS.get(made.kind, "")}{made.required}{made.attributes}>'
    )


def _limits(field: Mapping[str, Any]) -> str | None:
    limits = ", ".join(told(ParameterDefinition.model_validate(field, extra="ignore")))
    return f"{limits[0].upper()}{limits[1:]}" if limits else None


def _choices(field: Mapping[str, Any], kind: ParameterType) -> list[tuple[str, str]]:
    """What can be chosen: what is sent for each, and what is shown."""
    if field.get("allowed_values"):
        return [(_spelled(value), _spelled(value)) for value in field["allowed_values"]]
    return [("true", "Yes"), ("false", "No")] if kind is ParameterType.BOOLEAN else []


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
