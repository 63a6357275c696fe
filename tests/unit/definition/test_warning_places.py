"""Warnings of references: each has its place to the character, and secrets are told where it is known which exist."""

from typing import Any

from engine.definition.reference_warnings import reference_warnings
from models.commands.workflows import ActionDefinition


def action(action_id: str, **config: Any) -> ActionDefinition:
    return ActionDefinition(action_id=action_id, action_type="notification", config=config)


def test_a_secret_gives_a_warning_where_it_is_known_not_to_exist() -> None:
    actions = [action("b", message="{{secrets.there}} {{ secrets.gone }}")]
    assert list(reference_warnings([], actions)) == []
    assert list(reference_warnings([], actions, {"there", "gone"})) == []
    [warning] = reference_warnings([], actions, {"there"})
    assert (warning.path, warning.character, warning.code) == (
        ("actions", 0, "config", "message"),
        21,
        "unknown_secret",
    )
    assert warning.message == (
        "action 'b': '{{secrets.gone}}' names no secret, so the action will fail with EXPRESSION_ERROR until there "
        "is one"
    )


def test_a_warning_has_its_place_to_the_character() -> None:
    config = {"message": "{{ a.response }} and {{ 1 + gone }}", "data": [{"x": "-{{p |}}"}]}
    found = list(reference_warnings(["p"], [action("a"), action("b", **config)]))
    assert [(warning.path, warning.character, warning.code) for warning in found] == [
        (("actions", 1, "config", "data", 0, "x"), 6, "unreadable_expression"),
        (("actions", 1, "config", "message"), 28, "unknown_reference"),
    ]


def test_each_unknown_reference_has_its_own_warning() -> None:
    found = reference_warnings([], [action("a", one="{{x}}", two=["{{y}} {{z}}"]), action("b", three="{{x}}")])
    assert [warning.message.partition(" names")[0] for warning in found] == [
        "action 'a': '{{x}}'",
        "action 'a': '{{y}}'",
        "action 'a': '{{z}}'",
        "action 'b': '{{x}}'",
    ]
