"""Shows how a field is written where something of another kind was sent, and which of its words was meant."""

import re
from collections.abc import Mapping, Sequence

from models.nearest_word import nearest_word

LONGEST = 40
"""Characters of a word that is looked for among those of a field: to compare long ones takes its time."""

QUOTED = re.compile(r"'([^']*)'")

ONE_ACTION = "{action_id: hello, action_type: notification, config: {message: Hi}}"
SHAPES: Mapping[str, str] = {
    "parameters": "[{name: who, type: string}]",
    "form": "[{name: risk, type: string}]",
    "actions": f"[{ONE_ACTION}]",
    "on_failure": f"[{ONE_ACTION}]",
    "on_exit": f"[{ONE_ACTION}]",
    "outputs": "{sum: '{{add.response.sum}}'}",
    "tags": "[first, second]",
    "depends_on": "[first, second]",
    "allowed_values": "[first, second]",
    "for_each": "{in: [...]}",
    "repeat": "{until: '{{response.state == \"done\"}}'}",
    "retry": "{max_attempts: 3}",
    "concurrency": "{limit: 1}",
    "retention": '{completed: "7d"}',
    "compensate": "{action_type: notification, config: {message: Undone}}",
}
"""How fields that hold others are written, by their names."""

SYNONYMS: Mapping[str, Sequence[str]] = {
    "text": ("string",),
    "str": ("string",),
    "float": ("number",),
    "double": ("number",),
    "decimal": ("number",),
    "dict": ("object",),
    "map": ("object",),
    "json": ("object",),
    "list": ("array",),
    "ignore": ("continue",),
    "stop": ("fail",),
    "enabled": ("active",),
    "disabled": ("inactive",),
}
"""What other systems call a word."""


def shape_hint(loc: Sequence[str | int]) -> str:
    """How the field at a place is written, as a message's end."""
    name = str(loc[-1]) if loc else ""
    return f": write {name}: {SHAPES[name]}" if name in SHAPES else ""


def word_hint(sent: object, expected: str) -> str:
    """Which of the words `'a', 'b' or 'c'` was meant by what was sent, as a message's end."""
    known = QUOTED.findall(expected)
    if not isinstance(sent, str) or len(sent) > LONGEST:
        return ""
    by_lower = {word.lower(): word for word in known}
    synonym = next((word for word in SYNONYMS.get(sent.lower(), ()) if word in known), None)
    near = synonym or nearest_word(sent.lower(), by_lower)
    return f" (did you mean '{by_lower.get(near, near)}'?)" if near else ""
