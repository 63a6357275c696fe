"""The places of a workflow and of every installed action type, each with a secret in it."""

from typing import Any

from engine.actions.installed import installed_actions
from models.commands.workflows import CreateWorkflow
from tests.support.documents.places import Place, places

TEMPLATE = "{{secrets.canary}}"

SAMPLES: dict[str, Any] = {
    "ActionDefinition.action_id": "a",
    "ActionDefinition.action_type": "transform",
    "Compensation.action_type": "transform",
    "ConcurrencyLimit.limit": 1,
    "CreateWorkflow.name": "places",
    "ForEach.in": [1],
    "ParameterDefinition.name": "field",
    "ParameterDefinition.type": "string",
    "Repeat.until": "{{true}}",
}
"""A value of every required field of a workflow, by its model."""

CONFIG_SAMPLES: dict[str, Any] = {
    "ApprovalConfig.message": "May it?",
    "Escalation.after_seconds": 60,
    "Escalation.approvers": ["ada"],
    "FailConfig.message": "no",
    "NotificationConfig.message": "hello",
    "ServiceCallConfig.endpoint": "/echo",
    "ServiceCallConfig.service": "scripted",
    "SubWorkflowConfig.workflow_id": "wf_0123456789abcdef",
    "TransformConfig.output": 1,
}
"""The same of the configurations."""

COMPANIONS: dict[str, dict[str, Any]] = {
    "service": {"channel": "webhook"},
    "endpoint": {"channel": "webhook", "service": "scripted"},
    "to": {"channel": "email"},
    "subject": {"channel": "email", "to": "ann@example.com"},
}
"""What a notification needs beside a field of one of its channels."""

CLEAN_UP = ("on_failure[]", "on_exit[]")


def workflow_places() -> list[Place]:
    """Those outside of the configurations; the actions of a clean-up are like others, and looked at with these."""
    return [
        Place(place.name, place.loc, _with_configs(place.value))
        for place in places(CreateWorkflow, TEMPLATE, SAMPLES)
        if ".config{" not in place.name and not place.name.startswith(CLEAN_UP)
    ]


def config_places(action_type: str, **samples: Any) -> list[Place]:
    """Those of the configuration of an action type; `samples` go over the usual ones."""
    model = installed_actions()[action_type].config_model
    found = list(places(model, TEMPLATE, SAMPLES | CONFIG_SAMPLES | samples))
    if action_type == "sub_workflow":
        called = {"workflow_id": (CONFIG_SAMPLES | samples)["SubWorkflowConfig.workflow_id"]}
        return [Place(place.name, place.loc, called | place.value) for place in found]
    if action_type != "notification":
        return found
    return [Place(place.name, place.loc, COMPANIONS.get(str(place.loc[0]), {}) | place.value) for place in found]


def in_every_section(action_type: str, config: Any) -> dict[str, Any]:
    """A workflow that fails, with one configuration in the main part and wherever something is cleaned up."""
    typed = {"action_type": action_type, "config": config, "timeout_seconds": 1, "retry": {"max_attempts": 1}}
    fails = {"action_type": "transform", "config": {"output": "{{nothing}}"}}
    return {
        "name": "every section",
        "actions": [
            {"action_id": "main", "on_error": "continue", **typed},
            {"action_id": "undone", "action_type": "transform", "config": {"output": 1}, "compensate": typed},
            {"action_id": "fails", "depends_on": ["main", "undone"], "run_if": "all_done", **fails},
        ],
        "on_failure": [{"action_id": "told", **typed}],
        "on_exit": [{"action_id": "left", **typed}],
    }


def _with_configs(value: Any) -> Any:
    """What the sample actions need to be complete."""
    if isinstance(value, dict):
        filled = {key: _with_configs(child) for key, child in value.items()}
        if "action_type" in filled:
            filled.setdefault("config", {"output": 1})
        return filled
    if isinstance(value, list):
        return [_with_configs(item) for item in value]
    return value
