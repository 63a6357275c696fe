"""Raw input becomes a command or all of its faults, in the documented words (X1, F29, F30, F34)."""

import json
import tracemalloc
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, StringConstraints, ValidationError, field_validator

from models.commands.retry_policy import RetryPolicy
from models.commands.validation import MAX_DEPTH, Command, json_faults, parse
from models.commands.workflows import ActionDefinition, CreateWorkflow
from models.errors import InvalidInput
from models.faults import MAX_FAULTS, Fault, shown


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(Command):
    name: str


class Sample(Command):
    name: Annotated[str, StringConstraints(min_length=2, max_length=4, pattern="^[a-z]*$")]
    count: Annotated[int, Field(ge=1, le=9)] = 1
    ratio: float = 0.5
    flag: bool = False
    items: Annotated[list[int], Field(max_length=2)] = []
    options: dict[str, Any] = {}
    inner: Inner | None = None
    colour: Annotated[Colour, Field(strict=False)] = Colour.RED
    even: int = 2

    @field_validator("even")
    @classmethod
    def _is_even(cls, even: int) -> int:
        if even % 2:
            raise ValueError("even must be even")
        return even


def faults_of(raw: object) -> list[Fault]:
    with pytest.raises(InvalidInput) as caught:
        parse(Sample, raw)
    return list(caught.value.faults)


def nested(depth: int, kind: str = "list") -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind == "list" else {"k": value}
    return value


# --- the documented words ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("name", 1, "type_error.string"),
        ("name", None, "type_error.string"),
        ("name", "a", "value_error.any_str.min_length"),
        ("name", "abcde", "value_error.any_str.max_length"),
        ("name", "A1", "value_error.str.regex"),
        ("count", True, "type_error.integer"),
        ("count", "1", "type_error.integer"),
        ("count", 1.0, "type_error.integer"),
        ("count", 1.5, "type_error.integer"),
        ("count", None, "type_error.integer"),
        ("count", 0, "value_error.number.not_ge"),
        ("count", 10, "value_error.number.not_le"),
        ("count", 10**400, "value_error.number.not_le"),
        ("ratio", "0.5", "type_error.number"),
        ("ratio", True, "type_error.number"),
        ("flag", 1, "type_error.boolean"),
        ("flag", "true", "type_error.boolean"),
        ("items", {}, "type_error.array"),
        ("items", "12", "type_error.array"),
        ("items", [1, 2, 3], "value_error.list.max_items"),
        ("options", [], "type_error.object"),
        ("inner", "x", "type_error.object"),
        ("inner", [], "type_error.object"),
        ("colour", "green", "value_error.const"),
        ("colour", 1, "value_error.const"),
        ("even", 3, "value_error"),
        ("unknown", 1, "value_error.extra"),
    ],
)
def test_a_fault_has_the_documented_type_word_and_names_its_field(field: str, value: Any, word: str) -> None:
    [fault] = faults_of({"name": "abc", field: value})
    assert (fault.loc, fault.type) == (("body", field), word)
    assert fault.msg


def test_a_missing_field_is_told_as_documented() -> None:
    assert faults_of({}) == [Fault(("body", "name"), "field required", "value_error.missing")]


KNOWN = "name, count, ratio, flag, items, options, inner, colour, even"


@pytest.mark.parametrize(
    ("raw", "loc", "hint"),
    [
        ({"nmae": 1}, ("nmae",), "did you mean 'name'?"),
        ({"title": 1}, ("title",), "did you mean 'name'?"),
        ({"inner": {"name": "x", "Name": 1}}, ("inner", "Name"), "did you mean 'name'?"),
        ({"inner": {"name": "x", "q": 1}}, ("inner", "q"), "known are name"),
        ({"zzz": 1}, ("zzz",), f"known are {KNOWN}"),
        ({"a" * 1_000: 1}, ("a" * 1_000,), f"known are {KNOWN}"),
    ],
)
def test_an_unknown_field_names_the_one_that_is_meant_or_those_that_are_known(
    raw: Any, loc: tuple[str, ...], hint: str
) -> None:
    [fault] = faults_of({"name": "abc", **raw})
    assert fault == shown(Fault(("body", *loc), f"unknown field: {hint}", "value_error.extra"))


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ({"parameters": [{"name": "p", "type": "string", "default": 1}]}, "default_value"),
        ({"parameters": [{"name": "p", "type": "string", "enum": [1]}]}, "allowed_values"),
        ({"actions": [{"action_id": "a", "action_type": "wait", "id": 1}]}, "action_id"),
        ({"actions": [{"action_id": "a", "action_type": "wait", "actionId": 1}]}, "action_id"),
        ({"actions": [{"action_id": "a", "action_type": "wait", "needs": []}]}, "depends_on"),
        ({"actions": [{"action_id": "a", "action_type": "wait", "retry": {"maxAttempts": 1}}]}, "max_attempts"),
        ({"on_exit": [{"action_id": "a", "action_type": "wait", "for_each": {"in": [], "itemName": 1}}]}, "known are"),
        ({"steps": []}, "actions"),
    ],
)
def test_a_name_of_another_system_leads_to_the_field_that_is_meant(raw: Any, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(CreateWorkflow, {"name": "w", **raw})
    [fault] = caught.value.faults
    assert fault.type == "value_error.extra"
    assert hint in fault.msg


def test_the_rule_of_a_validator_is_told_in_its_own_words() -> None:
    assert faults_of({"name": "abc", "even": 3}) == [Fault(("body", "even"), "even must be even", "value_error")]


@pytest.mark.parametrize("raw", [None, [], "text", 1, True, [["name", "abc"]]])
def test_what_is_no_object_is_refused_as_a_whole(raw: object) -> None:
    [fault] = faults_of(raw)
    assert (fault.loc, fault.type) == (("body",), "type_error.object")


def test_faults_deep_inside_have_the_whole_path() -> None:
    found = faults_of({"name": "abc", "items": [1, "x"], "inner": {"name": 1, "more": 2}})
    assert {(fault.loc, fault.type) for fault in found} == {
        (("body", "items", 1), "type_error.integer"),
        (("body", "inner", "name"), "type_error.string"),
        (("body", "inner", "more"), "value_error.extra"),
    }


def test_all_faults_are_told_at_once() -> None:
    found = faults_of({"count": 0, "flag": 1, "colour": "green", "even": 3, "x": 1, "y": 2})
    assert {fault.loc[-1] for fault in found} == {"name", "count", "flag", "colour", "even", "x", "y"}
    assert len(found) == 7


def test_a_name_is_refused_in_words_and_not_by_a_pattern() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(CreateWorkflow, {"name": "w", "parameters": [{"name": "a b", "type": "string"}], "actions": [1]})
    assert {(fault.loc, fault.msg, fault.type) for fault in caught.value.faults} == {
        (
            ("body", "parameters", 0, "name"),
            "must begin with a letter or _ and have letters, digits, _ and - alone, 128 at most",
            "value_error.str.regex",
        ),
        (("body", "actions", 0), "must be a JSON object", "type_error.object"),
    }


def test_all_unstorable_values_are_told_at_once() -> None:
    found = faults_of({"name": "a\x00", "ratio": float("nan"), "options": {"a": "\ud800", "b": [float("inf")]}})
    assert {(fault.loc, fault.type) for fault in found} == {
        (("body", "name"), "value_error.unicode"),
        (("body", "ratio"), "value_error.number.not_finite"),
        (("body", "options", "a"), "value_error.unicode"),
        (("body", "options", "b", 0), "value_error.number.not_finite"),
    }


def test_faults_are_told_below_the_given_location() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(Sample, {"name": "a\x00"}, ("query",))
    assert caught.value.faults[0].loc == ("query", "name")
    with pytest.raises(InvalidInput) as caught:
        parse(Sample, {}, ())
    assert caught.value.faults[0].loc == ("name",)


def test_the_message_of_the_error_lists_every_fault() -> None:
    error = InvalidInput([Fault(("body", "a", 0), "is bad", "x"), Fault(("body", "b"), "is worse", "y")])
    assert str(error) == error.message == "body.a.0: is bad; body.b: is worse"


# --- a good command ------------------------------------------------------------------------------


def test_good_input_becomes_the_command() -> None:
    raw = {"name": "abc", "count": 2, "inner": {"name": "x"}, "colour": "blue", "options": {"a": [None, 1.5]}}
    command = parse(Sample, raw)
    assert command == Sample(name="abc", count=2, inner=Inner(name="x"), colour=Colour.BLUE, options={"a": [None, 1.5]})
    assert command.model_fields_set == set(raw)


def test_a_command_cannot_be_changed() -> None:
    command = parse(Sample, {"name": "abc"})
    with pytest.raises(ValidationError, match="frozen"):
        command.name = "xyz"


# --- what cannot be stored -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "msg", "word"),
    [
        ("\x00", "holds a NUL character, which cannot be stored", "value_error.unicode"),
        ("a\x00b", "holds a NUL character, which cannot be stored", "value_error.unicode"),
        ("é\x00", "holds a NUL character, which cannot be stored", "value_error.unicode"),
        ("\ud800", "holds a lone surrogate character, which cannot be stored", "value_error.unicode"),
        ("a\udfff", "holds a lone surrogate character, which cannot be stored", "value_error.unicode"),
        (float("nan"), "must be a finite number", "value_error.number.not_finite"),
        (float("inf"), "must be a finite number", "value_error.number.not_finite"),
        (float("-inf"), "must be a finite number", "value_error.number.not_finite"),
    ],
)
@pytest.mark.parametrize("path", [(), ("a",), ("a", 1), (0, "b", "c")])
def test_what_a_database_refuses_is_named_wherever_it_is(
    value: object, msg: str, word: str, path: tuple[str | int, ...]
) -> None:
    raw = value
    for part in reversed(path):
        raw = {part: raw} if isinstance(part, str) else [*[None] * part, raw]
    assert list(json_faults(raw, ("body",))) == [Fault(("body", *path), msg, word)]


@pytest.mark.parametrize("key", ["\x00", "a\ud800"])
def test_a_bad_key_is_a_fault_of_its_object(key: str) -> None:
    assert [(fault.loc, fault.type) for fault in json_faults({"a": {key: 1}}, ("body",))] == [
        (("body", "a"), "value_error.unicode")
    ]


@pytest.mark.parametrize("key", ["\x00", "a\ud800"])
def test_a_bad_key_does_not_spoil_the_location_of_the_faults_below_it(key: str) -> None:
    for fault in json_faults({key: {"x": "\x00"}}, ("body",)):
        assert not any("\x00" in part or "\ud800" in part for part in map(str, fault.loc))
        json.dumps([*fault.loc], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "text", ["", "plain", "é", "\U0001f600", "\u202eright to left", "\ue000", "\uffff", "\x01\x7f\n\t", "\u0301"]
)
def test_all_other_text_is_taken(text: str) -> None:
    assert list(json_faults({text: [text]}, ("body",))) == []


@pytest.mark.parametrize("number", [0, -1, 10**30, 0.0, -0.0, 1.7e308, 5e-324, True, None])
def test_finite_numbers_are_taken(number: object) -> None:
    assert list(json_faults([number], ("body",))) == []


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_a_value_may_nest_a_hundred_levels_and_no_more(kind: str) -> None:
    assert MAX_DEPTH == 100
    assert list(json_faults(nested(MAX_DEPTH, kind), ("body",))) == []
    assert list(json_faults(nested(MAX_DEPTH + 1, kind), ("body",))) == [
        Fault(("body",), "nested more than 100 levels deep", "value_error.depth")
    ]


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_the_deepest_value_is_walked_without_a_recursion_error(kind: str) -> None:
    assert [fault.type for fault in json_faults(nested(100_000, kind), ())] == ["value_error.depth"]


def test_too_deep_a_field_is_refused_before_it_is_validated() -> None:
    [fault] = faults_of({"name": "abc", "options": nested(100_000, "dict")})
    assert fault.type == "value_error.depth"


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda children: st.lists(children) | st.dictionaries(st.text(alphabet="ab"), children),
)


@given(value=JSON_VALUES)
def test_any_storable_json_value_has_no_fault(value: Any) -> None:
    assert list(json_faults(value, ("body",))) == []


@given(value=JSON_VALUES, bad=st.sampled_from(["\x00", "\ud9ab", float("nan"), float("inf")]))
def test_a_bad_value_beside_good_ones_is_the_only_fault(value: Any, bad: object) -> None:
    assert [fault.loc for fault in json_faults([value, {"x": bad}, value], ())] == [(1, "x")]


def test_of_very_many_faults_as_many_are_told_as_are_read() -> None:
    found: list[int] = []

    def endless() -> Iterator[Fault]:
        while True:
            found.append(1)
            yield Fault(("body", "x" * 1_000_000), "y" * 1_000_000, "value_error")

    error = InvalidInput(endless())
    assert len(error.faults) == len(found) == MAX_FAULTS + 1
    assert error.faults[-1] == Fault(
        ("body",), "there are more than these 100 faults: mend them first", "value_error.more"
    )
    assert error.faults[0].loc == ("body", "x" * 200 + "...")
    assert len(error.message) < MAX_FAULTS * 2_500


@pytest.mark.parametrize(
    "raw", [{f"k{number}": 1 for number in range(50_000)}, {"x" * 100_000: ["\0"] * 50_000}], ids=["names", "places"]
)
def test_an_answer_to_a_wrong_body_is_much_smaller_than_the_body(raw: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(Inner, raw)
    assert len(caught.value.faults) == MAX_FAULTS + 1
    assert len(str(caught.value)) < 100_000


def test_what_cannot_be_stored_is_found_without_the_place_of_each_value_that_can() -> None:
    raw: Any = [*[0] * 100_000, "\x00"]
    for _ in range(90):
        raw = [raw]
    tracemalloc.start()
    try:
        [fault] = json_faults(raw, ("body",))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fault.loc == ("body", *[0] * 90, 100_000)
    assert most < 100_000


def test_a_value_of_which_too_much_cannot_be_stored_is_looked_at_no_further() -> None:
    for raw in ([*["\x00"] * 200, nested(100_000, "list")], [nested(100_000, "list"), *["\x00"] * 200]):
        assert faults_of({"name": "abc", "options": {"a": raw}})


@pytest.mark.parametrize(
    ("model", "fields", "place"),
    [
        (ActionDefinition, {"action_id": "a", "action_type": "wait"}, "depends_on"),
        (RetryPolicy, {}, "retry_on"),
        (RetryPolicy, {}, "never_retry_on"),
    ],
)
def test_of_a_list_without_end_the_first_fault_alone_is_told(
    model: type[Command], fields: dict[str, Any], place: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate({**fields, place: [None] * 1_000})
    assert caught.value.error_count() == 1
