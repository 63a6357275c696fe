"""A definition needs no newer node than it has to."""

from typing import Any

import pytest

from engine.definition.compiling import DEFINITION_VERSION
from engine.definition.needed_version import needed_version

PLAIN: dict[str, Any] = {"action_id": "a", "action_type": "notification", "config": {"message": "x"}}


@pytest.mark.parametrize(
    ("action", "version"),
    [
        ({}, 1),
        ({"for_each": {"in": [1]}}, 1),
        ({"for_each": {"in": [1], "when": "{{item > 1}}"}}, 2),
        ({"action_type": "fail"}, 2),
        ({"action_type": "finish"}, 2),
    ],
)
def test_what_an_older_version_would_pass_over_is_not_for_it(action: dict[str, Any], version: int) -> None:
    for part in ("actions", "on_failure", "on_exit"):
        assert needed_version({"actions": [PLAIN], part: [PLAIN | action]}) == version
    assert version <= DEFINITION_VERSION
