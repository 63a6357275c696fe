"""Places in workflow files: every character of every text is found where it is written, however it is written."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from resolvers.workflows.sources.source_places import place_of
from resolvers.workflows.sources.source_text import SourceText, read_source

LETTERS = st.sampled_from([*"ab{}:#'\"\\|>&*!-%@`,[] \n\t/", "ä", "☃", "\U0001f600", "\xa0", "\x07", "\x85", "\u2028"])
TEXTS = st.text(LETTERS, max_size=30)
VALUES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=5
)
PLAIN = "ab{}:#'|>&*!%@`,[]"
"""Characters that are written as themselves, or doubled, in every style."""


def leaves(value: Any, loc: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str):
        return [(loc, value)]
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [leaf for key, child in pairs for leaf in leaves(child, (*loc, key))]


def assert_every_character_is_found(source: SourceText, value: Any) -> None:
    assert source.value == value
    lines = source.text.split("\n")
    for loc, text in leaves(value):
        for character, letter in enumerate(text):
            if letter in PLAIN:
                line, column = place_of(source, loc, character)
                assert lines[line - 1][column - 1] == letter, (loc, character)


@given(value=VALUES, indent=st.sampled_from([None, 0, 2, "\t"]), ascii_only=st.booleans())
def test_in_json(tmp_path_factory: pytest.TempPathFactory, value: Any, indent: Any, ascii_only: bool) -> None:
    file = tmp_path_factory.getbasetemp() / "places.json"
    file.write_text(json.dumps(value, indent=indent, ensure_ascii=ascii_only), newline="")
    assert_every_character_is_found(read_source(file), value)


@given(
    value=VALUES,
    style=st.sampled_from(["'", '"', "|", ">", None]),
    flow=st.sampled_from([True, False, None]),
    width=st.sampled_from([5, 20, 1000]),
    unicode=st.booleans(),
)
def test_in_yaml(
    tmp_path_factory: pytest.TempPathFactory, value: Any, style: Any, flow: Any, width: int, unicode: bool
) -> None:
    file = tmp_path_factory.getbasetemp() / "places.yaml"
    text = yaml.safe_dump(value, default_style=style, default_flow_style=flow, width=width, allow_unicode=unicode)
    assume(yaml.safe_load(text) == value)  # the writer leaves a NEL in quotes, where the reader folds it
    file.write_text(text, newline="")
    assert_every_character_is_found(read_source(file), value)


@pytest.mark.parametrize(
    "written",
    [
        'x: "a\\x20\\u0020\\t b {{Z}}"',
        "x: 'it''s\n\n   folded {{Z}}'",
        "x: plain\n  and folded\n\n  {{Z}}",
        "x: |2-\n   a\n\n   b {{Z}}",
        "x: >+ # a comment\n  a\n   b\n\n  {{Z}}\n\n",
        'x: &anchor !!str "a {{Z}}"',
        "# a comment\nx: &anchor\n  a {{Z}}",
        "\ufeffx: a {{Z}}",
        "%YAML 1.1\n---\nx: 'a {{Z}}'\n...\n",
        'x: "a\\\n   b {{Z}}"',
        "x: |\r\n  a\r\n  b {{Z}}\r\n",
    ],
)
def test_in_what_people_write(tmp_path: Path, written: str) -> None:
    file = tmp_path / "file.yml"
    file.write_text(written, newline="")
    source = read_source(file)
    line, column = place_of(source, ("x",), source.value["x"].index("Z"))
    assert source.text.splitlines()[line - 1].lstrip("\ufeff")[column - 1 :][:1] == "Z"


def test_utf_16_is_read(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes("x: ä{{Z}}".encode("utf-16"))
    assert place_of(read_source(file), ("x",), 3) == (1, 7)


def test_of_a_key_that_is_there_twice_the_last_one_counts(tmp_path: Path) -> None:
    for name in ("file.json", "file.yaml"):
        (tmp_path / name).write_text('{"x": "a",\n "x": "b"}')
        source = read_source(tmp_path / name)
        assert (source.value, place_of(source, ("x",)), place_of(source, ("x",), is_key=True)) == (
            {"x": "b"},
            (2, 7),
            (2, 2),
        )


def test_what_is_not_there_is_shown_by_what_holds_it(tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text('{"a": [1, {"b": 2}]}')
    source = read_source(tmp_path / "file.json")
    assert place_of(source, ("a", 1, "c", "d")) == (1, 11)
    assert place_of(source, ("a", 7)) == (1, 7)
    assert place_of(source, ("a", 1, "b", "int")) == (1, 17)
    assert place_of(source, ("a", 1, "c"), is_key=True) == (1, 11)


def test_where_yaml_cannot_read_json_the_value_is_read_and_its_place_is_the_beginning(tmp_path: Path) -> None:
    key = "k" * 2000
    (tmp_path / "file.json").write_text(json.dumps({key: "x"}))
    source = read_source(tmp_path / "file.json")
    assert (source.value, place_of(source, (key,))) == ({key: "x"}, (1, 1))
