"""What differs between two definitions: nothing of one and itself, and all that it takes to make one of the other."""

from collections.abc import Sequence
from itertools import combinations, permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.definition.differences import (
    LISTS,
    MAX_FIELDS,
    DefinitionDifference,
    DefinitionPart,
    DifferenceKind,
    FieldDifference,
    definition_differences,
    value_differences,
    without_defaults,
)
from models.commands.parameters import ParameterDefinition
from models.commands.workflows import ActionDefinition
from models.json_equality import same
from tests.support.calls import Json, notify

ADDED, REMOVED, CHANGED, MOVED = DifferenceKind

# --- one made of the other ----------------------------------------------------------------------


def value_made(before: Any, fields: Sequence[FieldDifference]) -> Any:
    """A JSON value with what differs carried out."""
    made = _copy(before)
    for field in fields:
        if not field.path:
            return field.after
        place = made
        for part in field.path[:-1]:
            place = place[part]
        if field.kind is REMOVED:
            assert same(place.pop(field.path[-1]), field.before)
        else:
            assert (field.kind is ADDED) is (isinstance(place, dict) and field.path[-1] not in place)
            place[field.path[-1]] = field.after
    return made


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def part_made(before: Json, found: Sequence[DefinitionDifference]) -> Json:
    """A part of a definition, by the names in it, with what differs carried out."""
    made = dict(before)
    for one in found:
        if one.kind is REMOVED:
            assert same(made.pop(one.name), one.before)
        elif one.kind is ADDED:
            assert one.name not in made
            made[one.name] = one.after
        else:
            made[one.name] = value_made(made[one.name], one.fields)
            assert same(made[one.name], one.after)
    placed = {one.name: one.position for one in found if one.is_moved or one.kind is ADDED}
    order = [name for name in made if name not in placed]
    for name, position in sorted(placed.items(), key=lambda each: each[1] or 0):
        order.insert(len(order) if position is None else position, name)
    return {name: made[name] for name in order}


def short(definition: Json) -> dict[str, Json]:
    """A definition by its parts and the names in them, without what only spells a default out."""
    lists = {
        part: {entry[key]: without_defaults(command, entry) for entry in definition.get(part, ())}
        for part, (key, command) in LISTS.items()
    }
    return {**lists, DefinitionPart.OUTPUTS: definition.get("outputs") or {}}


def assert_made(before: Json, after: Json) -> None:
    found = definition_differences(before, after)
    wanted, from_before = short(after), short(before)
    for part in DefinitionPart:
        made = part_made(from_before[part], [one for one in found if one.part is part])
        assert same(made, wanted[part])
        if part in LISTS:
            assert list(made) == list(wanted[part])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "{{a}}"]) | st.just(1.0),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from("abcdef")
PARAMETER = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "object"])},
    optional={"required": st.booleans(), "default_value": JSON, "description": st.none() | st.just("for it")},
)
ACTION = st.fixed_dictionaries(
    {"action_type": st.sampled_from(["transform", "notification"])},
    optional={
        "config": st.dictionaries(st.sampled_from("xyz"), JSON, max_size=3),
        "depends_on": st.lists(NAMES, max_size=2),
        "on_error": st.sampled_from(["fail", "continue"]),
        "retry": st.none() | st.fixed_dictionaries({}, optional={"max_attempts": st.integers(3, 4)}),
        "for_each": st.none() | st.fixed_dictionaries({"in": JSON}, optional={"as": st.sampled_from(["item", "it"])}),
        "of_a_newer_version": JSON,
    },
)


def entries(key: str, each: st.SearchStrategy[Json]) -> st.SearchStrategy[list[Json]]:
    named = st.tuples(NAMES, each).map(lambda pair: {key: pair[0], **pair[1]})
    return st.lists(named, max_size=6, unique_by=lambda entry: entry[key])


DEFINITION = st.fixed_dictionaries(
    {"parameters": entries("name", PARAMETER), "actions": entries("action_id", ACTION)},
    optional={
        "on_failure": entries("action_id", ACTION),
        "on_exit": entries("action_id", ACTION),
        "outputs": st.dictionaries(NAMES, JSON, max_size=3),
    },
)


@given(definition=DEFINITION)
def test_a_definition_does_not_differ_from_itself(definition: Json) -> None:
    assert definition_differences(definition, _copy(definition)) == []


@given(before=DEFINITION, after=DEFINITION)
def test_what_differs_makes_one_of_the_other(before: Json, after: Json) -> None:
    assert_made(before, after)
    is_same = all(list(short(before)[part]) == list(short(after)[part]) for part in LISTS)
    is_same = is_same and same(short(before), short(after))
    assert (definition_differences(before, after) == []) is is_same


@given(before=JSON, after=JSON)
def test_what_differs_between_two_values_makes_one_of_the_other(before: Any, after: Any) -> None:
    found = value_differences(before, after)
    assert same(value_made(before, found), after)
    assert (found == ()) is same(before, after)


def test_as_few_are_moved_as_can_be() -> None:
    before = {"actions": [notify(name) for name in "abcd"]}
    for order in permutations("abcd"):
        after = {"actions": [notify(name) for name in order]}
        assert_made(before, after)
        rows = (row for size in range(5) for row in combinations(order, size) if list(row) == sorted(row))
        assert len(definition_differences(before, after)) == 4 - max(map(len, rows))


# --- what is told -------------------------------------------------------------------------------


def test_each_part_tells_what_became_of_what_is_in_it() -> None:
    before = {
        "parameters": [{"name": "who", "type": "string"}, {"name": "old", "type": "string"}],
        "actions": [notify("a", "one", depends_on=["z"]), notify("b"), notify("z")],
        "outputs": {"said": "{{a}}", "gone": 1},
    }
    after = {
        "parameters": [{"name": "who", "type": "string", "required": True}],
        "actions": [notify("z"), notify("a", "two", retry={"max_attempts": 5}), notify("new")],
        "on_exit": [notify("bye")],
        "outputs": {"said": "{{z}}"},
    }
    told = [
        (one.part, one.name, one.kind, one.is_moved, one.position, [(f.path, f.before, f.after) for f in one.fields])
        for one in definition_differences(before, after)
    ]
    assert told == [
        ("parameters", "who", CHANGED, False, 0, [(("required",), None, True)]),
        ("parameters", "old", REMOVED, False, None, []),
        ("actions", "z", MOVED, True, 0, []),
        (
            "actions",
            "a",
            CHANGED,
            False,
            1,
            [
                (("config", "message"), "one", "two"),
                (("depends_on",), ["z"], None),
                (("retry",), None, {"max_attempts": 5}),
            ],
        ),
        ("actions", "new", ADDED, False, 2, []),
        ("actions", "b", REMOVED, False, None, []),
        ("on_exit", "bye", ADDED, False, 0, []),
        ("outputs", "said", CHANGED, False, None, [((), "{{a}}", "{{z}}")]),
        ("outputs", "gone", REMOVED, False, None, []),
    ]


def test_what_only_spells_a_default_out_is_no_difference() -> None:
    before = {"parameters": [{"name": "n", "type": "integer"}], "actions": [notify("a", for_each={"in": "{{n}}"})]}
    spelled = notify("a", for_each={"in": "{{n}}", "as": "item", "max_concurrency": 10}, on_error="fail", when=None)
    after = {"parameters": [{"name": "n", "type": "integer", "required": False}], "actions": [spelled], "outputs": {}}
    assert definition_differences(before, after) == []
    assert without_defaults(ParameterDefinition, after["parameters"][0]) == {"name": "n", "type": "integer"}
    assert without_defaults(ActionDefinition, spelled) == notify("a", for_each={"in": "{{n}}"})


def test_true_is_not_one_and_null_is_not_nothing() -> None:
    found = value_differences({"a": 1, "b": None, "c": 1}, {"a": True, "c": 1.0})
    assert found == (FieldDifference(CHANGED, ("a",), 1, True), FieldDifference(REMOVED, ("b",)))


def test_lists_of_one_length_are_compared_by_their_places() -> None:
    found = value_differences({"rows": [{"n": 1}, {"n": 2}]}, {"rows": [{"n": 1}, {"n": 3}]})
    assert found == (FieldDifference(CHANGED, ("rows", 1, "n"), 2, 3),)
    longer = value_differences({"rows": [1]}, {"rows": [1, 2]})
    assert longer == (FieldDifference(CHANGED, ("rows",), [1], [1, 2]),)


def test_what_differs_in_very_many_places_is_told_as_a_whole() -> None:
    before, after = list(range(MAX_FIELDS)), list(range(1, MAX_FIELDS + 1))
    assert len(value_differences(before, after)) == MAX_FIELDS
    assert value_differences([*before, 0], [*after, 1]) == (FieldDifference(CHANGED, (), [*before, 0], [*after, 1]),)
