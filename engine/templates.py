"""`{{...}}` parsed once to a tree and rendered over JSON: types are kept, nothing is evaluated (W4)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

OPEN, CLOSE = "{{", "}}"
PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d{1,9}\]|\[\"[^\"\]]*\"\])*", re.ASCII)
SEGMENT = re.compile(r"\.?([\w-]+)|\[(\d+)\]|\[\"([^\"\]]*)\"\]", re.ASCII)
INDEX = re.compile(r"\d{1,9}", re.ASCII)
SECRETS = "secrets"
"""The root of a scope below which values are that nothing may show."""


class ExpressionError(Exception):
    """A template that has no value in this execution; the message names the expression and the reason."""


class Reference(msgspec.Struct, frozen=True):
    """`{{root.a.0}}`: a path into the scope. `source` is what was written between the braces."""

    source: str
    segments: tuple[str | int, ...]

    @property
    def root(self) -> str:
        """The first name of the path; empty where the expression is no path."""
        return str(self.segments[0]) if self.segments else ""

    @property
    def secret(self) -> str | None:
        """The name of the secret that it leads to, if it leads to one."""
        return str(self.segments[1]) if self.root == SECRETS else None


class Text(msgspec.Struct, frozen=True):
    """A string with references inside; it renders to a string."""

    parts: tuple[str | Reference, ...]


class Object(msgspec.Struct, frozen=True):
    """A JSON object some of whose values are templates."""

    items: tuple[tuple[str, "Template"], ...]


class Array(msgspec.Struct, frozen=True):
    """A JSON array some of whose elements are templates."""

    elements: tuple["Template", ...]


class Constant(msgspec.Struct, frozen=True):
    """A JSON value with no expression in it, returned as it is."""

    value: Any


Template = Reference | Text | Object | Array | Constant


class SecretValues(Protocol):
    """What stands below the root `secrets` of a scope: the values by name, and a word on all that is made of them."""

    def __getitem__(self, name: str) -> str:
        """The value of a secret."""
        ...

    def made(self, name: str, value: Any) -> None:
        """Take note of what an expression made of a secret: it must be shown as little as the secret."""
        ...


def parse(value: Any) -> Template:
    """Parse a JSON value. A string that is one whole `{{x}}` keeps the type of `x`; keys are not parsed."""
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, dict):
        items = tuple((key, parse(child)) for key, child in value.items())
        return Constant(value) if all(isinstance(child, Constant) for _, child in items) else Object(items)
    if isinstance(value, list):
        elements = tuple(parse(child) for child in value)
        return Constant(value) if all(isinstance(child, Constant) for child in elements) else Array(elements)
    return Constant(value)


def _parse_text(text: str) -> Template:
    parts: list[str | Reference] = []
    end = 0
    while (start := text.find(OPEN, end)) >= 0 and (close := text.find(CLOSE, start)) >= 0:
        if start > end:
            parts.append(text[end:start])
        parts.append(_parse_reference(text[start + len(OPEN) : close].strip()))
        end = close + len(CLOSE)
    if not parts:
        return Constant(text)
    if end < len(text):
        parts.append(text[end:])
    if len(parts) == 1 and isinstance(parts[0], Reference):
        return parts[0]
    return Text(tuple(parts))


def _parse_reference(source: str) -> Reference:
    if not PATH.fullmatch(source) or source == SECRETS:
        return Reference(source, ())
    segments: list[str | int] = []
    for name, index, key in SEGMENT.findall(source):
        segments.append(int(index) if index else name or key)
    return Reference(source, tuple(segments))


def references(template: Template) -> Iterator[Reference]:
    """Yield every reference of a template, in the order of its source."""
    match template:
        case Reference():
            yield template
        case Text(parts):
            yield from (part for part in parts if isinstance(part, Reference))
        case Object(items):
            for _, child in items:
                yield from references(child)
        case Array(elements):
            for child in elements:
                yield from references(child)


def render(template: Template, scope: Mapping[str, Any]) -> Any:
    """Return the JSON value of a template. Raises `ExpressionError` where a reference leads nowhere."""
    match template:
        case Constant(value):
            return value
        case Reference():
            return _look_up(template, scope)
        case Text(parts):
            return "".join(_render_part(part, scope) for part in parts)
        case Object(items):
            return {key: render(child, scope) for key, child in items}
        case Array(elements):
            return [render(child, scope) for child in elements]


def _render_part(part: str | Reference, scope: Mapping[str, Any]) -> str:
    if isinstance(part, str):
        return part
    value = _look_up(part, scope)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _look_up(reference: Reference, scope: Mapping[str, Any]) -> Any:
    if not reference.segments:
        raise ExpressionError(f"'{{{{{reference.source}}}}}' is no path such as name or action.response.field")
    value: Any = scope
    for depth, segment in enumerate(reference.segments):
        value = _step(value, segment, reference, depth)
    if reference.segments[0] == SECRETS:
        secrets: SecretValues = scope[SECRETS]
        secrets.made(str(reference.segments[1]), value)
    return value


def _step(value: Any, segment: str | int, reference: Reference, depth: int) -> Any:
    if isinstance(value, Mapping) and segment in value:
        return value[segment]
    if isinstance(value, list):
        index = int(segment) if INDEX.fullmatch(str(segment)) else -1
        if 0 <= index < len(value):
            return value[index]
    where = ".".join(str(part) for part in reference.segments[:depth])
    reason = f"'{where}' has no '{segment}'" if where else f"nothing is named '{segment}'"
    raise ExpressionError(f"'{{{{{reference.source}}}}}' has no value: {reason}")
