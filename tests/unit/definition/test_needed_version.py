"""A definition needs no newer node than it has to."""

from typing import Any

import pytest

from engine.definition.compiling import DEFINITION_VERSION
from engine.definition.needed_version import needed_version

SCHEMA = {"name": "p", "type": "object", "schema": {}}
PLAIN: dict[str, Any] = {"action_id": "a", "action_type": "notification", "config": {"message": "x"}}


def call(**config: Any) -> dict[str, Any]:
    return {"action_type": "service_call", "config": {"service": "s", "endpoint": "/", **config}}


@pytest.mark.parametrize(
    ("action", "version"),
    [
        ({}, 1),
        ({"for_each": {"in": [1]}}, 1),
        ({"for_each": {"in": [1], "when": "{{item > 1}}"}}, 2),
        ({"depends_on": ["b"], "run_if": "any_success"}, 1),
        ({"depends_on": ["b"], "run_if": "first_success"}, 2),
        ({"action_type": "fail"}, 2),
        ({"action_type": "finish"}, 2),
        (call(parameters={"body": 1}), 1),
        ({"action_type": "transform", "config": {"output": {}, "body": 1}}, 1),
        (call(body=None), 2),
        (call(query={}), 2),
        (call(encoding="form"), 2),
        (call(idempotency_key="x"), 2),
        ({"success_when": None, "retry": None, "compensate": None}, 1),
        ({"retry": {"max_attempts": 2}, "repeat": {"until": "{{true}}"}}, 1),
        ({"success_when": "{{response.ok}}"}, 2),
        ({"retry": {"when": "{{true}}"}}, 2),
        ({"repeat": {"until": "{{true}}", "collect": "{{response}}"}}, 2),
        ({"compensate": call()}, 1),
        ({"action_type": "approval", "config": {"message": "?", "form": [SCHEMA]}}, 2),
        ({"action_type": "approval", "config": {"message": "?", "form": [SCHEMA | {"schema": None}]}}, 1),
        ({"action_type": "approval", "config": {"message": "?", "form": "{{form}}"}}, 1),
        ({"compensate": call(body={})}, 2),
    ],
)
def test_what_an_older_version_would_pass_over_is_not_for_it(action: dict[str, Any], version: int) -> None:
    for part in ("actions", "on_failure", "on_exit"):
        assert needed_version({"actions": [PLAIN], part: [PLAIN | action]}) == version
    assert version <= DEFINITION_VERSION


def test_a_node_that_would_not_hold_a_parameter_to_its_schema_is_not_given_any() -> None:
    assert needed_version({"parameters": [SCHEMA], "actions": [PLAIN]}) == 2
    assert needed_version({"parameters": [SCHEMA | {"schema": None}], "actions": [PLAIN]}) == 1
