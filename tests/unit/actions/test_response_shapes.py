"""What an action type says of its response before it runs is what it gives: else a warning would be wrong."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.actions.installed import installed_actions
from engine.actions.protocol import ActionCall, Message, ResumableAction, ShapedAction
from engine.actions.registry import checked_config
from engine.expressions.shapes import Keys

ACTIONS = installed_actions()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ENDED = {"status": "completed", "result": {}, "outputs": {}, "error": None}


def call(action_type: str, config: Mapping[str, Any]) -> ActionCall:
    return ActionCall(
        execution_id="exec_1",
        workflow_id="wf_1",
        tenant="default",
        action_id="a",
        attempt=1,
        config=checked_config(ACTIONS[action_type], config),
        timeout_seconds=None,
    )


def response(action_type: str, config: Mapping[str, Any], notes: Mapping[str, Any] | None, data: Any) -> Any:
    """What comes of an action, which waited where there are notes, and was sent the data where there are any."""
    action, made = ACTIONS[action_type], call(action_type, config)
    if notes is None:
        return asyncio.run(action.run(made))
    assert isinstance(action, ResumableAction)
    return action.resume(made, notes, None if data is None else Message("msg_1", "address", data, "ada", NOW))


@pytest.mark.parametrize(
    ("action_type", "config", "notes", "data"),
    [
        ("notification", {"message": "Hi"}, None, None),
        ("notification", {"message": "Hi", "level": "error", "data": {"x": [1]}}, None, None),
        ("transform", {"output": {"x": 1, "y": {"z": []}}}, None, None),
        ("wait", {"seconds": 0}, {}, None),
        ("wait", {"signal": "paid"}, {"signal": "paid"}, {"payload": 1}),
        ("approval", {"message": "?"}, {"decisions": [], "quorum": 1, "approvers": []}, {"approved": True, "form": {}}),
        ("sub_workflow", {"workflow_id": "wf_2"}, {"execution_id": "exec_2"}, ENDED),
    ],
)
def test_the_keys_of_a_response_are_those_that_are_told(
    action_type: str, config: Mapping[str, Any], notes: Mapping[str, Any] | None, data: Any
) -> None:
    action = ACTIONS[action_type]
    assert isinstance(action, ShapedAction)
    shape = action.response_shape(config)
    assert isinstance(shape, Keys)
    assert shape.shapes.keys() == response(action_type, config, notes, data).keys()


def test_what_a_service_answers_is_not_known() -> None:
    assert {name for name, action in ACTIONS.items() if not isinstance(action, ShapedAction)} == {"service_call"}
