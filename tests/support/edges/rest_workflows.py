"""Bodies of workflows by REST, in short, and the names in an answer."""

from typing import Any

import httpx

from tests.support.calls import Json, notify


def chain(length: int) -> list[Json]:
    """Actions that each wait for the one before."""
    return [notify("a0", ""), *(notify(f"a{i}", "", depends_on=[f"a{i - 1}"]) for i in range(1, length))]


def tags(count: int) -> list[str]:
    return [f"{number:02}".rjust(64, "t") for number in range(count)]


def parameters(count: int) -> list[Json]:
    return [{"name": f"p{number}", "type": "string"} for number in range(count)]


async def names(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """The names that a list shows, in alphabetical order."""
    listed = await client.get("/workflows", params=query)
    assert listed.status_code == 200, listed.text
    return sorted(workflow["name"] for workflow in listed.json()["workflows"])
