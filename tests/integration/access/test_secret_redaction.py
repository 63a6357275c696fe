"""A canary: secrets go to a service that gives them back in every way, and afterwards they are found nowhere."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Settings
from engine.actions.registry import load_actions
from engine.core.truncation import MAX_RESPONSE_BYTES
from engine.secrets.redaction import Redactor
from tests.support.calls import PATIENCE_SECONDS, Json, call, create, graphql, notify, run
from tests.support.scripted_service import PartnerService
from tests.support.secrets.canary import (
    ANSWERS,
    BASIC,
    BEARER,
    ODD,
    PLAIN,
    Careless,
    break_off,
    found_in,
    needles,
)
from tests.support.secrets.told import SET, dump, everything_told
from tests.support.written_log import WrittenLog

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def broken() -> AsyncIterator[str]:
    """The URL of a service that speaks no HTTP."""
    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
def settings(settings: Settings, scripted: PartnerService, broken: str) -> Settings:
    """With a service whose headers are credentials, and one that speaks no HTTP."""
    scripted.answers |= ANSWERS
    basic = base64.b64encode(f"robot:{BASIC}".encode()).decode()
    headers = {"Authorization": f"Bearer {BEARER}", "X-Secret": BEARER, "Proxy-Token": f"Basic {basic}"}
    services = {
        "scripted": scripted.service("scripted"),
        "billing": scripted.service("billing", headers=headers),
        "broken": msgspec.structs.replace(scripted.service("broken"), url=broken),
    }
    loopback = (ip_network("127.0.0.0/8"),)
    return msgspec.structs.replace(settings, services=services, allow_private_networks=loopback)


@pytest_asyncio.fixture
async def server(settings: Settings, scripted: PartnerService, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The server, with the careless action type installed."""
    monkeypatch.setattr(
        "app.composition.load_actions", lambda resources: {**load_actions(resources), "careless": Careless()}
    )
    async with serving(create_app(settings)) as url:
        yield url
        scripted.dismiss()


def careless(how: str) -> Json:
    config = {"how": how, "value": "{{secrets.odd}}"}
    return {"action_id": f"careless-{how}", "action_type": "careless", "config": config, "on_error": "continue"}


def broken_call(path: str) -> Json:
    config = {"service": "broken", "headers": {"X-Secret": "{{secrets.plain}}"}}
    return call(f"broken-{path[1:]}", path, config, on_error="continue")


BODY = {"a": "{{secrets.odd}}", "b": "within {{ secrets.odd }} text", "deep": [{"x": "{{secrets.plain}}"}]}
SENDS_ALL = {
    "headers": {"X-Secret": "{{secrets.odd}}", "Authorization": "Bearer {{secrets.plain}}"},
    "parameters": BODY,
}
RETRY = {"initial_delay_seconds": 0.01, "retry_on": ["5xx"]}
ACTIONS = [
    call("echo", "/echo/{{secrets.plain}}", SENDS_ALL),
    call("query", "/query", {"method": "GET", "parameters": {"q": "{{secrets.odd}}", "n": "{{secrets.plain}}"}}),
    call("fail", "/fail", SENDS_ALL, on_error="continue"),
    call("retried", "/fail", SENDS_ALL, on_error="continue", retry=RETRY),
    call("garbage", "/garbage", SENDS_ALL),
    call("redirect", "/redirect", SENDS_ALL, on_error="continue"),
    call("remembered", "/remembered", depends_on=["echo"]),
    call("operator", "/operator", {"service": "billing"}),
    call("operator-fails", "/operator-fails", {"service": "billing"}, on_error="continue"),
    call("unsafe", "/{{secrets.odd}}", on_error="continue"),
    call("bad-header", "/echo", {"headers": {"X-Bad": "{{secrets.broken}}"}}, on_error="continue"),
    notify("note", "the secret is {{secrets.odd}}", depends_on=["echo"]),
    notify("again", "it said {{echo.response.whole.body}} and {{note.response.message}}"),
    *(careless(how) for how in ("bytes", "failure", "pydantic", "chained")),
    *(broken_call(path) for path in ("/line", "/long", "/coding", "/chunk")),
]


async def set_secrets(client: httpx.AsyncClient) -> None:
    for name, value in {"odd": ODD, "plain": PLAIN, "broken": "c4n4ry-with-a-break\nü"}.items():
        told = await graphql(client, SET, input={"name": name, "value": value})
        assert told["setSecret"] == {"secret": {"version": 1}, "userErrors": []}


async def execute_all(client: httpx.AsyncClient, scripted: PartnerService, actions: list[Json]) -> Json:
    """Execute with a callback, and wait until that has arrived too."""
    workflow = await create(client, "Canary", *actions)
    options = {"async_execution": False, "callback_url": f"{scripted.url}/callback"}
    ended = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=options)
    assert ended.json()["status"] == "completed", ended.text[:2_000]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(request["path"] == "/callback" for request in scripted.requests):
            scripted.arrived.clear()
            await scripted.arrived.wait()
    return {"workflow": workflow, "ended": ended.json()}


async def test_a_secret_reaches_the_service_and_is_found_nowhere_else(
    client: httpx.AsyncClient,
    scripted: PartnerService,
    database_url: str,
    tmp_path: Path,
    written_log: WrittenLog,
) -> None:
    await set_secrets(client)
    made = await execute_all(client, scripted, ACTIONS)
    ids = made["ended"]["execution_id"], made["workflow"]["workflow_id"]

    # The service got them, as they are.
    (first,) = (request for request in scripted.requests if request["path"] == f"/echo/{PLAIN}")
    assert (first["headers"]["x-secret"], first["headers"]["authorization"]) == (ODD, f"Bearer {PLAIN}")
    body = {"a": ODD, "b": f"within {ODD} text", "deep": [{"x": PLAIN}]}
    assert json.loads(first["body"]) == body
    (second,) = (request for request in scripted.requests if request["path"] == "/query")
    assert parse_qs(second["query"]) == {"q": [ODD], "n": [PLAIN]}
    assert sum(request["path"] == "/fail" for request in scripted.requests) == 1 + 3

    # And this is what is left.
    result = made["ended"]["result"]
    assert result["note"]["response"]["message"] == "the secret is [secret:odd]"
    assert result["echo"]["response"]["whole"]["headers"]["authorization"] == "Bearer [secret:plain]"
    shown = {"a": "[secret:odd]", "b": "within [secret:odd] text", "deep": [{"x": "[secret:plain]"}]}
    assert json.loads(result["echo"]["response"]["whole"]["body"]) == shown
    assert result["remembered"]["response"] == {"of an earlier call": ["[secret:odd]", "[secret:plain]"]}
    operator = result["operator"]["response"]["whole"]["headers"]
    assert operator["authorization"] == "[secret:services.billing.authorization]"
    assert operator["proxy-token"] == "[secret:services.billing.proxy-token]"
    assert result["careless-failure"]["error"]["message"] == "no '[secret:odd]'"
    codes = {name: one["error"]["code"] for name, one in result.items() if one["status"] == "failed"}
    assert codes == {
        **dict.fromkeys(("fail", "retried", "redirect", "operator-fails"), "HTTP_ERROR"),
        **dict.fromkeys(("unsafe", "bad-header"), "INVALID_CONFIG"),
        **dict.fromkeys(("careless-failure", "careless-pydantic", "careless-chained"), "INTERNAL_ERROR"),
        **dict.fromkeys(("broken-line", "broken-long", "broken-chunk"), "CONNECTION_ERROR"),
        "broken-coding": "INVALID_RESPONSE",
    }
    assert "KeyError: '[secret:odd]'" in written_log.text
    callback = next(request["body"].decode() for request in scripted.requests if request["path"] == "/callback")
    for name, text in {
        "answers": await everything_told(client, *ids),
        "database": await dump(database_url, tmp_path),
        "callback": callback,
        "log": written_log.text,
        "answer": json.dumps(made, ensure_ascii=False),
    }.items():
        assert found_in(text) == {}, name
        assert len(text) > 1_000


async def test_a_secret_that_lies_across_the_end_of_what_is_kept_leaves_no_part(
    client: httpx.AsyncClient, database_url: str, tmp_path: Path
) -> None:
    await set_secrets(client)
    workflow = await create(client, "Large", call("large", "/large", SENDS_ALL))
    response = (await run(client, workflow["workflow_id"]))["result"]["large"]["response"]
    assert response["truncated"] is True
    assert len(response["text"]) > 0.999 * MAX_RESPONSE_BYTES
    assert set(response["text"]) == {"."}
    assert found_in(await dump(database_url, tmp_path)) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_redaction_the_canary_is_found_everywhere(
    client: httpx.AsyncClient,
    scripted: PartnerService,
    database_url: str,
    tmp_path: Path,
    written_log: WrittenLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The test above can fail."""
    monkeypatch.setattr(Redactor, "redact", lambda _, value: value)
    monkeypatch.setattr(Redactor, "text", lambda _, text: text)
    monkeypatch.setattr(Redactor, "message", lambda _, text: text)
    await set_secrets(client)
    made = await execute_all(client, scripted, ACTIONS)
    ids = made["ended"]["execution_id"], made["workflow"]["workflow_id"]
    for text in (await everything_told(client, *ids), await dump(database_url, tmp_path)):
        assert set(found_in(text)) == set(needles())
    callback = next(request["body"].decode() for request in scripted.requests if request["path"] == "/callback")
    assert "raw" in found_in(callback)
    assert "raw" in found_in(written_log.text)
