"""Saved views of executions: one's own and the tenant's, who changes which, and how many there may be."""

from typing import Any

import httpx
import pytest

from models.entities.saved_views import MAX_VIEWS
from tests.support.calls import Json, token

pytestmark = pytest.mark.asyncio

LIST = "{ savedViews { id name filters isShared createdBy updatedBy } }"
SAVE = """
mutation ($input: SaveViewInput!) {
  saveView(input: $input) { savedView { id name filters isShared } userErrors { code path } }
}
"""
RENAME = """
mutation ($input: RenameViewInput!) { renameView(input: $input) { savedView { id name } userErrors { code path } } }
"""
DELETE = "mutation ($input: DeleteViewInput!) { deleteView(input: $input) { deletedId userErrors { code } } }"


class Person:
    """Somebody who looks at executions."""

    def __init__(self, client: httpx.AsyncClient, name: str, role: str, tenant: str = "default") -> None:
        self._client, self._headers = client, token(name, tenant, role)

    async def asks(self, query: str, **input_: Any) -> Any:
        """The one field that is asked for; refusals that are no `userErrors` as their code."""
        body = {"query": query, "variables": {"input": input_} if input_ else {}}
        answer = (await self._client.post("/graphql", json=body, headers=self._headers)).json()
        if answer.get("errors"):
            return answer["errors"][0]["extensions"]["code"]
        [found] = answer["data"].values()
        return found

    async def names(self) -> list[tuple[str, bool]]:
        """The views that are seen, in their order."""
        return [(view["name"], view["isShared"]) for view in await self.asks(LIST)]

    async def saves(self, name: str, filters: str = "", **more: Any) -> str:
        """Save a view and return its id."""
        saved = await self.asks(SAVE, name=name, filters=filters, **more)
        assert saved["userErrors"] == [], saved
        return str(saved["savedView"]["id"])


def refusal(payload: Json) -> tuple[str, list[str]]:
    [error] = payload["userErrors"]
    return error["code"], error.get("path")


async def test_ones_own_are_ones_own_and_those_of_the_tenant_are_kept_by_who_oversees_it(
    client: httpx.AsyncClient,
) -> None:
    vic, oz = Person(client, "vic", "viewer"), Person(client, "oz", "operator")
    root, eve = Person(client, "root", "admin"), Person(client, "eve", "admin", "elsewhere")
    mine = await vic.saves("  my failures ", "status=failed&label=env%3Dprod")
    ours = await oz.saves("Stuck", "waits=circuit_open", isShared=True)
    await oz.saves("stuck too", isShared=True)
    assert await vic.names() == [("Stuck", True), ("stuck too", True), ("my failures", False)]
    node = f'{{ node(id: "{mine}") {{ ... on SavedView {{ filters }} }} }}'
    assert (await vic.asks(node), await oz.asks(node)) == ({"filters": "status=failed&label=env%3Dprod"}, None)
    assert await root.names() == [("Stuck", True), ("stuck too", True)]
    assert await eve.names() == []
    assert await vic.asks(SAVE, name="Stuck", filters="", isShared=True) == "PERMISSION_DENIED"
    assert await vic.asks(RENAME, id=ours, name="Mine now") == "PERMISSION_DENIED"
    assert await vic.asks(DELETE, id=ours) == "PERMISSION_DENIED"
    for stranger in (root, eve):
        assert refusal(await stranger.asks(RENAME, id=mine, name="x")) == ("SAVED_VIEW_NOT_FOUND", ["input"])
    assert (await eve.asks(DELETE, id=ours))["userErrors"][0]["code"] == "SAVED_VIEW_NOT_FOUND"
    # The same name once more replaces the filters, and one's own may be called as one of the tenant's.
    assert await root.saves("Stuck", "waits=worker", isShared=True) == ours
    assert await vic.saves("Stuck") not in (ours, mine)
    [stuck, *_] = await vic.asks(LIST)
    assert (stuck["filters"], stuck["createdBy"], stuck["updatedBy"]) == ("waits=worker", "oz", "root")
    assert refusal(await vic.asks(RENAME, id=mine, name="Stuck")) == ("SAVED_VIEW_NAME_TAKEN", ["input"])
    assert (await vic.asks(RENAME, id=mine, name="Failures"))["savedView"] == {"id": mine, "name": "Failures"}
    assert (await vic.asks(DELETE, id=mine))["deletedId"] == mine
    assert refusal(await vic.asks(RENAME, id=mine, name="x")) == ("SAVED_VIEW_NOT_FOUND", ["input"])
    told = f'{{ auditEntries(filter: {{ target: "{mine}" }}) {{ nodes {{ action }} }} }}'
    seen = [entry["action"] for entry in (await root.asks(told))["nodes"]]
    assert {"save_view", "rename_view", "delete_view"} <= set(seen)


async def test_they_are_bounded_in_number_and_size(client: httpx.AsyncClient) -> None:
    ada = Person(client, "ada", "editor")
    for number in range(MAX_VIEWS):
        await ada.saves(f"view {number}")
    assert refusal(await ada.asks(SAVE, name="one more", filters="")) == ("TOO_MANY_SAVED_VIEWS", ["input"])
    await ada.saves("view 7", "status=failed")
    assert len(await ada.names()) == MAX_VIEWS
    for wrong in ("a b", "?status=failed", "status=é", "x" * 2_001, "a#b", "a\nb"):
        assert refusal(await ada.asks(SAVE, name="v", filters=wrong)) == (
            "VALIDATION_ERROR",
            ["input", "filters"],
        )
    for wrong in (" ", "x" * 61):
        assert refusal(await ada.asks(SAVE, name=wrong, filters="")) == ("VALIDATION_ERROR", ["input", "name"])
