"""What an action's response may be, whatever action type made it."""

from typing import Any

import pytest

from engine.core.failure import ActionFailed
from engine.core.storable import storable
from engine.core.truncation import MAX_RESPONSE_BYTES
from models.words import ActionErrorCode


@pytest.mark.parametrize("response", [None, 1, "x", {"a": [1, {"b": None}]}, "x" * 1000, [[]] * 200])
def test_an_ordinary_response_is_kept_as_it_is(response: Any) -> None:
    assert storable(response) is response


def test_a_long_response_is_cut_with_a_marker() -> None:
    kept = storable({"text": "é" * MAX_RESPONSE_BYTES})
    assert kept["truncated"] is True
    assert kept["limit_bytes"] == MAX_RESPONSE_BYTES
    assert MAX_RESPONSE_BYTES - 4 <= len(kept["text"].encode()) <= MAX_RESPONSE_BYTES


def nested(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("response", [nested(101), nested(50_000), {"a": "\x00"}, {"a": "\ud800"}, object(), {1j: 2}])
def test_what_not_every_database_can_hold_fails_the_action(response: Any) -> None:
    with pytest.raises(ActionFailed) as refusal:
        storable(response)
    assert refusal.value.code is ActionErrorCode.INVALID_RESPONSE
