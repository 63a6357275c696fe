"""The nodes of the service as operators see them, alone and among others."""

from datetime import datetime

import httpx
import pytest

from app.settings.settings import Settings
from models.distribution import installed_version
from models.words import NodeKind, Role
from resolvers.context import Context, Viewer
from resolvers.operations.nodes import list_nodes
from tests.support.calls import call, graphql, held, soon, token
from tests.support.engine_calls import create, execute
from tests.support.nodes import nodes
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

NODES = "{ nodes { id kind version startedAt leaseUntil isAlive isLeading isAnswering inHand } }"
OPERATOR = Viewer("olga", "default", Role.OPERATOR)


async def test_a_node_tells_what_it_is_and_what_it_has_in_hand(
    client: httpx.AsyncClient, settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    created = await client.post("/workflows", json={"name": "w", "actions": [call("step", "/held")]})
    await client.post(f"/workflows/{created.json()['workflow_id']}/execute", json={})
    await soon(scripted.arrived)
    client.headers.update(token("olga", "default", "operator"))
    [node] = (await graphql(client, NODES))["nodes"]
    assert node["id"].startswith("node_")
    assert (node["kind"], node["version"], node["inHand"]) == ("ALL", installed_version(), 1)
    assert (node["isAlive"], node["isLeading"], node["isAnswering"]) == (True, True, True)
    by_id = await graphql(client, "query ($id: ID!) { node(id: $id) { ... on ClusterNode { kind } } }", id=node["id"])
    assert by_id["node"] == {"kind": "ALL"}
    if settings.is_embedded:
        assert node["leaseUntil"] is None
    else:
        assert datetime.fromisoformat(node["leaseUntil"]) > datetime.fromisoformat(node["startedAt"])
    client.headers.update(token("edith", "default", "editor"))
    refused = (await client.post("/graphql", json={"query": NODES})).json()
    assert refused["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
    assert "operator" in refused["errors"][0]["message"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_many_nodes_tell_of_each_other(settings: Settings, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held
    async with nodes(settings, NodeKind.API, NodeKind.WORKER, NodeKind.WORKER) as (api, first, second):
        workflow_id = await create(api, call("step", "/held"))
        for _ in range(3):
            await execute(api, workflow_id)
        await soon(scripted.arrived)
        seen = await list_nodes(Context(OPERATOR, api.services))
        assert [node.kind for node in seen] == [NodeKind.API, NodeKind.WORKER, NodeKind.WORKER]
        assert [node.id for node in seen] == [each.services.dispatcher.node_id for each in (api, first, second)]
        assert [node.is_leading for node in seen] == [True, False, False]
        assert [node.is_answering for node in seen] == [True, False, False]
        assert all(node.is_alive and node.lease_until is not None for node in seen)
        assert seen[0].in_hand == 0
        assert 1 <= seen[1].in_hand + seen[2].in_hand <= 3
        other = await list_nodes(Context(OPERATOR, second.services))
        assert [node.is_answering for node in other] == [False, False, True]
        scripted.released.set()
