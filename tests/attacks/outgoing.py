"""Attacks through what the service calls: endpoints (S7, S26), headers (S28), callbacks (S8, S9)."""

import asyncio
import base64
import hmac
import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import ClientSession

from engine.expressions.budget import Budget
from engine.expressions.templates import Text, render
from engine.services.addresses import CallbackPolicy
from tests.attacks.target import EDITOR, LOOPBACK, Target, attack, patched, set_to
from tests.support.calls import PATIENCE_SECONDS, answer, call, notify

KEY = b"a key of this test, of 32 bytes."
LINK_LOCAL = ip_network("169.254.0.0/16")
INSIDE = "https://169.254.169.254/latest/meta-data"


def to_partner(endpoint: str, **more: Any) -> Any:
    return call("a", endpoint, {"service": "partner", "method": "GET"}, **more)


@attack("S7", patched("engine.actions.service_call.safe_endpoint", lambda endpoint: endpoint))
async def endpoints_that_lead_elsewhere(target: Target) -> None:
    word = {"name": "path", "type": "string", "required": True}
    workflow_id = await target.workflow(to_partner("{{path}}"), parameters=[word])
    for path in ("//evil.example/x", "/a/../../admin", "/%2e%2e/admin", "/x@evil.example", "/x\r\nHost: evil"):
        ended = await target.run(workflow_id, parameters={"path": path})
        assert ended.get("error", {}).get("code") == "INVALID_CONFIG"
    assert target.service.requests == []


def _as_it_comes(template: Text, scope: Mapping[str, Any], budget: Budget) -> Any:
    return render(template, scope, budget)


@attack("S26", patched("engine.running.filling_in.rendered_endpoint", _as_it_comes))
async def values_that_choose_another_path_or_query(target: Target) -> None:
    word = {"name": "v", "type": "string", "required": True}
    workflow_id = await target.workflow(to_partner("/users/{{v}}/orders?of={{v}}"), parameters=[word])
    for value in ("x?admin=true", "a/b", "../admin", "1;role=admin", "x&of=all", "a#", "..", ".", "", "x\r\nX: y"):
        await target.run(workflow_id, parameters={"v": value})
    for request in target.service.requests:
        path = request["raw_path"].partition("?")[0]
        assert (path.count("/"), ";" in path, request["query"].count("=")) == (3, False, 1), (path, request["query"])
        assert path.endswith("/orders")


@attack("S26", patched("engine.actions.service_call.header_names.VALUE", re.compile(r"(?s).*")))
async def values_that_bring_a_header_with_them(target: Target) -> None:
    word = {"name": "v", "type": "string", "required": True}
    action = call("a", "/", {"service": "partner", "headers": {"X-Name": "{{v}}"}})
    workflow_id = await target.workflow(action, parameters=[word])
    for value in ("x\r\nX-Admin: true", "x\nX-Admin: true", "x\r", "\u010a"):
        ended = await target.run(workflow_id, parameters={"v": value})
        assert ended.get("error", {}).get("code") == "INVALID_CONFIG"
    assert target.service.requests == []


def _follows(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = ClientSession.request

    def follow(self: ClientSession, *args: Any, **more: Any) -> Any:
        return ask(self, *args, **{**more, "allow_redirects": True})

    monkeypatch.setattr(ClientSession, "request", follow)


@attack("S7", _follows)
async def a_service_that_redirects(target: Target) -> None:
    target.service.answers["/away"] = (302, {"location": f"{target.service.url}/inside"}, b"")
    target.service.answers["/inside"] = answer({"credentials": "x"})
    ended = await target.run(await target.workflow(to_partner("/away")))
    assert ended.get("error", {}).get("http_status") == 302
    assert [request["path"] for request in target.service.requests] == ["/away"]


@attack("S28", patched("engine.actions.service_call.header_names.is_reserved", lambda _name: False))
async def headers_that_frame_another_request(target: Target) -> None:
    sly = ("Transfer_Encoding", "content_length", "CONTENT-ENCODING", "Proxy-Connection", "proxy_authorization", "Te")
    for name in sly:
        action = call("a", "/", {"service": "partner", "headers": {name: "chunked"}})
        refused = await target.client.post("/workflows", json={"name": name, "actions": [action]}, headers=EDITOR)
        assert (name, refused.status_code) == (name, 422)


@attack("S8", set_to(allow_private_networks=LOOPBACK))
async def callbacks_to_the_inside(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    for host in ("127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "[::1]"):
        body = {"callback_url": f"https://{host}:9/hook"}
        refused = await target.client.post(f"/workflows/{workflow_id}/execute", json=body, headers=EDITOR)
        assert (host, refused.status_code) == (host, 422)


@attack("S8", patched("engine.services.addresses.METADATA", frozenset()), allow_private_networks=(LINK_LOCAL,))
async def callbacks_to_the_credentials_of_a_cloud(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    body = {"callback_url": INSIDE}
    refused = await target.client.post(f"/workflows/{workflow_id}/execute", json=body, headers=EDITOR)
    assert refused.status_code == 422


def without_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The receiver of the test has no certificate: what the attack is about comes after that."""
    monkeypatch.setattr(CallbackPolicy, "refusal", lambda _policy, _url: None)


async def received(target: Target) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await target.service.arrived.wait()
    return target.service.requests[0]


@attack(
    "S9",
    patched("engine.callbacks.client.signed_headers", lambda _keys, id_, at, _body: {"webhook-id": id_}),
    arrange=without_certificates,
    allow_private_networks=LOOPBACK,
    callback_secrets=(KEY,),
)
async def a_callback_that_somebody_else_could_have_sent(target: Target) -> None:
    workflow_id = await target.workflow(notify("a"))
    await target.run(workflow_id, callback_url=f"{target.service.url}/hook")
    request = await received(target)
    headers = request["headers"]
    signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + request["body"]
    expected = "v1," + base64.b64encode(hmac.digest(KEY, signed, "sha256")).decode()
    assert expected in headers.get("webhook-signature", "").split(" ")


@attack(
    "S9",
    patched("engine.callbacks.client.refusal", lambda _status: None),
    arrange=without_certificates,
    allow_private_networks=LOOPBACK,
)
async def a_target_that_redirects(target: Target) -> None:
    target.service.answers["/hook"] = (302, {"location": f"{target.service.url}/elsewhere"}, b"")
    ended = await target.run(await target.workflow(notify("a")), callback_url=f"{target.service.url}/hook")
    await received(target)
    query = f'{{ execution(id: "{ended["execution_id"]}") {{ callbackDeliveries {{ status attempts {{ error }} }} }} }}'
    attempts: list[Any] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not attempts:
            (delivery,) = (await target.graphql(query, EDITOR))["data"]["execution"]["callbackDeliveries"]
            attempts = delivery["attempts"]
    assert delivery["status"] == "PENDING"
    assert "redirects are not followed" in str(attempts[0]["error"])
    assert [request["path"] for request in target.service.requests] == ["/hook"]
