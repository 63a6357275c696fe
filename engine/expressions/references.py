"""Paths into what an expression sees: `name`, `action.response.items[-1]`; read once, looked up without evaluating."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from engine.expressions.foreign_words import hint_for_key, hint_for_root

PATH = re.compile(
    r"[A-Za-z_][\w-]*(?:\.[\w-]+|\[-?\d{1,9}\]|\[\"[^\"\]]*\"\]|\['[^'\]\\]*'\])*",
    re.ASCII,
)
SEGMENT = re.compile(r"\.?([\w-]+)|\[(-?\d+)\]|\[\"([^\"\]]*)\"\]|\['([^'\]]*)'\]", re.ASCII)
INDEX = re.compile(r"\d{1,9}", re.ASCII)
SECRETS = "secrets"
"""The root of a scope below which values are that nothing may show."""


class ExpressionError(Exception):
    """An expression that has no value in this execution, and why.

    `position` is the character of it, from 0, where that shows; None: it is about all of it. `part` is the part of a
    template that it is, where it is one.
    """

    def __init__(self, reason: str, position: int | None = None, part: object = None) -> None:
        super().__init__(reason)
        self.position = position
        self.part = part


class NoValue(ExpressionError):
    """A path that leads nowhere. The reason may be made when it is read: nobody reads it where a default is taken."""

    def __init__(self, reason: str | Callable[[], str], position: int | None = None, part: object = None) -> None:
        super().__init__("", position, part)
        self._reason = reason

    def __str__(self) -> str:
        return self._reason if isinstance(self._reason, str) else self._reason()


class Reference(msgspec.Struct, frozen=True):
    """`root.a[0]`: a path into the scope, as it was written in `source`, at a character of the expression from 0."""

    source: str
    segments: tuple[str | int, ...]
    position: int = 0

    @property
    def root(self) -> str:
        """The first name of the path."""
        return str(self.segments[0])

    @property
    def secret(self) -> str | None:
        """The name of the secret that it leads to, if it leads to one."""
        return str(self.segments[1]) if self.root == SECRETS else None


class SecretValues(Protocol):
    """What stands below the root `secrets` of a scope: the values by name, and a word on all that is made of them."""

    def __getitem__(self, name: str) -> str:
        """The value of a secret."""
        ...

    def made(self, name: str, value: Any) -> None:
        """Take note of what an expression made of a secret: it must be shown as little as the secret."""
        ...


def path(source: str) -> Reference | None:
    """The reference that a whole text is, if it is one; all secrets together are nothing to refer to."""
    if not PATH.fullmatch(source) or source == SECRETS:
        return None
    found = SEGMENT.findall(source)
    return Reference(source, tuple(int(index) if index else name or key or other for name, index, key, other in found))


def is_index(segment: str | int) -> bool:
    """Whether a segment may lead into a list."""
    return isinstance(segment, int) or INDEX.fullmatch(segment) is not None


def look_up(reference: Reference, scope: Mapping[str, Any]) -> Any:
    """The value that a path leads to. Raises `NoValue`."""
    value: Any = scope
    for depth, segment in enumerate(reference.segments):
        value = _step(value, segment, reference, depth)
    return value


def step_into(value: Any, segment: str | int) -> Any:
    """What an object or a list has at a key or an index. Raises `LookupError`."""
    if isinstance(value, Mapping) and segment in value:
        return value[segment]
    if isinstance(value, list) and is_index(segment) and -len(value) <= (index := int(segment)) < len(value):
        return value[index]
    raise LookupError(segment)


def lack(value: Any, segment: str | int) -> str:
    """Why a value has nothing at a key or an index: how the message about it goes on."""
    if value is None:
        return f"has no '{segment}': it is null"
    # What is no object has no such key in any language: there a filter is meant.
    hint = "" if isinstance(value, Mapping) else hint_for_key(str(segment))
    return f"has no '{segment}'{hint}"


def _step(value: Any, segment: str | int, reference: Reference, depth: int) -> Any:
    try:
        return step_into(value, segment)
    except LookupError:
        where = ".".join(str(part) for part in reference.segments[:depth])
        if where:
            reason = f"'{where}' {lack(value, segment)}"
        else:
            reason = f"nothing is named '{segment}'{hint_for_root(str(segment))}"
        raise NoValue(f"'{reference.source}' has no value: {reason}", reference.position) from None
