"""One round tells every fault of a workflow: no other one hides it, and none is only what another one brings."""

from typing import Any

import pytest

from engine.actions.installed import installed_actions
from models.commands.patterns import compiled
from models.commands.workflows import CreateWorkflow, UpdateWorkflow
from models.errors import InvalidInput
from resolvers.workflows.definitions import definition_faults
from resolvers.workflows.submitted import parse_workflow
from tests.support.mistakes.workflows import BODIES, BodyMistake

ACTIONS = installed_actions()
WAIT = {"action_id": "a", "action_type": "wait", "config": {"seconds": 1}}
Told = set[tuple[tuple[str | int, ...], str]]


def told(raw: Any, command: Any = CreateWorkflow) -> Told:
    """All that is told of a body in one round."""
    try:
        workflow = parse_workflow(ACTIONS, command, raw, ())
    except InvalidInput as refused:
        return {(fault.loc, fault.type) for fault in refused.faults}
    return {(fault.loc, fault.type) for fault in definition_faults(ACTIONS, workflow, ())}


@pytest.mark.parametrize("mistake", BODIES)
def test_a_fault_elsewhere_hides_nothing_and_brings_nothing(mistake: BodyMistake) -> None:
    body = {"name": "x", **mistake.fields}
    elsewhere = (("description",), "type_error.string")
    assert told({**body, "description": 7}) == told(body) | {elsewhere}
    assert elsewhere not in told(body)


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"actions": [{"id": "a", "action_type": "transform"}, {"depends_on": ["a"]}]}, 5),
        ({"actions": [{"action_id": "a", "action_type": "transform", "config": []}]}, 1),
        ({"actions": [{**WAIT, "depends_on": [1], "run_if": "any_failed"}]}, 1),
        ({"actions": [5, {**WAIT, "depends_on": ["b"]}]}, 1),
        ({"parameters": [5], "concurrency": {"limit": 1, "key": "{{x}}"}}, 1),
        ({"actions": 5, "on_exit": 5, "parameters": 5, "outputs": 5, "concurrency": 5}, 5),
        ({"actions": [{"action_id": "a\ud800", "action_type": "waitt"}]}, 2),
        ({"tags": ["", 5], "actions": [{"action_id": "a", "action_type": "waitt"}]}, 3),
    ],
)
def test_what_only_follows_from_a_fault_is_not_told(fields: dict[str, Any], faults: int) -> None:
    assert len(told({"name": "x", **fields})) == faults, told({"name": "x", **fields})


def test_what_an_update_leaves_out_is_no_fault_of_it() -> None:
    sent = {"description": 7, "concurrency": {"limit": 1, "key": "{{of_a_parameter_that_is_there}}"}}
    assert told(sent, UpdateWorkflow) == {(("description",), "type_error.string")}


def test_of_too_many_patterns_none_is_compiled() -> None:
    schemas = [
        {"properties": {f"{of}{n}": {"type": "string", "pattern": f"{of}{n}|x"} for n in range(9)}} for of in range(30)
    ]
    parameters = [{"name": f"p{n}", "type": "object", "schema": schema} for n, schema in enumerate(schemas)]
    before = compiled.cache_info()
    assert told({"name": "x", "actions": [WAIT], "parameters": parameters}) == {((), "value_error.list.max_items")}
    assert compiled.cache_info() == before
