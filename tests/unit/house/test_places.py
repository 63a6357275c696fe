"""Where a change has to be made by hand: a walk over fields, events, actions and mutations names what was forgotten.

The lists of places are in CONTRIBUTING, under "How to add".
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest
from graphql import GraphQLInputObjectType, get_named_type
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from engine.actions.installed import installed_actions
from engine.definition.acceptance import SAME_COLUMNS
from engine.definition.compiling import PARTS
from models.commands.workflows import ActionDefinition, Compensation, CreateWorkflow, UpdateWorkflow, WorkflowFields
from models.database.tables import ExecutionRow, WorkflowRow, table
from models.entities.workflows import WorkflowDetail
from models.event_types import FACTS
from models.words import EventType
from rest_compat.openapi import document
from rest_compat.responses import WORKFLOW
from schema.derivation import INPUTS, input_of
from schema.mirrors import Mirror, SentMirror
from schema.schema import build_schema
from schema.types import definitions as graphql_definitions
from schema.types import workflows as graphql_workflows

ROOT = Path(__file__).parents[3]
SCHEMA = build_schema(test_environment=True)._schema
MOST_PLACES = 5


def missing_places(fields: Iterable[str]) -> Iterator[str]:
    """Yield where a field of a workflow is missing, with what is to be done there."""
    graphql = SCHEMA.type_map["Workflow"].fields  # type: ignore[union-attr]  # it is an object type, or an input
    for name in fields:
        if name not in WorkflowFields.model_fields:
            yield f"{name}: models/commands/workflows.py, WorkflowFields: add the field with its description"
        if name not in WorkflowDetail.__struct_fields__:
            yield f"{name}: models/entities/workflows.py: add it to WorkflowSummary, or WorkflowDetail"
        if name not in PARTS and name not in table(WorkflowRow).c:
            yield f"{name}: models/database/tables.py, WorkflowRow: add the column, and a migration"
        if to_camel(name) not in graphql:
            yield f"{name}: schema/types/workflows.py, Workflow: add the field with its description"


def test_every_field_of_a_workflow_is_in_all_of_its_places() -> None:
    assert list(missing_places(WorkflowFields.model_fields)) == []


def test_a_field_that_was_forgotten_is_told_with_its_places() -> None:
    told = list(missing_places(["forgotten"]))
    assert 0 < len(told) <= MOST_PLACES
    assert all(place.startswith("forgotten: ") and (ROOT / _file_of(place)).is_file() for place in told)


def _file_of(place: str) -> str:
    return re.split("[,:]", place.partition(": ")[2])[0]


@pytest.mark.parametrize("command", [CreateWorkflow, UpdateWorkflow])
def test_both_edges_take_every_field_of_a_workflow_and_show_it(command: type[BaseModel]) -> None:
    fields = WorkflowFields.model_fields.keys()
    schemas = document()["components"]["schemas"]
    taken = SCHEMA.type_map[f"{command.__name__}Input"].fields  # type: ignore[union-attr]  # it is an object type, or an input
    assert fields <= schemas[command.__name__]["properties"].keys()
    assert {to_camel(name) for name in fields} <= taken.keys()
    assert fields <= WORKFLOW.keys.keys()
    assert schemas["Workflow"]["properties"].keys() == WORKFLOW.keys.keys()


def test_whatever_a_run_is_told_is_in_its_row() -> None:
    assert {*SAME_COLUMNS} <= {*table(ExecutionRow).c.keys()}


def test_a_field_that_a_graphql_type_shows_is_one_of_its_entity() -> None:
    class Other(msgspec.Struct):
        id: str
        name: str

    with pytest.raises(TypeError, match=r"Workflow\.description: Other has no attribute of that name"):
        Mirror(graphql_workflows.Workflow, Other, "concurrency", "entity", "status", "version")


def test_a_field_of_a_definition_is_shown_by_graphql() -> None:
    class More(Compensation):
        color: str = "red"

    with pytest.raises(TypeError, match="color is a field of one of"):
        SentMirror(graphql_definitions.Compensation, More)
    assert {to_camel(name.rstrip("_")) for name in ActionDefinition.model_fields} == {
        *SCHEMA.type_map["ActionDefinition"].fields  # type: ignore[union-attr]  # it is an object type, or an input
    }


def test_a_field_of_a_command_has_a_description() -> None:
    class Silent(CreateWorkflow):
        color: str = "red"

    class SilentInput:
        """Nothing yet."""

    with pytest.raises(TypeError, match=r"Silent.color is: give it a Field\(description="):
        input_of(Silent, "An input.")(SilentInput)


def test_every_input_of_a_mutation_is_made_of_a_command_or_says_only_what_it_is_about() -> None:
    mutations = SCHEMA.mutation_type
    assert mutations is not None
    made = {kind.__name__ for kind in INPUTS.values()}
    for name, mutation in mutations.fields.items():
        kind = get_named_type(mutation.args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        plain = {str(get_named_type(field.type)) for field in kind.fields.values()}
        assert kind.name in made or plain <= {"ID", "Boolean"}, f"{name}: make {kind.name} of a command by input_of"


def test_every_type_of_event_has_its_facts() -> None:
    assert FACTS.keys() == {*EventType}
    assert all(facts.meaning for facts in FACTS.values())


def test_every_action_type_is_described_and_has_its_page() -> None:
    said = SCHEMA.type_map["ActionInput"].fields  # type: ignore[union-attr]  # it is an object type, or an input
    pages = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
    for name, action in installed_actions().items():
        assert f"`{name}`" in said["actionType"].description, name
        assert f"`{name}`: " in said["config"].description, name
        assert (action.config_model.__doc__ or "").strip(), f"{name}: say what its configuration is"
        assert f"`{name}`" in pages, f"docs/actions.md: tell of the action type {name}"
