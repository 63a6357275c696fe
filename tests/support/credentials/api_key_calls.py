"""What the tests of API keys ask for, as whom, and what they are answered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.support.calls import NO_TLS, Json, assert_envelope, token

ENTITY = "id name userId role scope createdBy createdAt expiresAt previousExpiresAt lastUsedAt revokedAt"
ERRORS = "userErrors { code message path }"
MADE = f"key apiKey {{ {ENTITY} }} {ERRORS}"
CREATE = f"mutation ($input: CreateApiKeyInput!) {{ done: createApiKey(input: $input) {{ {MADE} }} }}"
ROTATE = f"mutation ($input: RotateApiKeyInput!) {{ done: rotateApiKey(input: $input) {{ {MADE} }} }}"
REVOKE = f"""mutation ($input: RevokeApiKeyInput!) {{
  done: revokeApiKey(input: $input) {{ apiKey {{ {ENTITY} }} {ERRORS} }}
}}"""
LIST = f"""query ($filter: ApiKeyFilterInput, $first: Int, $after: String) {{
  apiKeys(filter: $filter, first: $first, after: $after) {{
    totalCount nodes {{ {ENTITY} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
JSON_BODY = {"Content-Type": "application/json"}
VIEWER = "{ viewer { userId tenant role permissions credential expiresAt } }"


def admin() -> dict[str, str]:
    """Manages everybody's keys."""
    return token("root", "default", "admin")


def editor() -> dict[str, str]:
    """Good for longer than the tests put the clock forward."""
    return token("ada", "default", "editor", exp=datetime.now(UTC) + timedelta(hours=20))


async def ask(client: httpx.AsyncClient, query: str, headers: dict[str, str], **variables: Any) -> Json:
    """The body of an answer."""
    body = {"query": query, "variables": variables}
    return dict((await client.post("/graphql", json=body, headers=headers)).json())


async def done(client: httpx.AsyncClient, query: str, headers: dict[str, str], **input_: Any) -> Json:
    """The payload of a mutation that must succeed."""
    answered = await ask(client, query, headers, input=input_)
    assert "errors" not in answered, answered
    payload: Json = answered["data"]["done"]
    assert payload["userErrors"] == [], payload
    return payload


async def made(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **input_: Any) -> tuple[str, Json]:
    """A new key and its entity."""
    payload = await done(client, CREATE, headers or editor(), **{"name": "a key", **input_})
    return payload["key"], payload["apiKey"]


async def user_errors(
    client: httpx.AsyncClient, query: str, headers: dict[str, str], **input_: Any
) -> list[tuple[str, list[str]]]:
    """The code and the path of each fault of a mutation that did nothing."""
    answered = await ask(client, query, headers, input=input_)
    assert "errors" not in answered, answered
    payload = answered["data"]["done"]
    assert payload["apiKey"] is None and payload.get("key") is None
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def refused(client: httpx.AsyncClient, query: str, headers: dict[str, str], **variables: Any) -> str:
    """The code of the one error of an operation."""
    (error,) = (await ask(client, query, headers, **variables))["errors"]
    return str(error["extensions"]["code"])


def by(key: str) -> dict[str, str]:
    """A key as a credential."""
    return {"X-API-Key": key}


async def opens(server: str, key: str) -> bool:
    """Whether a key is a credential now."""
    async with httpx.AsyncClient(base_url=server, headers=by(key), verify=NO_TLS) as client:
        answered = await client.get("/workflows")
    if answered.status_code == 401:
        assert_envelope(answered, 401, "UNAUTHENTICATED")
        return False
    assert answered.status_code == 200, answered.text
    return True
