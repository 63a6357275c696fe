"""The kinds of expressions: what is told is certain to fail, and what is not told is not certain to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.actions.installed import installed_actions
from engine.actions.registry import ActionRegistry
from engine.actions.transform import Transform
from engine.expressions.budget import Budget
from engine.expressions.evaluation import evaluate
from engine.expressions.filters.catalogue import FILTERS, SELECTING
from engine.expressions.kinds import LISTS, NUMBERS, OBJECTS, PARAMETER_KINDS, TEXTS, Kind, kind_of_value
from engine.expressions.language import Faulty
from engine.expressions.parser import parse_expression
from engine.expressions.references import ExpressionError
from engine.expressions.types import FAILS, type_of
from models.commands.parameters import ParameterDefinition
from models.commands.workflows import ActionDefinition, CreateWorkflow
from models.words import ParameterType
from resolvers.workflows.definitions import definition_warnings

VALUES: dict[str, Any] = {
    "text": "a,b",
    "digits": "12",
    "number": 3,
    "half": 0.5,
    "flag": True,
    "list": ["x", "y"],
    "numbers": [2, 1],
    "object": {"a": 1},
}
KINDS = {name: kind_of_value(value) for name, value in VALUES.items()}
RESULT = {"found": {"response": {"x": 1}}}
"""What the result of an action is, nobody knows before it runs."""


def told(source: str) -> list[str]:
    return [mismatch.reason for mismatch in type_of(parse_expression(source), KINDS)[1]]


def kind(source: str) -> Kind:
    return type_of(parse_expression(source), KINDS)[0]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("number + 'a'", "'+' adds numbers, texts or lists, not a number and a text"),
        ("found.response + flag", "'+' adds numbers, texts or lists, not a boolean"),
        ("flag + flag", "'+' adds numbers, texts or lists, not a boolean and a boolean"),
        ("text > 3", "'>' compares numbers or texts, not a text and a number"),
        ("list <= found", "'<=' compares numbers or texts, not a list"),
        ("text - 1", "'-' takes a number, not a text"),
        ("-text", "'-' takes a number, not a text"),
        ("found * null", "'*' takes a number, not null"),
        ("not number", "'not' takes a boolean, not a number"),
        ("flag and text", "'and' takes a boolean, not a text"),
        ("object or flag", "'or' takes a boolean, not an object"),
        ("3 in text", "'in' before a text takes a text, not a number"),
        ("'a' not in flag", "'not in' takes a text, a list or an object, not a boolean"),
        ("text == 3", "'==' compares a text with a number"),
        ("flag != 'true'", "'!=' compares a boolean with a text"),
        ("flag | upper", "'upper' takes a text, not a boolean"),
        ("text | first", "'first' takes a list, not a text"),
        ("list | join(3)", "argument 1 of 'join' takes a text, not a number"),
        ("text | replace('a', number)", "argument 2 of 'replace' takes a text, not a number"),
        ("(number > 2) | round", "'round' takes a number, not a boolean"),
        ("text | split(',') | sum | lower", "'lower' takes a text, not a number"),
        ("text.length", "'text' is a text and has no 'length'"),
        ("parameters.number.x", "'number' is a number and has no 'x'"),
        ("list.first", "'list' is a list and has no 'first'"),
        ("execution.id + 1", "'+' adds numbers, texts or lists, not a text and a number"),
        ("(flag | default(true)) + 1", "'+' adds numbers, texts or lists, not a boolean and a number"),
        ("1 if text else 2", "'if' takes a boolean, not a text"),
        ("(1 if flag else 2) + 'a'", "'+' adds numbers, texts or lists, not a number and a text"),
        ("(number ~ text) * 2", "'*' takes a number, not a text"),
        ("[number] + 1", "'+' adds numbers, texts or lists, not a list and a number"),
        ("{a: number} | upper", "'upper' takes a text, not an object"),
        ("number[text]", "what has an item is a list or an object, not a number"),
        ("list[flag]", "a key takes a text or a number, not a boolean"),
        ("object[1:2]", "a slice takes a text or a list, not an object"),
        ("list['a':]", "an end of a slice takes a number, not a text"),
        ("text | select(item)", "'select' takes a list, not a text"),
        ("list | select(number + 1)", "the condition of 'select' takes a boolean, not a number"),
        ("list | reject(item == 1 and 'x' > 2)", "'>' compares numbers or texts, not a text and a number"),
    ],
)  # fmt: skip
def test_what_never_goes_together_is_told(source: str, reason: str) -> None:
    assert told(source) == [reason]


@pytest.mark.parametrize(
    "source",
    [
        "number + half", "text + digits", "list + numbers", "found.response.x + 1", "found.response.x + 'a'",
        "number > 2.5", "text < 'b'", "found > 'a'", "found and flag", "not found.ok", "number == half",
        "text == null", "null != flag", "found == 3", "text in object", "3 in numbers", "'a' in text", "3 in found",
        "text | upper", "number | string | upper", "digits | number", "found | upper", "flag | json",
        "text.length | default(0)", "(text.length + 1) | default(0)", "list.0 + 1", "object.a.b", "object['a']",
        "secrets.token + text", "(found | first) + 1", "(text | parse_json) and flag", "nowhere.x",
        "(flag | default(1)) + 1", "1 if flag else text", "(1 if flag else text) + 1", "number ~ null",
        "(number[text] ?? 1) + 1",
        "list[number]", "object[text]", "list[-1]", "text[1:][number:]", "list | select(item > 1)", "found[1:2] + 1",
        "list | select(item.number ?? true)", "found | map('a') | select(item in list)",
    ],
)  # fmt: skip
def test_what_may_go_together_is_not_told(source: str) -> None:
    assert told(source) == []


def test_one_mistake_is_told_once_and_each_of_several_in_their_order() -> None:
    assert told("(number | upper) + 'x' + (flag | lower)") == [
        "'upper' takes a text, not a number",
        "'lower' takes a text, not a boolean",
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("number + 1", Kind.NUMBER), ("text + found", Kind.TEXT), ("found + found", Kind.UNKNOWN),
        ("number > 1", Kind.BOOLEAN), ("text | length", Kind.NUMBER), ("list", Kind.LIST), ("list.0", Kind.UNKNOWN),
        ("text | default('x')", Kind.TEXT), ("text | default(1)", Kind.UNKNOWN), ("secrets.a | trim", Kind.TEXT),
        ("{", Kind.UNKNOWN),
    ],
)  # fmt: skip
def test_the_kind_of_what_an_expression_gives(source: str, expected: Kind) -> None:
    assert kind(source) is expected


# --- against what really happens -----------------------------------------------------------------

OPERANDS = st.sampled_from(
    [*VALUES, "'text'", "7", "null", "true", "found.response.x", "(number > 2)", "text.0", "list.x"]
)
ARGUMENT = st.sampled_from(["'a'", "2", "null", "list", "found.response.x"])


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Two or three operands with operators and filters; those whose second half may not be looked at are left out."""
    parts = []
    for _ in range(draw(st.integers(2, 3))):
        name = draw(st.sampled_from(sorted(FILTERS)))
        count = draw(st.integers(FILTERS[name].least, FILTERS[name].most))
        call = f" | {name}" + (f"({', '.join(draw(ARGUMENT) for _ in range(count))})" if count else "")
        sign = draw(st.sampled_from(["", "", "not ", "-"]))
        parts.append(f"({sign}{draw(OPERANDS)}{draw(st.sampled_from(['', call]))})")
    operators = st.sampled_from(["+", "-", "*", "/", "%", "==", "<", ">=", "in", "not in"])
    source = parts[0]
    for part in parts[1:]:
        source = f"({source} {draw(operators)} {part})"
    return source


@given(source=expressions())
def test_what_is_told_fails_and_what_comes_out_is_of_the_kind_that_was_told(source: str) -> None:
    expression = parse_expression(source)
    if isinstance(expression, Faulty):
        return
    kind, mismatches = type_of(expression, KINDS)
    try:
        value = evaluate(expression, {**VALUES, **RESULT}, Budget())
    except ExpressionError:
        return
    assert [mismatch for mismatch in mismatches if mismatch.consequence == FAILS] == []
    assert kind in (Kind.UNKNOWN, kind_of_value(value))


FIRST: dict[Any, Any] = {
    TEXTS: "a",
    LISTS: [1],
    OBJECTS: {"b": 2},
    NUMBERS: 1,
    TEXTS | LISTS: "a",
    TEXTS | NUMBERS: "1d",
}
"""An argument of kinds; of all others anything will do."""


@pytest.mark.parametrize("name", sorted(FILTERS))
@pytest.mark.parametrize("value", [*VALUES.values(), None])
def test_each_filter_takes_and_gives_the_kinds_that_are_said(name: str, value: object) -> None:
    known = FILTERS[name]
    arguments: list[Any] = [FIRST.get(kinds, 1) for kinds in known.arguments[: known.least]]
    if name in SELECTING:
        arguments = [[True] * len(value)] if isinstance(value, list) else [[]]
    try:
        result = known.apply(value, *arguments)
    except Exception as error:
        assert type(error).__name__ == "FilterError"
        return
    assert kind_of_value(value) in known.takes
    assert known.gives in (Kind.UNKNOWN, kind_of_value(result))


def test_every_parameter_type_has_its_kind() -> None:
    assert PARAMETER_KINDS.keys() == set(ParameterType)


# --- of a whole workflow -------------------------------------------------------------------------

ACTIONS: ActionRegistry = {"notification": installed_actions()["notification"], "transform": Transform()}
PARAMETERS = [ParameterDefinition(name=f"a_{word}", type=word, required=True) for word in ParameterType]


def warnings(**action: Any) -> list[tuple[Any, ...]]:
    definition = ActionDefinition(**{"action_id": "a", "action_type": "transform", **action})
    return [
        (found.path, found.character, found.code, found.message)
        for found in definition_warnings(ACTIONS, CreateWorkflow(name="w", parameters=PARAMETERS, actions=[definition]))
    ]


def test_a_warning_says_where_why_what_to_do_and_what_else_happens() -> None:
    assert warnings(config={"output": {"x": ["{{a_integer}}", "Hi {{ a_boolean | upper }}"]}}) == [
        (
            ("actions", 0, "config", "output", "x", 1),
            18,
            "type_mismatch",
            "action 'a': '{{a_boolean | upper}}': 'upper' takes a text, not a boolean at character 13 "
            "(put '| string' after the value), so the action will fail with EXPRESSION_ERROR",
        )
    ]


@pytest.mark.parametrize(("word", "wanted"), [("string", "a text"), ("number", "a number"), ("array", "a list")])
def test_a_condition_that_is_no_boolean_is_told(word: str, wanted: str) -> None:
    [(loc, character, _, message)] = warnings(when=f"{{{{ a_{word} }}}}")
    assert (loc, character) == (("actions", 0, "when"), 3)
    assert f"'when' needs true or false, not {wanted} at character 1 (compare it with something)" in message


@pytest.mark.parametrize("when", [True, None, "{{a_boolean}}", "{{a_string == 'x'}}", "{{a_object.x}}"])
def test_a_condition_that_is_or_may_be_a_boolean_is_not_told(when: Any) -> None:
    assert warnings(when=when) == []


def test_a_comparison_of_two_kinds_is_told_with_what_it_always_gives() -> None:
    [(_, _, _, message)] = warnings(when="{{a_string == 3}}")
    assert message.endswith(
        "'==' compares a text with a number at character 10 "
        "(put '| string' after the number, or '| number' after the text), which is always false"
    )


@pytest.mark.parametrize(
    ("message", "kind", "advice"),
    [
        ("{{a_integer}}", "a number", "put '| string' after the value"),
        ("{{ a_boolean and true }}", "a boolean", "put '| string' after the value"),
        ("{{a_array}}", "a list", "put '| string' after the value"),
    ],
)
def test_a_whole_value_of_another_kind_than_the_configuration_takes_is_told(
    message: str, kind: str, advice: str
) -> None:
    config = {"message": message, "data": "{{a_integer}}"}
    source = message.strip("{}").strip()
    assert warnings(action_type="notification", config=config) == [
        (
            ("actions", 0, "config", "message"),
            message.index("a"),
            "type_mismatch",
            f"action 'a': '{{{{{source}}}}}' is {kind} at character 1, and config.message takes a text ({advice}), "
            "so the action will fail with INVALID_CONFIG",
        )
    ]


@pytest.mark.parametrize("message", ["{{a_string}}", "{{a_integer}}!", "{{a_integer | string}}", "{{a_object.x}}"])
def test_a_value_that_the_configuration_may_take_is_not_told(message: str) -> None:
    assert warnings(action_type="notification", config={"message": message}) == []
