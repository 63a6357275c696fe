"""A secret in every place of every action type, as definitions of an earlier release may hold it, is run and sought.

Whether it is refused when saved is shown by `tests/unit/secrets/test_secret_places.py`; here nothing is refused.
"""

import asyncio
import json
from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path

import httpx
import msgspec
import pytest

from app.settings.settings import Settings
from engine.actions.installed import installed_actions
from engine.secrets.redaction import Redactor
from tests.support.calls import PATIENCE_SECONDS, Json, create, graphql, notify
from tests.support.scripted_service import PartnerService
from tests.support.secrets.canary import PLAIN, echo, found_in, needles
from tests.support.secrets.secret_places import TEMPLATE, config_places, in_every_section, workflow_places
from tests.support.secrets.told import SET, dump, everything_told
from tests.support.written_log import WrittenLog

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

AT_ONCE = 8
TOLD = "/told"
"""Where a notification is delivered."""

PASSED_ON = ("notification", "sub_workflow", "wait")
"""What shows what holds once the first wall is down: one records, one passes on, one waits at an address."""


@pytest.fixture
def settings(settings: Settings, scripted: PartnerService, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Nothing is refused when it is saved: as if it had been stored by a release that knew no better."""
    monkeypatch.setattr("resolvers.workflows.definitions.definition_faults", lambda *_: iter(()))
    scripted.answers["/echo"] = scripted.answers[f"/{PLAIN}"] = echo
    loopback = (ip_network("127.0.0.0/8"),)
    services = {"scripted": scripted.service("scripted")}
    return msgspec.structs.replace(settings, services=services, allow_private_networks=loopback)


class Runs:
    """Definitions that are saved and executed, each with a callback, and all that came of them."""

    def __init__(self, client: httpx.AsyncClient, scripted: PartnerService) -> None:
        self._client, self._scripted = client, scripted
        self._doors = asyncio.Semaphore(AT_ONCE)
        self.ended: dict[str, Json] = {}

    async def run(self, name: str, definition: Json) -> None:
        """Execute a definition to its end, if it can be stored at all."""
        body = {**definition, "name": definition["name"] if definition["name"] == TEMPLATE else name}
        made = await self._client.post("/workflows", json=body)
        if made.status_code == 422:
            return  # its models refuse it, so that it was never stored
        assert made.status_code == 201, made.text
        options = {"async_execution": False, "callback_url": f"{self._scripted.url}/callback"}
        ended = await self._client.post(f"/workflows/{made.json()['workflow_id']}/execute", json=options)
        assert ended.status_code in (200, 422), ended.text
        if ended.status_code == 200:
            self.ended[name] = ended.json() | {"workflow": made.json()}

    async def told(self, database_url: str, folder: Path) -> str:
        """All that anybody can read of them afterwards."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self._callbacks()) < len(self.ended) or not self._has_been_told():
                self._scripted.arrived.clear()
                await self._scripted.arrived.wait()
        answers = await asyncio.gather(*map(self._answers, self.ended.values()))
        return "\n".join((*answers, *self._callbacks(), await dump(database_url, folder)))

    def _has_been_told(self) -> bool:
        return any(one["path"] == TOLD for one in self._scripted.requests)

    def _callbacks(self) -> list[str]:
        return [one["body"].decode() for one in self._scripted.requests if one["path"] == "/callback"]

    async def _answers(self, ended: Json) -> str:
        async with self._doors:
            read = await everything_told(self._client, ended["execution_id"], ended["workflow"]["workflow_id"])
        return f"{json.dumps(ended, ensure_ascii=False)}\n{read}"


async def run_all(runs: Runs, client: httpx.AsyncClient, action_types: Iterable[str]) -> None:
    """A definition for each place of these action types, in all sections of a workflow."""
    told = await graphql(client, SET, input={"name": "canary", "value": PLAIN})
    assert told["setSecret"]["userErrors"] == []
    word = {"name": "x", "type": "string"}
    child = await create(client, "Child", notify("say", "it got {{x}}"), parameters=[word])
    samples = {"SubWorkflowConfig.workflow_id": child["workflow_id"]}
    definitions = {
        f"{action_type} {place.name}": in_every_section(action_type, place.value)
        for action_type in action_types
        for place in config_places(action_type, **samples)
    }
    webhook = {"channel": "webhook", "service": "scripted", "endpoint": TOLD}
    definitions |= {
        f"webhook {place.name}": in_every_section("notification", place.value | webhook)
        for place in config_places("notification", **samples)
        if place.name in ("message", "data", "data{*}[]")
    }
    await asyncio.gather(*(runs.run(name, definition) for name, definition in definitions.items()))


def remove_the_first_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field of every action type gets the values of secrets."""
    monkeypatch.setattr("engine.running.preparation.misplaced_fields", lambda *_: [])
    monkeypatch.setattr("engine.running.preparation.fields_for_secrets", lambda _: frozenset({"all"}))


async def test_a_secret_in_any_place_is_found_nowhere(
    client: httpx.AsyncClient,
    scripted: PartnerService,
    database_url: str,
    tmp_path: Path,
    written_log: WrittenLog,
) -> None:
    runs = Runs(client, scripted)
    await run_all(runs, client, installed_actions())
    await asyncio.gather(*(runs.run(f"workflow {place.name}", place.value) for place in workflow_places()))
    everything = await runs.told(database_url, tmp_path)
    assert found_in(everything) == {}
    assert found_in(written_log.text) == {}

    # The calls that it was meant for had it, and nothing else had.
    reached = {request["path"] for request in scripted.requests if PLAIN in str(request)}
    assert reached == {"/echo", f"/{PLAIN}", TOLD}
    sent = [name for name, ended in runs.ended.items() if "[secret:canary]" in json.dumps(ended["result"])]
    assert {"service_call headers{*}", "service_call parameters{*}", "notification message"} <= {*sent}
    refused = runs.ended["sub_workflow parameters{*}"]["result"]["main"]["error"]
    assert refused["code"] == "INVALID_CONFIG"
    assert refused["message"] == "config.parameters must not use secrets: save the workflow without them there"
    assert len(runs.ended) > 60


async def test_what_would_be_stored_and_passed_on_is_redacted_as_well(
    client: httpx.AsyncClient,
    scripted: PartnerService,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second wall holds by itself: parameters of children, addresses, notes, responses, errors."""
    remove_the_first_wall(monkeypatch)
    runs = Runs(client, scripted)
    await run_all(runs, client, PASSED_ON)
    assert found_in(await runs.told(database_url, tmp_path)) == {}
    given = runs.ended["sub_workflow parameters{*}"]["result"]["main"]["response"]["result"]["say"]["response"]
    assert given["message"] == "it got [secret:canary]"
    waiting = runs.ended["wait signal"]["result"]["main"]["error"]
    assert waiting["message"] == "it would wait for a message at an address that holds a secret"


async def test_without_both_walls_the_secret_is_found(
    client: httpx.AsyncClient,
    scripted: PartnerService,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tests above can fail."""
    remove_the_first_wall(monkeypatch)
    monkeypatch.setattr(Redactor, "redact", lambda _, value: value)
    monkeypatch.setattr(Redactor, "text", lambda _, text: text)
    monkeypatch.setattr(Redactor, "message", lambda _, text: text)
    runs = Runs(client, scripted)
    await run_all(runs, client, ["notification", "sub_workflow"])
    assert found_in(await runs.told(database_url, tmp_path)).keys() & needles().keys()
