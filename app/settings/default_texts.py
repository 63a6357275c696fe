"""What is told of the default of a setting: in words where its definition has some, else by its value."""

import json

from app.settings.settings import SETTINGS, Settings


def default_text(name: str) -> str:
    """The default of the setting of this name, in Markdown only where its definition is."""
    told = SETTINGS[name].default
    return _value(getattr(Settings(), name)) if told is None else told


def default_in_markdown(name: str) -> str:
    """The same, with a value as code."""
    told = SETTINGS[name].default
    if told is not None:
        return told
    text = _value(getattr(Settings(), name))
    return text if text == NONE else f"`{text}`"


NONE = "none"


def _value(value: object) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value).removesuffix(".0")
    return str(value) if value else NONE
