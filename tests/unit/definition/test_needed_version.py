"""A definition with a key that an older version would pass by is of the version that knows the key, and no other is."""

from typing import Any

import pytest

from engine.definition.needed_version import DEFINITION_VERSION, needed_version

CALL = {"action_id": "a", "action_type": "service_call", "config": {"service": "s", "endpoint": "/"}}


def call(**config: Any) -> dict[str, Any]:
    return {**CALL, "config": {**CALL["config"], **config}}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "action",
    [
        CALL,
        call(parameters={"body": 1}),
        {**CALL, "retry": {"max_attempts": 2}, "repeat": {"until": "{{true}}"}},
        {**CALL, "success_when": None, "retry": None, "compensate": None},
        {"action_id": "a", "action_type": "transform", "config": {"output": {}, "body": 1}},
    ],
)
def test_what_every_version_knows_is_of_the_first(action: dict[str, Any]) -> None:
    assert needed_version({"actions": [action], "on_exit": []}) == 1


@pytest.mark.parametrize(
    "action",
    [
        call(body=None),
        call(query={}),
        call(encoding="form"),
        call(idempotency_key="x"),
        {**CALL, "success_when": "{{response.ok}}"},
        {**CALL, "retry": {"when": "{{true}}"}},
        {**CALL, "repeat": {"until": "{{true}}", "collect": "{{response}}"}},
        {**CALL, "compensate": call(body={})},
    ],
)
@pytest.mark.parametrize("section", ["actions", "on_failure", "on_exit"])
def test_what_an_older_version_would_pass_by_is_of_a_newer_one(section: str, action: dict[str, Any]) -> None:
    assert needed_version({section: [CALL, action]}) == DEFINITION_VERSION == 2
