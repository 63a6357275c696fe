"""The operations of GraphQL by which tests make, read and execute workflows."""

from typing import Any

import httpx

from tests.support.calls import Json, graphql

ERRORS = "userErrors { code message path }"
WORKFLOW = """
  id name description status version createdBy createdAt updatedAt tags timeoutSeconds executionCount lastExecution
  parameters { name type description required defaultValue allowedValues }
  actions { actionId actionType name description config dependsOn timeoutSeconds onError }
"""
CREATE = f"""
mutation ($input: CreateWorkflowInput!) {{
  createWorkflow(input: $input) {{ warnings workflow {{ {WORKFLOW} }} {ERRORS} }}
}}
"""
UPDATE = f"""
mutation ($input: UpdateWorkflowInput!) {{ updateWorkflow(input: $input) {{ workflow {{ {WORKFLOW} }} {ERRORS} }} }}
"""
DELETE = f"mutation ($input: DeleteWorkflowInput!) {{ deleteWorkflow(input: $input) {{ deletedId {ERRORS} }} }}"
READ = f"query ($id: ID!) {{ workflow(id: $id) {{ {WORKFLOW} }} }}"
EXECUTION = """
  id status workflowVersion createdBy parameters createdAt startedAt completedAt
  durationSeconds queueSeconds runSeconds result
  progress { completedActions totalActions currentAction percentage }
  error { code message actionId attempt retryable httpStatus }
  actions { actionId status attempt startedAt completedAt response error { code } }
  logs { level message actionId }
  events { sequence type actionId }
  workflow { id name }
"""
EXECUTE = f"""
mutation ($input: ExecuteWorkflowInput!) {{
  executeWorkflow(input: $input) {{ isReplay execution {{ {EXECUTION} }} {ERRORS} }}
}}
"""
CANCEL = f"""
mutation ($input: CancelExecutionInput!) {{
  cancelExecution(input: $input) {{ execution {{ {EXECUTION} }} {ERRORS} }}
}}
"""
READ_EXECUTION = f"query ($id: ID!) {{ execution(id: $id) {{ {EXECUTION} }} }}"
LIST = """
query ($filter: WorkflowFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
  workflows(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { name } edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


def note(action_id: str = "note", message: str = "hello", **more: Any) -> Json:
    """A `notification` action as GraphQL spells it."""
    return {"actionId": action_id, "actionType": "notification", "config": {"message": message}, **more}


async def mutate(client: httpx.AsyncClient, mutation: str, **fields: Any) -> Json:
    """The payload of a mutation that the caller expects to be carried out."""
    payload = await refused(client, mutation, **fields)
    assert payload.pop("userErrors") == []
    return payload


async def refused(client: httpx.AsyncClient, mutation: str, **fields: Any) -> Json:
    """The payload of a mutation, with whatever `userErrors` it has."""
    (payload,) = (await graphql(client, mutation, input=fields)).values()
    return dict(payload)


async def create(client: httpx.AsyncClient, name: str, *actions: Json, **fields: Any) -> Json:
    """Create a workflow and return it."""
    return dict((await mutate(client, CREATE, name=name, actions=list(actions), **fields))["workflow"])


async def execute(client: httpx.AsyncClient, workflow_id: str, **fields: Any) -> Json:
    """Execute a workflow and return the execution."""
    return dict((await mutate(client, EXECUTE, workflowId=workflow_id, **fields))["execution"])


async def top_level_errors(client: httpx.AsyncClient, query: str, **variables: Any) -> list[Json]:
    """The errors of an operation that must fail as a whole."""
    answered = await client.post("/graphql", json={"query": query, "variables": variables})
    errors: list[Json] = answered.json()["errors"]
    return errors


async def page(client: httpx.AsyncClient, **arguments: Any) -> Json:
    """One slice of the workflows."""
    found: Json = (await graphql(client, LIST, **arguments))["workflows"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    return {**found, "names": [node["name"] for node in found["nodes"]]}
