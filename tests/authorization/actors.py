"""Those who come to the door, and what each of them holds."""

from collections.abc import Mapping

import httpx

from tests.support.calls import token

Headers = Mapping[str, str]

ANONYMOUS = "anonymous"
STRANGER = "admin of another tenant"
VIEWER = "viewer"
OPERATOR = "operator"
EDITOR = "editor who owns nothing here"
OWNER = "editor who owns it"
ADMIN = "admin"
NARROW = "key of the owner that may only read workflows"

MEMBERS = frozenset({VIEWER, OPERATOR, EDITOR, OWNER, ADMIN})
"""Everybody of the tenant, with all that their roles grant."""

EVERYBODY = MEMBERS | {ANONYMOUS, STRANGER, NARROW}
SIGNED_IN = EVERYBODY - {ANONYMOUS}

TOKENS = {
    STRANGER: ("eve", "elsewhere", "admin"),
    VIEWER: ("vic", "default", "viewer"),
    OPERATOR: ("oz", "default", "operator"),
    EDITOR: ("bob", "default", "editor"),
    OWNER: ("ada", "default", "editor"),
    ADMIN: ("root", "default", "admin"),
}

NARROW_KEY = """
mutation { createApiKey(input: { name: "narrow", scope: [WORKFLOW_READ] }) { key userErrors { message } } }
"""


async def credentials(client: httpx.AsyncClient) -> dict[str, Headers]:
    """The headers of every actor."""
    held: dict[str, Headers] = {name: token(*claims) for name, claims in TOKENS.items()}
    made = (await client.post("/graphql", json={"query": NARROW_KEY}, headers=held[OWNER])).json()
    return {ANONYMOUS: {}, **held, NARROW: {"X-API-Key": made["data"]["createApiKey"]["key"]}}
