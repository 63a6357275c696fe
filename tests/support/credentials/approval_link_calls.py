"""What the tests of approval links share: approvals that wait, links to them, and what a person does with one."""

from html.parser import HTMLParser
from typing import Any

import httpx

from tests.support.calls import Json, create, start, token
from tests.support.edges.approvals import ask, waits

LINK = "id executionId actionId item approver createdBy credential apiKeyId createdAt expiresAt revokedAt"
MADE = f"path url expiresAt approvalLink {{ {LINK} }} userErrors {{ code path }}"
MAKE = f"mutation ($input: CreateApprovalLinkInput!) {{ done: createApprovalLink(input: $input) {{ {MADE} }} }}"
REVOKE = f"""mutation ($input: RevokeApprovalLinkInput!) {{
  done: revokeApprovalLink(input: $input) {{ approvalLink {{ {LINK} }} userErrors {{ code message }} }}
}}"""
LIST = f"""query ($filter: ApprovalLinkFilterInput, $first: Int, $after: String) {{
  approvalLinks(filter: $filter, first: $first, after: $after) {{
    totalCount nodes {{ {LINK} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
FORM = [
    {"name": "risk", "type": "string", "required": True, "allowed_values": ["low", "high"]},
    {"name": "hours", "type": "integer", "description": "<b>Hours</b>"},
    {"name": "sure", "type": "boolean", "required": True},
    {"name": "more", "type": "object"},
]
JSON_BODY = {"Content-Type": "application/json"}


class Controls(HTMLParser):
    """What a page's form has: the names of all that it sends, and what is chosen or filled in beforehand."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.chosen: list[str] = []
        self.feed(page)

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name")
        if name in (None, "viewport", "robots"):
            return
        self.found.add(str(name))
        if "checked" in given or "selected" in given or (given.get("type") == "text" and given.get("value")):
            self.chosen.append(str(name))


async def waiting(client: httpx.AsyncClient, name: str = "Release", message: str = "Ship <it>?", **more: Any) -> str:
    """An execution whose action `ask` waits."""
    workflow = await create(client, name, ask("ask", message, **{"form": FORM, **more}))
    execution_id = await start(client, workflow["workflow_id"])
    await waits(client, execution_id)
    return execution_id


async def operate(client: httpx.AsyncClient, query: str, headers: dict[str, str], **variables: Any) -> Json:
    """What an operation answers, or the code of what it is refused with."""
    body = {"query": query, "variables": variables}
    answered = (await client.post("/graphql", json=body, headers=headers)).json()
    if "errors" in answered:
        return {"code": answered["errors"][0]["extensions"]["code"]}
    data: Json = answered["data"]
    return dict(data.get("done") or data)


async def make(client: httpx.AsyncClient, execution_id: str, user: str, *roles: str, **more: Any) -> Json:
    """A link of a user's token, or the code of the refusal."""
    return await make_by(client, token(user, "default", *roles), execution_id, **more)


async def make_by(client: httpx.AsyncClient, headers: dict[str, str], execution_id: str, **more: Any) -> Json:
    """A link of whoever the headers stand for."""
    return await operate(client, MAKE, headers, input={"executionId": execution_id, "actionId": "ask", **more})


async def press(client: httpx.AsyncClient, path: str, *pairs: tuple[str, str]) -> httpx.Response:
    """Send what the page sends, pair by pair."""
    return await client.post(path, content=str(httpx.QueryParams(pairs)), headers=FORM_BODY)


FORM_BODY = {"Content-Type": "application/x-www-form-urlencoded"}
