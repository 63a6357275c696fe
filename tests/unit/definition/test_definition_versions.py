"""A definition means what it meant when it was saved, whatever has come to mean another thing since."""

from typing import Any

import pytest

from engine.core.plan import Plan
from engine.definition.compiling import DEFINITION_VERSION, as_written_now, plan_of
from engine.definition.needed_version import needed_version
from engine.expressions.budget import Budget
from engine.expressions.templates import render
from models.errors import Unreadable


def definition(text: str) -> dict[str, Any]:
    action = {"action_id": "a", "action_type": "transform", "when": "{{p == 'x'}}", "config": {"output": {"x": [text]}}}
    return {
        "parameters": [{"name": "p", "type": "string", "default_value": text}],
        "actions": [action],
        "outputs": {"o": text},
    }


def filled_in(plan: Plan) -> tuple[Any, Any]:
    scope = {"p": "x"}
    return (
        render(plan.actions[0].config, scope, Budget())["output"]["x"][0],
        render(plan.outputs["o"], scope, Budget()),
    )


@pytest.mark.parametrize(
    ("text", "before", "since"),
    [
        (r"C:\{{p}}", r"C:\x", "C:{{p}}"),
        (r"\\{{p}}", r"\\x", r"\x"),
        ("{{p}}", "x", "x"),
        (r"C:\p {{p}}", r"C:\p x", r"C:\p x"),
    ],
)
def test_a_backslash_before_braces_says_something_since_the_second_version(text: str, before: str, since: str) -> None:
    assert filled_in(plan_of(definition(text), 1)) == (before, before)
    assert filled_in(plan_of(definition(text), 2)) == (since, since)


@pytest.mark.parametrize("text", [r"C:\{{p}}", r"\\\{{p}}", "{{p}}", r"\{{"])
def test_what_is_shown_of_an_older_one_may_be_saved_again(text: str) -> None:
    shown = as_written_now(definition(text), 1)
    assert filled_in(plan_of(shown, needed_version(shown))) == filled_in(plan_of(definition(text), 1))
    assert as_written_now(shown, needed_version(shown)) == shown or needed_version(shown) == 1
    assert shown["parameters"] == definition(text)["parameters"]


def test_a_definition_is_of_the_oldest_version_that_can_carry_it_out() -> None:
    assert needed_version(definition("{{p}}")) == 1
    assert needed_version(definition(r"\{{p}}")) == DEFINITION_VERSION == 2
    with pytest.raises(Unreadable):
        plan_of(definition("{{p}}"), DEFINITION_VERSION + 1)
