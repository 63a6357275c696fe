"""Every place of a workflow that takes a text is tried with a secret, and is refused unless it goes into a call (S19).

The places are derived from the models, those of the configurations from the installed action types: a new one fails
here until it is classified.
"""

import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from engine.actions.installed import installed_actions
from engine.actions.secret_fields import (
    MayHoldSecrets,
    MayNameSecrets,
    fields_for_labels,
    fields_for_secrets,
    secret_faults,
)
from models.commands.validation import Location, parse
from models.commands.workflows import CreateWorkflow
from models.errors import InvalidInput
from models.faults import Fault
from resolvers.workflows.definitions import check_definition
from tests.support.documents.places import Place, places
from tests.support.secrets.secret_places import (
    CONFIG_SAMPLES,
    SAMPLES,
    TEMPLATE,
    config_places,
    in_every_section,
    workflow_places,
)

ACTIONS = installed_actions()
LINK = "{{ask.link}}"

NAMED = {"notification": {"message", "data", "data{*}[]"}}
"""What is told, where the label of a secret may be, and its value in what is delivered alone."""

LINKED = {"notification": {"subject"}}
"""What stands in a mail alone, where a link to an approval may be and no other secret."""

SENT = {
    "service_call": {
        *("endpoint", "headers{*}", "parameters", "parameters{*}", "parameters{*}{*}[]", "body", "body{*}[]"),
        *("query", "query{*}", "query{*}{*}[]"),
    },
}
"""What goes into the outgoing call, where a secret may be."""

PLAIN = {
    "workflow": {
        *("name", "description", "tags[]", "parameters[].description", "parameters[].default_value"),
        *("parameters[].allowed_values[]", "actions[].name", "actions[].description", "actions[].output{}"),
        *("actions[].for_each.in[]{}", "outputs{*}{}", "parameters[].pattern"),
        "actions[].repeat.collect{}",
    },
    "approval": set[str](),
    "notification": {"data{}"},
    "service_call": {"parameters{}", "parameters{*}{}", "body{}", "query{}", "query{*}{}"},
    "sub_workflow": {"parameters{}", "parameters{*}{}"},
    "transform": {"output{}"},
    "fail": {"data{}"},
    "finish": {"outputs{*}{}"},
    "wait": set[str](),
}
"""What is no template: a text that is kept as it is, and that no value ever takes the place of. Keys are such texts."""

REFUSED = {
    "workflow": {
        *("parameters[].name", "parameters[].type", "parameters[].default_value{*}[]", "parameters[].default_value{}"),
        *("parameters[].allowed_values[]{*}[]", "parameters[].allowed_values[]{}", "actions[].action_id"),
        *("actions[].action_type", "actions[].depends_on[]", "actions[].retry.backoff", "actions[].retry.retry_on[]"),
        *("actions[].retry.never_retry_on[]", "actions[].on_error", "actions[].when", "actions[].run_if"),
        *("actions[].for_each.in", "actions[].for_each.in[]", "actions[].for_each.in[]{*}[]", "actions[].for_each.as"),
        *("actions[].for_each.when", "actions[].success_when", "actions[].retry.when", "actions[].repeat.collect"),
        *("actions[].repeat.collect{*}[]", "actions[].compensate.retry.when", "parameters[].schema{}"),
        *("parameters[].schema{*}", "parameters[].schema{*}{}", "parameters[].schema{*}{*}[]"),
        *("actions[].for_each.index_as", "actions[].repeat.until", "actions[].output", "actions[].output{*}[]"),
        *("actions[].compensate.action_type", "actions[].compensate.retry.backoff", "outputs{}", "status"),
        *("actions[].compensate.retry.retry_on[]", "actions[].compensate.retry.never_retry_on[]"),
        *("outputs{*}", "outputs{*}{*}[]", "concurrency.key", "concurrency.on_limit", "parameters[].format"),
        *("retention.completed", "retention.failed"),
    },
    "approval": {
        *("message", "approvers[]", "form[].name", "form[].type", "form[].description", "form[].default_value"),
        *("form[].default_value{*}[]", "form[].default_value{}", "form[].allowed_values[]", "escalation.approvers[]"),
        *("form[].allowed_values[]{*}[]", "form[].allowed_values[]{}", "form[].pattern", "form[].format"),
        *("form[].schema{}", "form[].schema{*}", "form[].schema{*}{}", "form[].schema{*}{*}[]"),
    },
    "notification": {"channel", "level", "service", "endpoint", "to", "to[]"},
    "service_call": {"service", "method", "headers{}", "encoding", "idempotency_key"},
    "sub_workflow": {
        *("workflow", "parameters"),
        *("workflow_id", "version", "parameters{*}", "parameters{*}{*}[]", "on_parent_end", "labels{*}", "labels{}"),
    },
    "transform": {"output", "output{*}[]"},
    "fail": {"message", "code", "data", "data{*}[]"},
    "finish": {"outputs{*}", "outputs{*}{*}[]", "outputs{}"},
    "wait": {"seconds", "until", "signal"},
}
"""What is journaled, stored, told or passed on, or steers an execution: where a secret is a fault at its place."""


def faults_of(raw: Any) -> list[Fault]:
    """What a definition is refused for."""
    try:
        check_definition(ACTIONS, parse(CreateWorkflow, raw))
    except InvalidInput as error:
        return list(error.faults)
    return []


def allowed(name: str) -> set[str]:
    """Where the text may be, of a workflow or an action type."""
    return SENT.get(name, set()) | NAMED.get(name, set()) | PLAIN[name]


def is_at(fault: Fault, loc: Location) -> bool:
    """Whether a fault is told of a place, of something in it, or of what holds it."""
    length = min(len(fault.loc), len(loc))
    return length > 1 and fault.loc[:length] == loc[:length]


def is_key(place: Place) -> bool:
    return place.name.endswith("{}")


def test_every_place_is_classified() -> None:
    found = {"workflow": {place.name for place in workflow_places()}}
    found |= {name: {place.name for place in config_places(name)} for name in ACTIONS}
    known = {name: allowed(name) | LINKED.get(name, set()) | REFUSED[name] for name in REFUSED}
    assert found == known
    assert sum(map(len, found.values())) > 70


@pytest.mark.parametrize("place", workflow_places(), ids=lambda place: ".".join(map(str, place.loc)) + place.name[-2:])
def test_a_secret_outside_the_configurations_is_a_fault_at_its_place(place: Place) -> None:
    faults = faults_of(place.value)
    if place.name in PLAIN["workflow"]:
        assert faults == []
    else:
        assert any(is_at(fault, ("body", *place.loc)) for fault in faults), faults


@pytest.mark.parametrize("action_type", ACTIONS)
def test_a_secret_in_a_configuration_is_a_fault_at_its_place_in_every_section(action_type: str) -> None:
    for place in config_places(action_type):
        found_anywhere = faults_of(in_every_section(action_type, place.value))
        faults = [fault for fault in found_anywhere if fault.type != "value_error.ending"]  # where that may not stand
        if place.name in allowed(action_type):
            assert faults == [], place
            continue
        for section in (("actions", 0), ("actions", 1, "compensate"), ("on_failure", 0), ("on_exit", 0)):
            found = [fault for fault in faults if is_at(fault, ("body", *section, "config", *place.loc))]
            is_told = any("must not use secrets" in fault.msg for fault in found)
            assert is_told or (is_key(place) and found != []), place


@pytest.mark.parametrize("action_type", ["notification", "service_call"])
def test_a_link_to_an_approval_is_refused_where_other_secrets_are(action_type: str) -> None:
    ask = {"action_id": "ask", "action_type": "approval", "config": {"message": "Go?", "approvers": ["ann"]}}
    for place in config_places(action_type):
        config = json.loads(json.dumps(place.value).replace(TEMPLATE, LINK))
        sends = {"action_id": "sends", "action_type": action_type, "config": config}
        faults = faults_of({"name": "links", "actions": [ask, sends]})
        if place.name in allowed(action_type) | LINKED.get(action_type, set()):
            assert faults == [], place
        elif not is_key(place):
            assert [is_at(fault, ("body", "actions", 1, "config", *place.loc)) for fault in faults], place


def test_fields_are_declared_and_none_is_by_default() -> None:
    models = {name: action.config_model for name, action in ACTIONS.items()}
    holding = {name: fields for name, model in models.items() if (fields := fields_for_secrets(model))}
    naming = {name: fields for name, model in models.items() if (fields := fields_for_labels(model))}
    assert holding == {"service_call": {"body", "endpoint", "headers", "parameters", "query"}}
    assert naming == {"notification": {"message", "subject", "data"}}


def test_a_model_has_fields_of_one_kind_alone() -> None:
    class Both(BaseModel):
        sent: Annotated[str, MayHoldSecrets()]
        told: Annotated[str, MayNameSecrets()]

    with pytest.raises(TypeError, match="Both has fields that hold secrets"):
        list(secret_faults(Both, {"told": TEMPLATE}, ()))


def test_a_field_of_a_plug_in_is_declared_by_either_of_its_names() -> None:
    class Config(BaseModel):
        token: Annotated[str, MayHoldSecrets()] = Field(alias="apiToken")
        note: str | Annotated[int, MayHoldSecrets()] = ""

    assert fields_for_secrets(Config) == {"token", "apiToken"}
    (fault,) = secret_faults(Config, {"apiToken": TEMPLATE, "note": f"x{TEMPLATE}"}, ("config",))
    assert (fault.loc, fault.character) == (("config", "note"), 3)


def test_the_walk_finds_every_place_of_a_model() -> None:
    """And so a new field cannot be overlooked: the walk raises for a type that it does not know."""
    names = {place.name for place in places(CreateWorkflow, TEMPLATE, SAMPLES | CONFIG_SAMPLES)}
    assert {"actions[].when", "on_exit[].compensate.config{*}{*}[]", "concurrency.key", "outputs{*}"} <= names
