"""Configurations are checked by their action type, when saved and once rendered; a notification succeeds (W3, E14)."""

import asyncio
from typing import Any

import pytest

from engine.actions.installed import installed_actions
from engine.actions.protocol import ActionCall
from engine.actions.registry import checked_config, config_faults
from engine.core.failure import ActionFailed, error_object
from models.commands.workflows import ActionDefinition
from models.faults import Fault
from models.words import ActionErrorCode

REGISTRY = {"notification": installed_actions()["notification"]}


def action(action_type: str = "notification", **config: Any) -> ActionDefinition:
    return ActionDefinition(action_id="a", action_type=action_type, config=dict(config))


def faults(*actions: ActionDefinition) -> list[Fault]:
    return list(config_faults(REGISTRY, actions, ("body",)))


def notify(**config: Any) -> Any:
    call = ActionCall(
        execution_id="exec_1",
        workflow_id="wf_1",
        tenant="default",
        action_id="a",
        attempt=1,
        config=checked_config(REGISTRY["notification"], config),
        timeout_seconds=None,
    )
    return asyncio.run(REGISTRY["notification"].run(call))


# --- the check when a workflow is saved ----------------------------------------------------------


def test_a_good_configuration_has_no_fault() -> None:
    assert faults(action(message="hello"), action(message="{{who}}", data=["{{x}}"], level="error")) == []


@pytest.mark.parametrize(
    ("config", "field", "word"),
    [
        ({}, "message", "value_error.missing"),
        ({"message": 1}, "message", "type_error.string"),
        ({"message": "x", "channel": "carrier pigeon"}, "channel", "value_error.const"),
        ({"message": "x", "level": "loud"}, "level", "value_error.const"),
        ({"message": "x", "whom": "ada"}, "whom", "value_error.extra"),
    ],
)
def test_a_bad_configuration_is_named_at_its_field(config: dict[str, Any], field: str, word: str) -> None:
    [fault] = faults(action(message="fine"), action(**config))
    assert (fault.loc, fault.type) == (("body", "actions", 1, "config", field), word)


@pytest.mark.parametrize(
    ("word", "hint"),
    [("notificaton", ": did you mean 'notification'?"), ("teleport", ": known are notification")],
)
def test_an_unknown_action_type_is_refused_with_a_hint(word: str, hint: str) -> None:
    assert faults(action(word, message="x")) == [
        Fault(("body", "actions", 0, "action_type"), f"unknown action_type '{word}'{hint}", "value_error.const")
    ]


def test_the_faults_of_all_actions_are_told_at_once() -> None:
    found = faults(action("teleport"), action(), action(message=1, to=2))
    assert [fault.loc[2:] for fault in found] == [
        (0, "action_type"),
        (1, "config", "message"),
        (2, "config", "message"),
        (2, "config", "to"),
    ]


# --- the check when it is rendered ---------------------------------------------------------------


def test_a_rendered_configuration_that_does_not_fit_fails_the_action_and_names_every_field() -> None:
    with pytest.raises(ActionFailed) as caught:
        checked_config(REGISTRY["notification"], {"message": 5, "level": None})
    failure = caught.value
    assert (failure.code, failure.retryable) == (ActionErrorCode.INVALID_CONFIG, False)
    assert failure.message == (
        "after rendering, message: Input should be a valid string, not a number or a boolean (write '| string' at the "
        "end of the expression); level: Input should be 'info', 'warning' or 'error'"
    )
    with pytest.raises(ActionFailed, match=r"valid string \(write '\| json' at the end"):
        checked_config(REGISTRY["notification"], {"message": [5]})


def test_a_failure_is_journaled_as_the_documented_object() -> None:
    failure = ActionFailed(ActionErrorCode.HTTP_ERROR, "it answered 503", retryable=True, http_status=503)
    assert error_object(failure, "fetch", 2) == {
        "code": "HTTP_ERROR",
        "message": "it answered 503",
        "action_id": "fetch",
        "attempt": 2,
        "retryable": True,
        "http_status": 503,
    }


# --- notifications -------------------------------------------------------------------------------


def test_a_notification_answers_what_it_told() -> None:
    assert notify(message="hello") == {"channel": "log", "level": "info", "message": "hello"}


@pytest.mark.parametrize("data", [None, 0, "text", [1], {"a": {"b": None}}])
def test_a_notification_carries_its_data(data: Any) -> None:
    assert notify(message="hello", level="warning", data=data) == {
        "channel": "log",
        "level": "warning",
        "message": "hello",
        "data": data,
    }
