"""The merge rules of templates (decision W11), and where a fault of the whole is reported."""

from typing import Any

import pytest

from engine.actions.protocol import ActionResources
from engine.actions.registry import load_actions
from engine.core.clock import SystemClock
from engine.services.directory import ServiceDirectory
from engine.services.outbound import Outbound
from engine.services.session_transport import SessionTransport
from models.commands.validation import Location, parse
from models.commands.workflows import CreateWorkflow
from models.errors import TemplateNotFound
from models.faults import Fault
from resolvers.workflows.definitions import check_definition
from resolvers.workflows.template_library import find_template, templates
from resolvers.workflows.template_merge import merge

TEMPLATE: dict[str, Any] = {
    "name": "Base",
    "description": "of the template",
    "parameters": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
    "actions": [{"action_id": "x", "action_type": "notification"}, {"action_id": "y", "action_type": "notification"}],
    "tags": ["one", "two"],
    "timeout_seconds": 300,
}
C: Location = ("body", "customizations")


def test_without_changes_the_template_stays_as_it_is() -> None:
    assert merge(TEMPLATE, {}).workflow == TEMPLATE


def test_scalars_override_and_null_clears() -> None:
    changes = {"name": "Mine", "description": None, "timeout_seconds": None, "status": "draft"}
    assert merge(TEMPLATE, changes).workflow == TEMPLATE | changes


def test_the_same_name_replaces_in_its_place_and_a_new_one_is_appended() -> None:
    new, replaced = {"name": "c", "type": "integer"}, {"name": "a", "type": "boolean"}
    merged = merge(TEMPLATE, {"parameters": [new, replaced]}).workflow
    assert merged["parameters"] == [replaced, TEMPLATE["parameters"][1], new]
    assert merged["actions"] == TEMPLATE["actions"]


def test_actions_are_merged_by_their_id_as_a_whole() -> None:
    replaced = {"action_id": "y", "action_type": "service_call", "config": {"service": "s"}}
    merged = merge(TEMPLATE, {"actions": [replaced]}).workflow
    assert merged["actions"] == [TEMPLATE["actions"][0], replaced]


def test_tags_are_united_without_repetition() -> None:
    assert merge(TEMPLATE, {"tags": ["three", "one"]}).workflow["tags"] == ["one", "two", "three"]


def test_the_template_itself_is_never_changed() -> None:
    before = repr(TEMPLATE)
    merge(TEMPLATE, {"tags": ["z"], "parameters": [{"name": "z", "type": "string"}]})
    assert repr(TEMPLATE) == before


@pytest.mark.parametrize("repeated", ["a", "new"])
def test_a_key_that_comes_twice_in_the_changes_stays_there_for_the_check_to_refuse(repeated: str) -> None:
    twice = [{"name": repeated, "type": "string"}, {"name": repeated, "type": "integer"}]
    names = [parameter["name"] for parameter in merge(TEMPLATE, {"parameters": twice}).workflow["parameters"]]
    assert names.count(repeated) == 2


@pytest.mark.parametrize(
    ("changes", "loc", "expected"),
    [
        ({"name": "n"}, ("body", "name"), (*C, "name")),
        ({"tags": ["t"]}, ("body", "tags"), (*C, "tags")),
        (
            {"parameters": [{"name": "new"}]},
            ("body", "parameters", 2, "type"),
            (*C, "parameters", 0, "type"),
        ),
        (
            {"actions": [{"action_id": "new"}, {"action_id": "x"}]},
            ("body", "actions", 0, "config", "message"),
            (*C, "actions", 1, "config", "message"),
        ),
        ({"actions": [{"action_id": "x"}]}, ("body", "actions", 1, "depends_on", 0), (*C, "actions")),
        ({"actions": [{"action_id": "x"}]}, ("body", "actions"), (*C, "actions")),
        ({"parameters": [{"name": "x"}]}, ("body", "actions", 0, "action_id"), C),
        ({"name": "n"}, ("body",), C),
    ],
)
def test_a_fault_is_located_in_the_customizations(changes: dict[str, Any], loc: Location, expected: Location) -> None:
    fault = Fault(loc, "message", "value_error")
    assert merge(TEMPLATE, changes).located(fault) == Fault(expected, "message", "value_error")


def test_every_template_is_a_workflow_without_fault_and_without_warning() -> None:
    assert set(templates()) == {
        "document_analysis",
        "etl_pipeline",
        "health_check_fanout",
        "incident_notification",
        "order_saga",
    }
    clock, outbound = SystemClock(), Outbound(SessionTransport())
    registry = load_actions(ActionResources(outbound, ServiceDirectory({}, clock, outbound), clock))
    for name, template in templates().items():
        assert template.template_name == name
        assert template.title
        assert template.description
        workflow = parse(CreateWorkflow, template.workflow)
        assert check_definition(registry, workflow) == ()
        assert {action.action_type for action in workflow.actions} <= {"service_call", "notification"}
        assert len(workflow.name) < 150, "a number must still fit behind the name"


def test_an_unknown_template_is_answered_with_the_known_ones() -> None:
    with pytest.raises(TemplateNotFound, match=r"nope; known are document_analysis, etl_pipeline"):
        find_template("nope")
