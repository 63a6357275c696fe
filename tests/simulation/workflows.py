"""Makes small workflows from the seed: chains, fans, joins, failures that are borne, secrets, time-outs, clean-ups."""

from collections.abc import Sequence
from random import Random
from typing import Any

from models.commands.workflows import CreateWorkflow
from models.entities.secrets import SetSecret
from models.entities.workflows import WorkflowDetail
from models.words import OnLimit, OnParentEnd, RunIf

TOKEN = SetSecret(name="token", value="a token of the simulation")
"""The one secret of every world; services give it back."""

CLEAN_UP_IDS = {"on_failure": "f", "on_exit": "e"}
"""How the ids of the actions of a clean-up begin."""


SIGNAL = "go"
"""The one signal that actions wait for."""

CUSTOMER = "customer"
"""The parameter by which workflows with a limit may have groups."""


def workflow(random: Random, number: int, others: Sequence[str]) -> CreateWorkflow:
    """One workflow of one to five actions, each of which depends on earlier ones only; they may execute `others`."""
    actions: list[dict[str, Any]] = []
    for position in range(random.randint(1, 5)):
        earlier = [action["action_id"] for action in actions]
        actions.append(_action(random, f"a{position}", earlier, others))
    fields: dict[str, Any] = {"name": f"workflow {number}", "actions": actions}
    if random.random() < 0.3:
        fields["timeout_seconds"] = random.choice((2, 15, 60))
    if random.random() < 0.2:
        fields["queue_timeout_seconds"] = random.choice((1, 5, 60))
    if random.random() < 0.4:
        fields["concurrency"] = _concurrency(random)
        fields["parameters"] = [{"name": CUSTOMER, "type": "string", "default_value": "nobody"}]
    if random.random() < 0.45 and fields.get("concurrency", {}).get("on_limit") != OnLimit.CANCEL_OLDEST:
        fields |= _clean_up(random, actions)
    return CreateWorkflow.model_validate(fields)


def _concurrency(random: Random) -> dict[str, Any]:
    rule: dict[str, Any] = {"limit": random.choice((1, 1, 2))}
    if random.random() < 0.5:
        rule["key"] = f"for {{{{{CUSTOMER}}}}}"
    if random.random() < 0.5:
        rule["on_limit"] = random.choice([word.value for word in OnLimit])
    return rule


def _action(random: Random, action_id: str, earlier: list[str], others: Sequence[str]) -> dict[str, Any]:
    action: dict[str, Any] = {"action_id": action_id}
    depends_on = [name for name in earlier if random.random() < 0.5]
    if depends_on:
        action["depends_on"] = depends_on
    if random.random() < 0.3:
        action["on_error"] = "continue"
    if depends_on and random.random() < 0.15:
        action["run_if"] = random.choice([word.value for word in RunIf])
        if action["run_if"] == RunIf.FIRST_SUCCESS and random.random() < 0.7:
            action["cancel_losers"] = True
    if random.random() < 0.1:
        seen = random.choice(depends_on) if depends_on else None
        action["when"] = f"{{{{actions.{seen}.status == 'success'}}}}" if seen else random.random() < 0.5
    if depends_on and random.random() < 0.1:
        output = {"seen": f"{{{{actions.{depends_on[0]}.status | upper}}}}"}
        return {**action, "action_type": "transform", "config": {"output": output}}
    if random.random() < 0.12:
        return {**action, **_wait(random)}
    if earlier and not is_of_clean_up(action_id) and random.random() < 0.06:
        return {**action, **_end(random)}
    if others and random.random() < 0.2:
        return {**action, **_sub_workflow(random, others)}
    if random.random() < 0.25:
        used = random.choice(depends_on) if depends_on and random.random() < 0.5 else None
        message = f"after {{{{actions.{used}.status}}}}" if used else "hello"
        if random.random() < 0.2:
            message += " {{secrets.token}}"
        return {**action, "action_type": "notification", "config": {"message": message}}
    if random.random() < 0.4:
        action["timeout_seconds"] = random.choice((1, 3, 30))
    if random.random() < 0.5:
        action["retry"] = _retry(random)
    config: dict[str, Any] = {
        "service": random.choice(("alpha", "beta")),
        "endpoint": f"/{action_id}",
        "method": random.choice(("GET", "POST", "PUT")),
    }
    if random.random() < 0.2:
        config["headers"] = {"X-Token": "{{secrets.token}}"}
    return {**action, "action_type": "service_call", "config": config, **_forms(random)}


def _sub_workflow(random: Random, others: Sequence[str]) -> dict[str, Any]:
    config = {
        "workflow_id": random.choice(others),
        "on_parent_end": random.choice([word.value for word in OnParentEnd]),
    }
    action: dict[str, Any] = {"action_type": "sub_workflow", "config": config}
    if random.random() < 0.3:
        action["timeout_seconds"] = random.choice((1, 20))
    if random.random() < 0.3:
        action["for_each"] = {"in": [1, 2, 3], "max_concurrency": random.randint(1, 3)}
    return action


def _end(random: Random) -> dict[str, Any]:
    if random.random() < 0.5:
        return {"action_type": "fail", "config": {"message": "as it was to be", "code": "PLANNED", "data": [1]}}
    return {"action_type": "finish", "config": {"outputs": {"early": True}} if random.random() < 0.5 else {}}


def _wait(random: Random) -> dict[str, Any]:
    if random.random() < 0.5:
        return {"action_type": "wait", "config": {"seconds": random.choice((0, 0.5, 12))}}
    return {
        "action_type": "wait",
        "config": {"signal": SIGNAL},
        "timeout_seconds": random.choice((2, 30)),
        "on_error": "continue",
    }


def _clean_up(random: Random, actions: list[dict[str, Any]]) -> dict[str, Any]:
    for action in actions:
        if action["action_type"] not in ("fail", "finish") and random.random() < 0.6:
            action["compensate"] = _compensation(random, action["action_id"])
    parts: dict[str, Any] = {}
    for part, prefix in CLEAN_UP_IDS.items():
        if random.random() < 0.4:
            steps: list[dict[str, Any]] = []
            for position in range(random.randint(1, 3)):
                steps.append(_action(random, f"{prefix}{position}", [step["action_id"] for step in steps], ()))
            parts[part] = steps
    if random.random() < 0.3:
        parts["outputs"] = {"seen": random.choice(("{{actions.a0.status}}", "{{a0.response.number}}"))}
    return parts


def _compensation(random: Random, action_id: str) -> dict[str, Any]:
    if random.random() < 0.2:
        message = f"{{{{execution.status}}}} after {{{{{action_id}.status}}}}"
        return {"action_type": "notification", "config": {"message": message}}
    config = {
        "service": random.choice(("alpha", "beta")),
        "endpoint": f"/undo-{action_id}",
        "method": random.choice(("POST", "PUT")),
        "parameters": {"undone": f"{{{{{action_id}.response}}}}"},
    }
    undo: dict[str, Any] = {"action_type": "service_call", "config": config}
    return {**undo, "retry": _retry(random)} if random.random() < 0.5 else undo


def is_of_clean_up(slot: str) -> bool:
    """Whether an action, or an item of it, runs only once the main part is over."""
    return slot.startswith(tuple(CLEAN_UP_IDS.values())) or ".compensate" in slot


def definitions_of(made: WorkflowDetail) -> dict[str, dict[str, Any]]:
    """What was sent of every action, and of every compensation, by its id."""
    sent = {action["action_id"]: action for action in (*made.actions, *made.on_failure, *made.on_exit)}
    undone = {f"{name}.compensate": action["compensate"] for name, action in sent.items() if "compensate" in action}
    return sent | undone


def _forms(random: Random) -> dict[str, Any]:
    forms: dict[str, Any] = {}
    if random.random() < 0.15:
        forms["for_each"] = {
            "in": list(range(random.randint(0, 6))),
            "max_concurrency": random.randint(1, 4),
            "tolerated_failure_percentage": random.choice((0, 50, 100)),
        }
        if random.random() < 0.3:
            forms["for_each"]["when"] = "{{item % 2 == 0}}"
    if random.random() < 0.1:
        forms["repeat"] = {
            "until": "{{response.number % 3 == 0 and iteration > 1}}",
            "max_iterations": random.randint(1, 4),
            "delay_seconds": random.choice((0, 0.5, 9)),
        }
    if random.random() < 0.1:
        forms["output"] = {"seen": "{{response.number}}"}
    return forms


def _retry(random: Random) -> dict[str, Any]:
    retry: dict[str, Any] = {
        "max_attempts": random.randint(1, 4),
        "backoff": random.choice(("fixed", "linear", "exponential")),
        "initial_delay_seconds": random.choice((0.1, 1, 12)),
    }
    if random.random() < 0.2:
        retry["max_total_seconds"] = random.choice((5, 60))
    return retry
