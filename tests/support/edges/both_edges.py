"""The same request in the words of either edge, and the same answer in those of REST."""

import re
from typing import Any

import httpx
from pydantic.alias_generators import to_camel

from rest_compat.bodies import never
from rest_compat.responses import WORKFLOW as WORKFLOW_BODY
from rest_compat.responses import WORKFLOW_ITEM
from tests.support.calls import graphql

ENUM_KEYS = {"status", "type", "on_error", "backoff", "wait_reason", "database", "redis", "wake_ups", "on_limit"}
ERRORS = "userErrors { code message path }"
PARAMETERS = "parameters { name type description required defaultValue allowedValues }"
LIMIT = "concurrency { key limit onLimit }"
RETENTION = "retention { completed failed }"
RETRY = """retry {
  maxAttempts backoff initialDelaySeconds backoffRate maxDelaySeconds jitter maxTotalSeconds retryOn neverRetryOn
  respectRetryAfter
}"""
ACTIONS = f"actions {{ actionId actionType name description config dependsOn timeoutSeconds {RETRY} onError }}"
ITEM = "workflowId: id name description status createdBy createdAt tags version"
OBJECTS = {"parameters": PARAMETERS, "actions": ACTIONS, "concurrency": LIMIT, "retention": RETENTION}
ALWAYS_THERE = [key for key, shown in WORKFLOW_BODY.keys.items() if shown.left_out is never]
WORKFLOW = " ".join([ITEM, *(OBJECTS.get(key, to_camel(key)) for key in ALWAYS_THERE if key not in WORKFLOW_ITEM.keys)])
MOCK = "serviceName endpoint method response statusCode delayMs times error"
CREATE = f"""
mutation ($input: CreateWorkflowInput!) {{
  createWorkflow(input: $input) {{ workflow {{ {WORKFLOW} }} {ERRORS} }}
}}
"""
SET_UP = f"""
mutation ($input: SetUpTestDataInput!) {{
  setUpTestData(input: $input) {{ created {{ workflowId: id name }} removedIds mocks {{ {MOCK} }} {ERRORS} }}
}}
"""


def as_rest(value: Any, key: str = "") -> Any:
    """What GraphQL answers, in the spelling of REST: snake_case names and lower-case words of enums."""
    if isinstance(value, dict):
        return {snake(name): as_rest(entry, snake(name)) for name, entry in value.items()}
    if isinstance(value, list):
        return [as_rest(entry, key) for entry in value]
    if key in ENUM_KEYS and isinstance(value, str) and value.isupper():
        return value.lower()
    return value


def as_graphql(value: Any, key: str = "") -> Any:
    """What REST takes, in the spelling of GraphQL."""
    if isinstance(value, dict):
        return {camel(name): as_graphql(entry, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [as_graphql(entry, key) for entry in value]
    return value.upper() if key in ENUM_KEYS and isinstance(value, str) else value


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name)


async def told(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    """The one field of an operation that must not fail, in the spelling of REST."""
    (value,) = (await graphql(client, query, **variables)).values()
    return as_rest(value)
