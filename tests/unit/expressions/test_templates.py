"""Templates: references keep JSON types, render once over the tree, and evaluate no code (W4, F35)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions.braces import MAX_UNREADABLE, pieces
from engine.expressions.budget import Budget
from engine.expressions.references import ExpressionError, Reference
from engine.expressions.templates import Constant, Whole, parse, place_of, references, render

SCOPE: dict[str, Any] = {
    "name": "Ada",
    "count": 3,
    "ratio": 0.5,
    "yes": True,
    "nothing": None,
    "fetch": {"status": "success", "response": {"content": "text", "items": [{"id": 7}, {"id": 8}], "a.b": 1, "": 2}},
    "tricky": "{{name}}",
}

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=15,
)
PLAIN_VALUES = JSON_VALUES.filter(lambda value: "{{" not in json.dumps(value))


def rendered(value: Any, scope: dict[str, Any] = SCOPE) -> Any:
    return render(parse(value), scope, Budget())


def same_json(left: Any, right: Any) -> bool:
    """Equality that tells `1`, `1.0` and `true` apart, and the order of keys."""
    return json.dumps(left) == json.dumps(right)


# --- whole references ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["name", "count", "ratio", "yes", "nothing", "fetch"])
def test_a_whole_reference_keeps_its_json_type(name: str) -> None:
    assert rendered(f"{{{{{name}}}}}") is SCOPE[name]


@pytest.mark.parametrize("text", ["{{count}}", "{{ count }}", "{{\tcount\n}}"])
def test_white_space_inside_the_braces_does_not_count(text: str) -> None:
    assert rendered(text) == 3


@pytest.mark.parametrize("text", [" {{count}}", "{{count}} ", "{{count}}\n"])
def test_white_space_outside_the_braces_makes_it_a_text(text: str) -> None:
    assert rendered(text) == text.replace("{{count}}", "3")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("fetch.response.content", "text"),
        ("fetch.response.items[0].id", 7),
        ("fetch.response.items.1.id", 8),
        ('fetch.response["content"]', "text"),
        ('fetch["response"]["items"][1]["id"]', 8),
        ('fetch.response["a.b"]', 1),
        ('fetch.response[""]', 2),
        ("fetch.response.items", [{"id": 7}, {"id": 8}]),
    ],
)
def test_a_path_leads_through_objects_and_lists(path: str, expected: Any) -> None:
    assert rendered(f"{{{{{path}}}}}") == expected


def test_a_digit_names_a_key_of_an_object_and_an_index_of_a_list() -> None:
    scope = {"by_key": {"0": "key"}, "by_index": ["index"]}
    assert rendered("{{by_key.0}} {{by_index.0}}", scope) == "key index"


def test_names_may_hold_dashes_and_underscores() -> None:
    assert rendered("{{_my-step.a-b}}", {"_my-step": {"a-b": 1}}) == 1


@given(value=JSON_VALUES)
def test_a_whole_reference_returns_exactly_the_referenced_value(value: Any) -> None:
    assert rendered("{{x}}", {"x": value}) is value


@given(value=JSON_VALUES, data=st.data())
def test_every_place_in_a_json_value_can_be_referenced(value: Any, data: st.DataObject) -> None:
    path, target = "x", value
    while isinstance(target, dict | list) and target:
        if isinstance(target, list):
            index = data.draw(st.integers(0, len(target) - 1))
            path, target = f"{path}[{index}]", target[index]
        else:
            key = data.draw(st.sampled_from(sorted(target)))
            if set(key) & set('"]}'):
                break
            path, target = f'{path}["{key}"]', target[key]
    assert rendered(f"{{{{{path}}}}}", {"x": value}) is target


# --- references inside a text --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "<Ada>"),
        ("count", "<3>"),
        ("ratio", "<0.5>"),
        ("yes", "<true>"),
        ("nothing", "<>"),
        ("fetch.response.items", '<[{"id":7},{"id":8}]>'),
    ],
)
def test_an_embedded_reference_is_written_as_json_but_a_string_as_itself(name: str, expected: str) -> None:
    assert rendered(f"<{{{{{name}}}}}>") == expected


def test_a_text_may_hold_many_references() -> None:
    assert rendered("{{name}}{{count}} and {{name}}!") == "Ada3 and Ada!"


def test_two_references_side_by_side_are_a_text() -> None:
    assert rendered("{{count}}{{count}}") == "33"


def test_integers_of_any_size_are_written_in_full() -> None:
    assert rendered("n={{n}}", {"n": 10**30}) == f"n={10**30}"


@given(before=st.text(alphabet="ab {}"), value=st.text(), after=st.text(alphabet="ab {}"))
def test_an_embedded_string_is_inserted_as_it_is(before: str, value: str, after: str) -> None:
    before, after = before.replace("{", ""), after.replace("}", "").replace("{{", "")
    assert rendered(f"{before}{{{{x}}}}{after}", {"x": value}) == f"{before}{value}{after}"


# --- the JSON tree -------------------------------------------------------------------------------


def test_objects_and_lists_are_rendered_at_any_depth_and_keep_their_order() -> None:
    value = {"z": ["{{count}}", {"a": "{{name}}", "b": 1}], "a": None}
    assert same_json(rendered(value), {"z": [3, {"a": "Ada", "b": 1}], "a": None})


def test_keys_are_not_parsed() -> None:
    value = {"{{name}}": "{{name}}", "{{missing}}": 1}
    assert rendered(value) == {"{{name}}": "Ada", "{{missing}}": 1}


@pytest.mark.parametrize("depth", [1, 99, 100])
def test_a_reference_at_the_bottom_of_a_deep_value_is_rendered(depth: int) -> None:
    value: Any = "{{count}}"
    expected: Any = 3
    for level in range(depth):
        value, expected = ([value], [expected]) if level % 2 else ({"k": value}, {"k": expected})
    assert rendered(value) == expected


@given(value=PLAIN_VALUES)
def test_a_value_without_braces_renders_to_itself(value: Any) -> None:
    template = parse(value)
    assert template == Constant(value)
    assert same_json(render(template, {}, Budget()), value)
    assert list(references(template)) == []


@given(value=PLAIN_VALUES)
def test_rendering_twice_gives_the_same(value: Any) -> None:
    template = parse({"a": "{{x}}", "b": ["<{{x}}>", value]})
    assert same_json(render(template, {"x": value}, Budget()), render(template, {"x": value}, Budget()))


def test_rendering_changes_neither_the_template_nor_the_scope() -> None:
    raw = {"a": ["{{x}}", {"b": "{{x.y}} !"}]}
    scope = {"x": {"y": [1]}}
    template = parse(raw)
    render(template, scope, Budget())
    assert (raw, scope) == ({"a": ["{{x}}", {"b": "{{x.y}} !"}]}, {"x": {"y": [1]}})
    assert template == parse(raw)


# --- nothing is evaluated ------------------------------------------------------------------------


def test_a_value_that_holds_braces_is_not_rendered_again() -> None:
    assert rendered("{{tricky}}") == "{{name}}"
    assert rendered("<{{tricky}}>") == "<{{name}}>"
    assert rendered({"a": ["{{tricky}}"]}) == {"a": ["{{name}}"]}


def test_values_that_together_look_like_a_reference_are_not_rendered() -> None:
    assert rendered("{{a}}name{{b}}", {"a": "{{", "b": "}}", "name": "Ada"}) == "{{name}}"


@pytest.mark.parametrize(
    "source",
    [
        "7*7", "", "x y", "x()", "1", "'x'", "x.", ".x", "x..y", "x[", "x[]", "x[1.5]", "x[true]", "x[1:2:3]",
        "x\n.y", "{x", "é", "lambda: 0", "x;y", "__import__('os')", "x[0]]",
    ],
)  # fmt: skip
def test_what_is_no_path_fails_and_says_so(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        rendered(f"{{{{{source}}}}}", {"x": [1]})
    assert str(caught.value).startswith(f"'{{{{{source}}}}}' cannot be read: ")


@pytest.mark.parametrize("value", ["text", 1, 1.5, True, None, [1], {"a": 1}])
@pytest.mark.parametrize("attribute", ["__class__", "__len__", "real", "upper", "keys", "append"])
def test_attributes_of_python_objects_cannot_be_reached(value: Any, attribute: str) -> None:
    with pytest.raises(ExpressionError, match=f"'x' has no '{attribute}'"):
        rendered(f"{{{{x.{attribute}}}}}", {"x": value})


def test_a_key_that_is_spelled_like_an_attribute_is_a_key() -> None:
    assert rendered("{{x.__class__}}", {"x": {"__class__": 1}}) == 1


@pytest.mark.parametrize("text", ["", "{", "}", "{}", "{{", "}}", "}}{{", "{ {x} }", "{x}", "{{x}", "{%x%}", "${x}"])
def test_a_text_without_a_whole_pair_of_braces_is_left_alone(text: str) -> None:
    assert rendered(text, {"x": 1}) == text


@settings(max_examples=300)
@given(text=st.text(alphabet='{}x.[]0" \n', max_size=30))
def test_any_text_renders_or_fails_as_an_expression(text: str) -> None:
    try:
        value = rendered(text, {"x": [[0], {"x": 0}]})
    except ExpressionError as error:
        assert str(error)
    else:
        assert value == text or "{{" in text


# --- braces of the text itself --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\{{name}}", "{{name}}"),
        (r"a \{{name}} b {{name}}", "a {{name}} b Ada"),
        (r"{{name}}\{{", "Ada{{"),
        (r"C:\\{{name}}", "C:\\Ada"),
        (r"\\\{{name}}", r"\{{name}}"),
        (r"\{{{{name}}", "{{Ada"),
        (r"\d{{count}}", r"\d3"),
        (r"C:\dir\{name}", r"C:\dir\{name}"),
        (r"\{{ }} \{{x", "{{ }} {{x"),
    ],
)
def test_a_backslash_makes_braces_those_of_the_text(text: str, expected: str) -> None:
    assert rendered(text) == expected
    assert rendered({"a": [text]}) == {"a": [expected]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ {a: {b: count}} }}", {"a": {"b": 3}}),
        ("{{{a: {b: count}}}}", {"a": {"b": 3}}),
        ("<{{ {a: {b: count}} | json }}{{count}}>", '<{"a":{"b":3}}3>'),
        ("{{name + '}}'}}", "Ada}}"),
        ('{{name + "{{"}} {{count}}', "Ada{{ 3"),
        ("{{count # it's }} {{name}}", "3 Ada"),
        ("{{count # {\n + 1}}", 4),
    ],
)
def test_braces_within_an_expression_do_not_close_it(text: str, expected: Any) -> None:
    assert rendered(text) == expected


@pytest.mark.parametrize("text", ["{{it's}} {{name}}", "{{ {a }} {{name}}", "{{{{name}}", "{{ '}} {{name}}"])
def test_where_no_braces_fit_the_first_ones_close(text: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be read"):
        rendered(text)


def test_an_unreadable_text_is_soon_read_no_more() -> None:
    # To seek the end of an expression looks through all that may be one.
    text = "{{ {a }}" * MAX_UNREADABLE + "{{ {a: {b: count}} }}"
    *_, last, rest = pieces(text)
    assert (last.text, rest.plain) == ("{a: {b: count", " }}")
    assert [piece.text for piece in pieces(text[len("{{ {a }}") :])][-1] == "{a: {b: count}}"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [{"b": "{{count}}"}, "x {{count > name}}"]}, ("a", 1)),
        ("{{count > name}}", ()),
        (["{{count > name}}"], (0,)),
    ],
)
def test_a_failure_knows_its_place(value: Any, place: tuple[Any, ...]) -> None:
    template = parse(value)
    with pytest.raises(ExpressionError) as caught:
        render(template, SCOPE, Budget())
    assert place_of(template, caught.value.part) == place
    assert str(caught.value).startswith("'{{count > name}}' at character 7: '>' needs two numbers or two texts, ")


# --- references that lead nowhere ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "nothing is named 'missing'"),
        ("missing.response.x", "nothing is named 'missing'"),
        ("fetch.nope", "'fetch' has no 'nope'"),
        ("fetch.response.nope", "'fetch.response' has no 'nope'"),
        ("fetch.response.nope.deeper", "'fetch.response' has no 'nope'"),
        ("fetch.response.items[2]", "'fetch.response.items' has no '2'"),
        ("fetch.response.items.-1", "'fetch.response.items' has no '-1'"),
        ("fetch.response.items.first", "'fetch.response.items' has no 'first' (write '| first' behind the path)"),
        ("fetch.response.items[0].id.x", "'fetch.response.items.0.id' has no 'x'"),
        ("name.0", "'name' has no '0'"),
        ("name[0]", "'name' has no '0'"),
        ("nothing.x", "'nothing' has no 'x': it is null"),
        ("nothing.sum", "'nothing' has no 'sum': it is null"),
        ("fetch.sum", "'fetch' has no 'sum'"),
        ("count.x", "'count' has no 'x'"),
    ],
)
def test_a_missing_reference_names_the_place_where_the_path_ends(path: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        rendered(f"{{{{{path}}}}}")
    assert str(caught.value) == f"'{{{{{path}}}}}' has no value: {reason}"


@pytest.mark.parametrize("value", ["<{{missing}}>", ["{{missing}}"], {"a": {"b": ["{{count}}", "{{missing}}"]}}])
def test_a_missing_reference_anywhere_fails_the_whole_value(value: Any) -> None:
    with pytest.raises(ExpressionError, match="nothing is named 'missing'"):
        rendered(value)


def test_null_is_a_value_and_not_missing() -> None:
    assert rendered("{{nothing}}") is None


# --- what a template refers to -------------------------------------------------------------------


def test_references_are_listed_in_the_order_of_their_source() -> None:
    template = parse({"b": "{{one}} {{two.x}}", "a": ["{{three[0]}}", {"c": "{{one}}"}], "{{key}}": 1})
    assert [reference.source for reference in references(template)] == ["one", "two.x", "three[0]", "one"]


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("{{a}}", ("a",)),
        ("{{a.b}}", ("a", "b")),
        ("{{a.0}}", ("a", "0")),
        ("{{a[0]}}", ("a", 0)),
        ('{{a["b c"].d}}', ("a", "b c", "d")),
    ],
)
def test_a_reference_is_parsed_into_its_segments(text: str, segments: tuple[str | int, ...]) -> None:
    template = parse(text)
    assert isinstance(template, Whole)
    assert isinstance(template.expression, Reference)
    assert template.expression.segments == segments
    assert template.expression.root == segments[0]


@pytest.mark.parametrize(
    "text",
    [
        "{{" * 200_000,
        "{{x" * 200_000,
        "}}{{" * 200_000,
        "{{x}}" * 100_000,
        "{{{{}}" * 30_000,
        "{{'}}" * 50_000,
        "\\{{" * 100_000 + "}}",
        "\\" * 500_000 + "{{x}}",
        "\\" * 500_000 + "}}",
    ],
)
def test_parsing_takes_time_in_proportion_to_the_text(text: str) -> None:
    # Twice the text in about twice the time: with a quadratic scan this test would not end within its limit.
    assert parse(text) is not None


@pytest.mark.parametrize("source", ["{{x[" + "1" * 5000 + "]}}", "{{x." + "1" * 5000 + "}}"])
def test_an_endless_index_is_one_that_leads_nowhere(source: str) -> None:
    with pytest.raises(ExpressionError):
        render(parse(source), {"x": [1]}, Budget())
