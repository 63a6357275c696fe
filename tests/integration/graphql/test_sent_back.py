"""What a query answers of a workflow can be sent back to the update, whole: nothing is refused and nothing changes."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from schema.schema import build_schema
from tests.support.calls import Json, graphql
from tests.support.edges.graphql_operations import mutate, note

pytestmark = pytest.mark.asyncio

SCHEMA = build_schema(test_environment=True)._schema
NOT_ANSWERED = {"expectedVersion"}
"""What an update takes beside what a workflow has."""

RETRY = {
    "maxAttempts": 2, "backoff": "LINEAR", "initialDelaySeconds": 0.5, "backoffRate": 3, "maxDelaySeconds": 9,
    "jitter": False, "maxTotalSeconds": 60, "retryOn": ["TIMEOUT"], "neverRetryOn": ["5xx"],
    "respectRetryAfter": False, "when": "{{error.code == 'TIMEOUT'}}",
}  # fmt: skip
PARAMETER = {
    "name": "level", "type": "STRING", "description": "How deep", "required": True, "defaultValue": "low",
    "allowedValues": ["low", "high"],
}  # fmt: skip
AMOUNT = {"name": "amount", "type": "NUMBER", "minimum": 5, "maximum": 1e15, "defaultValue": 7.5}
NOTE = {
    "name": "note", "type": "STRING", "minLength": 1, "maxLength": 90, "pattern": "^[a-z]", "format": "EMAIL",
    "multiline": True,
}  # fmt: skip
TOKEN = {"name": "token", "type": "STRING", "secretHint": True}
ORDER = {"name": "order", "type": "OBJECT", "schema": {"required": ["sku"], "properties": {"sku": {"minLength": 1}}}}
COMPENSATION = {"actionType": "notification", "config": {"message": "-"}, "timeoutSeconds": 8, "retry": RETRY}
WHOLE = {
    **note("whole", name="A name", description="d", dependsOn=["first"], timeoutSeconds=5, retry=RETRY),
    "onError": "CONTINUE", "when": "{{level == 'low'}}", "runIf": "FIRST_SUCCESS", "cancelLosers": True,
    "successWhen": "{{response.message != ''}}", "output": {"kept": "{{response}}"},
    "compensate": COMPENSATION,
}  # fmt: skip
LOOP = {
    "in": ["a"],
    "as": "one",
    "indexAs": "nth",
    "maxConcurrency": 2,
    "toleratedFailurePercentage": 1.5,
    "when": "{{one != ''}}",
}
REPEAT = {"until": "{{iteration > 1}}", "maxIterations": 3, "delaySeconds": 2, "collect": "{{response}}"}
FULL: Json = {
    "name": "full",
    "description": "Has everything",
    "parameters": [PARAMETER, AMOUNT, NOTE, TOKEN, ORDER],
    "actions": [note("first"), WHOLE, note("looped", forEach=LOOP), note("polled", repeat=REPEAT)],
    "onFailure": [note("tell", when=False, config={"message": "x", "data": {"null": None, "number": 1}})],
    "onExit": [note("leave", retry={})],
    "outputs": {"level": "{{level}}"},
    "status": "DRAFT",
    "tags": ["t"],
    "timeoutSeconds": 30,
    "queueTimeoutSeconds": 40,
    "concurrency": {"key": "{{level}}", "limit": 2, "onLimit": "FAIL"},
    "retention": {"completed": "7d", "failed": "forever"},
}


def pairs(input_name: str) -> Iterator[tuple[GraphQLInputObjectType, GraphQLObjectType]]:
    """An input and the type that answers it, and those of what is in them, each once."""
    update, workflow = SCHEMA.type_map[input_name], SCHEMA.type_map["Workflow"]
    left, seen = [(update, workflow)], set()
    while left:
        taken, answered = left.pop()
        assert isinstance(taken, GraphQLInputObjectType) and isinstance(answered, GraphQLObjectType)
        if taken.name in seen:
            continue
        seen.add(taken.name)
        yield taken, answered
        for name, field in taken.fields.items():
            inner = get_named_type(field.type)
            if isinstance(inner, GraphQLInputObjectType):
                left.append((inner, get_named_type(answered.fields[name].type)))


PAIRS = list(pairs("UpdateWorkflowInput"))


def selection(taken: Any, answered: Any) -> str:
    """All of an answer that its input takes."""
    told = []
    for name, field in taken.fields.items():
        inner = get_named_type(field.type)
        if name in NOT_ANSWERED:
            continue
        has_more = isinstance(inner, GraphQLInputObjectType)
        told.append(f"{name} {selection(inner, get_named_type(answered.fields[name].type))}" if has_more else name)
    return f"{{ {' '.join(told)} }}"


SELECTION = selection(*PAIRS[0])
CREATE = f"""
mutation ($input: CreateWorkflowInput!) {{
  createWorkflow(input: $input) {{ workflow {SELECTION} userErrors {{ message path }} }}
}}
"""
UPDATE = f"""
mutation ($input: UpdateWorkflowInput!) {{
  updateWorkflow(input: $input) {{ workflow {{ version {SELECTION[1:]} userErrors {{ message path }} }}
}}
"""
READ = f"query ($id: ID!) {{ workflow(id: $id) {SELECTION} }}"


def given(taken: Any, value: Any, found: set[str]) -> set[str]:
    """The coordinates of the inputs of which a value says something."""
    for one in value if isinstance(value, list) else [value]:
        for name, item in one.items():
            inner = get_named_type(taken.fields[name].type)
            if isinstance(inner, GraphQLInputObjectType) and item is not None:
                given(inner, item, found)
            if item not in (None, [], {}):
                found.add(f"{taken.name}.{name}")
    return found


async def test_all_that_an_update_takes_is_answered_and_the_full_workflow_says_all_of_it() -> None:
    missing = [
        f"{taken.name}.{name}"
        for taken, answered in PAIRS
        for name in taken.fields
        if name not in answered.fields and name not in NOT_ANSWERED
    ]
    assert missing == []
    every = {f"{taken.name}.{name}" for taken, _ in PAIRS for name in taken.fields if name not in NOT_ANSWERED}
    assert every - given(PAIRS[0][0], {"id": "wf_", **FULL}, set()) == set(), "say it in FULL"


@pytest.mark.parametrize("sent", [FULL, {"name": "bare"}, {"name": "plain", "actions": [note("a")]}])
async def test_what_is_answered_can_be_sent_back_whole(client: httpx.AsyncClient, sent: Json) -> None:
    made = (await mutate(client, CREATE, **sent))["workflow"]
    answered = (await graphql(client, READ, id=made["id"]))["workflow"]
    assert answered == made
    stored = (await client.get(f"/workflows/{made['id']}")).json()
    for _ in range(2):
        changed = (await mutate(client, UPDATE, **answered))["workflow"]
        assert changed == {"version": "1.0", **answered}
    again = (await client.get(f"/workflows/{made['id']}")).json()
    assert again == {**stored, "updated_at": again["updated_at"]}
    copy = {name: value for name, value in answered.items() if name != "id"} | {"name": "copied"}
    copied = (await mutate(client, CREATE, **copy))["workflow"]
    assert copied == {"id": copied["id"], **copy}


async def test_what_is_another_value_is_another_version(client: httpx.AsyncClient) -> None:
    """Though Python takes true for 1."""
    made = (await mutate(client, CREATE, name="w", actions=[note("a", config={"message": "m", "data": 1})]))["workflow"]
    actions = [note("a", config={"message": "m", "data": True})]
    changed = (await mutate(client, UPDATE, id=made["id"], actions=actions))["workflow"]
    assert (changed["version"], changed["actions"][0]["config"]["data"]) == ("1.1", True)
