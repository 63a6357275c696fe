"""The text of a workflow file, read to JSON values: JSON, or YAML as far as JSON knows what it says."""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from models.commands.validation import Location
from models.errors import MalformedRequest
from models.json_text import parse_json

YAML_SUFFIXES = (".yaml", ".yml")
TAG = "tag:yaml.org,2002:"
JSON_TAGS = frozenset(TAG + word for word in ("str", "int", "float", "bool", "null", "seq", "map"))
MERGE = TAG + "merge"
NOT_BLANK_IN_YAML = re.compile("[\t\x85\u2028\u2029]")
"""What ends a line in YAML, or may not stand before a value, and is nothing of the kind in JSON."""

UNQUOTED = re.compile(r"(?:[:\-,\[]\s+|^\s*|\[)\{\{")
"""A template where a value begins, which YAML takes for an object in an object."""

MAX_VALUES = 1_000_000
"""How many values a file may hold once its aliases stand for what they name."""


SourcePlace = tuple[int, int]
"""Line and column, both from 1."""

START: SourcePlace = (1, 1)
EMPTY = "the file is empty: it must begin with name: and actions:"


class UnreadableFile(MalformedRequest):
    """A file that cannot be read, with the place, from 1, at which reading ended."""

    def __init__(self, place: SourcePlace, reason: str) -> None:
        super().__init__(f"line {place[0]}, column {place[1]}: {reason}")
        self.place, self.reason = place, reason


class SourceText(msgspec.Struct, frozen=True):
    """A file's text and the JSON value that it is; `root` is the tree of its places, None where there is none.

    `repeated` are the places where a key stands once more in one object: the last one counts.
    """

    text: str
    value: Any
    root: yaml.Node | None
    repeated: tuple[Location, ...] = ()


class _Loader(yaml.SafeLoader):
    """YAML whose dates are texts: JSON has no others."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != TAG + "timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_source(file: Path) -> SourceText:
    """Read a file, YAML by its name or else JSON. Raises `UnreadableFile`, `OSError`."""
    return _source(file.read_bytes(), is_yaml=file.suffix in YAML_SUFFIXES)


def source_of(content: bytes) -> SourceText:
    """What has no name: JSON where it begins like an object, or else YAML. Raises `UnreadableFile`."""
    return _source(content, is_yaml=not _decoded(content).lstrip().startswith("{"))


def _source(content: bytes, *, is_yaml: bool) -> SourceText:
    text = _decoded(content)
    if not text.strip():
        raise UnreadableFile(START, EMPTY)
    try:
        if is_yaml:
            return _read_yaml(text)
        value, tree = _json(text), _json_tree(text)
        return SourceText(text, value, tree, () if tree is None else tuple(_repeated(tree, (), set())))
    except RecursionError:
        raise UnreadableFile(START, "it is nested too deeply") from None


def _decoded(content: bytes) -> str:
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(errors="replace")
        raise UnreadableFile(place_at(before, len(before)), "this is not valid UTF-8") from None


def place_at(text: str, index: int) -> SourcePlace:
    """The place of a character of a text, from 0. Lines end where editors end them, which is not where YAML does."""
    before = text[:index]
    return before.count("\n") + 1, index - before.rfind("\n")


def _json(text: str) -> Any:
    try:
        return parse_json(text)
    except MalformedRequest as refused:
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            raise UnreadableFile((error.lineno, error.colno), f"this is not valid JSON: {error.msg}") from None
        raise UnreadableFile(START, refused.message) from None


def _json_tree(text: str) -> yaml.Node | None:
    """The places of a JSON text: YAML's parser reads JSON, but for characters that do not matter here."""
    readable = yaml.reader.Reader.NON_PRINTABLE.sub(" ", NOT_BLANK_IN_YAML.sub(" ", text))
    try:
        node: yaml.Node | None = yaml.compose(readable, Loader=yaml.SafeLoader)
    except yaml.YAMLError:  # such as a key of more than 1,024 characters
        return None
    return node


def _read_yaml(text: str) -> SourceText:
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise UnreadableFile(START, EMPTY)
        _check(text, root, {})
        repeated = tuple(_repeated(root, (), set()))  # what is merged into an object stands in it from here on
        return SourceText(text, loader.construct_document(root), root, repeated)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = place_at(text, mark.index) if mark else START
        reason = f"this is not valid YAML: {error.problem or error.context}{_hint(text, place[0])}"
        raise UnreadableFile(place, reason) from None
    except yaml.reader.ReaderError as error:
        raise UnreadableFile(place_at(text, error.position), f"this is not valid YAML: {error.reason}") from None
    except ValueError as error:
        raise UnreadableFile(START, f"this is not valid YAML: {error}") from None


def _hint(text: str, line: int) -> str:
    """The usual reason for which YAML stumbles over a template, where the line or the one before has one."""
    before = text.split("\n")[max(0, line - 2) : line]
    is_unquoted = any(UNQUOTED.search(part) for part in before)
    return ": put quotes around a text that begins with {{" if is_unquoted else ""


def _check(text: str, node: yaml.Node, sizes: dict[int, int]) -> int:
    """Refuse what is no JSON, by its place; return how many values a node is."""
    known = sizes.get(id(node))
    if known == 0:
        raise _refusal(text, node, "an alias stands within what it names")
    if known is not None:
        return known
    sizes[id(node)] = 0
    if node.tag not in JSON_TAGS:
        raise _refusal(text, node, f"the tag {node.tag.replace(TAG, '!!')} means nothing in JSON: remove it")
    size = 1 + sum(_check(text, child, sizes) for child in _children(text, node))
    if size > MAX_VALUES:
        raise _refusal(text, node, f"its aliases stand for more than {MAX_VALUES:,} values")
    sizes[id(node)] = size
    return size


def _children(text: str, node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if key.tag not in (TAG + "str", MERGE):
                if isinstance(key, yaml.MappingNode):
                    raise _refusal(text, key, "put quotes around a text that begins with {{: this is an object")
                raise _refusal(text, key, "a key must be a text: put quotes around it")
            yield child


def _repeated(node: yaml.Node, loc: Location, seen: set[int]) -> Iterator[Location]:
    """What an alias stands for is looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _repeated(child, (*loc, index), seen)
    elif isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, child in node.value:
            if key.tag != MERGE and key.value in keys:
                yield (*loc, key.value)
            keys.add(key.value)
            yield from _repeated(child, (*loc, key.value), seen)


def _refusal(text: str, node: yaml.Node, reason: str) -> UnreadableFile:
    return UnreadableFile(place_at(text, node.start_mark.index), reason)
