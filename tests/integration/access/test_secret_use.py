"""Secrets in templates: resolved for each attempt at the moment of its call, and not before."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from app.composition import running_services
from app.settings.settings import Settings
from engine.secrets.values import SecretStore
from models.database.database import Work
from models.errors import Unavailable
from models.words import ExecutionStatus
from resolvers.context import Context, Services
from resolvers.executions.streams import execution_events
from resolvers.operations.health import get_health
from tests.support import calls
from tests.support.calls import answer, call, graphql, held, notify, soon
from tests.support.engine_calls import ADA, ONE_PROCESS, crashing, create, execute, journal, redispatched
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.secrets.secret_calls import SET, VALUE, keep

pytestmark = pytest.mark.asyncio


# --- templates -----------------------------------------------------------------------------------


async def test_a_secret_that_does_not_exist_is_a_warning_when_the_workflow_is_saved(client: httpx.AsyncClient) -> None:
    await graphql(client, SET, input={"name": "there", "value": VALUE})
    made = await calls.create(
        client, "Warned", notify("a", "{{secrets.there}}"), notify("b", "{{ secrets.gone }} {{secrets}}")
    )
    assert made["warnings"] == [
        "action 'b': '{{secrets}}' cannot be read: 'secrets' is all secrets: name one at character 1, so the action "
        "will fail with EXPRESSION_ERROR",
        "action 'b': '{{secrets.gone}}' names no secret, so the action will fail with EXPRESSION_ERROR until there "
        "is one",
    ]
    path = f"/workflows/{made['workflow_id']}"
    changed = await client.put(path, json={"actions": [notify("b", "{{secrets.gone}}")]})
    assert [warning.split("'")[3] for warning in changed.json()["warnings"]] == ["{{secrets.gone}}"]
    await graphql(client, SET, input={"name": "gone", "value": VALUE})
    mended = await client.put(path, json={"actions": [notify("c", "{{secrets.gone}}")]})
    assert "warnings" not in mended.json() or mended.json()["warnings"] == []


MISSING = {
    "{{secrets.gone}}": "'{{secrets.gone}}' has no value: there is no secret 'gone', set it with setSecret",
    "{{secrets.token.part}}": "'{{secrets.token.part}}' has no value: 'secrets.token' has no 'part'",
    "{{secrets[0]}}": "'{{secrets[0]}}' has no value: 'secrets' has no '0'",
    "{{secrets}} {{secrets.token}}": "'{{secrets}}' cannot be read",
}


async def test_a_secret_that_is_not_there_fails_the_action_with_its_name(ctx: Context) -> None:
    await keep(ctx, "token")
    actions = [notify(f"a{number}", template, on_error="continue") for number, template in enumerate(MISSING)]
    execution = await execute(ctx, await create(ctx, *actions), async_execution=False)
    for action, message in zip(execution.actions, MISSING.values(), strict=True):
        assert action.error is not None
        assert (action.error["code"], action.error["retryable"]) == ("EXPRESSION_ERROR", False)
        assert message in action.error["message"]


async def test_secrets_come_alone_or_within_text_wherever_a_template_may_stand(
    ctx: Context, scripted: ScriptedService
) -> None:
    await keep(ctx, "token")
    await keep(ctx, "path-part", "p4th-p4rt")
    config = {
        "endpoint": "/at/{{secrets.path-part}}",
        "headers": {"X-Alone": '{{ secrets["token"] }}', "X-Within": "Bearer {{secrets.token}}"},
        "parameters": {"list": ["{{secrets.token}}", {"deep": "<{{secrets.token}}{{secrets.path-part}}>"}], "n": 1},
    }
    await execute(ctx, await create(ctx, call("send", "/", config)), async_execution=False)
    (request,) = scripted.requests
    assert request["path"] == "/at/p4th-p4rt"
    assert (request["headers"]["x-alone"], request["headers"]["x-within"]) == (VALUE, f"Bearer {VALUE}")
    assert json.loads(request["body"]) == {"list": [VALUE, {"deep": f"<{VALUE}p4th-p4rt>"}], "n": 1}


async def test_a_value_that_looks_like_a_template_of_a_secret_stays_text(
    ctx: Context, scripted: ScriptedService
) -> None:
    await keep(ctx, "token")
    await keep(ctx, "sly", "{{secrets.token}} it says")
    scripted.answers["/first"] = answer({"said": "{{secrets.token}}"})
    config = {"parameters": {"p": "{{p}}", "first": "{{first.response.said}}", "sly": "{{secrets.sly}}"}}
    workflow = await create(
        ctx, call("first", "/first"), call("send", "/", config), parameters=[{"name": "p", "type": "string"}]
    )
    await execute(ctx, workflow, parameters={"p": "{{secrets.token}}"}, async_execution=False)
    sent = json.loads(scripted.requests[-1]["body"])
    assert sent == {"p": "{{secrets.token}}", "first": "{{secrets.token}}", "sly": "{{secrets.token}} it says"}


async def test_a_service_is_not_chosen_by_a_secret(client: httpx.AsyncClient) -> None:
    sly = call("sly", "/", {"service": "{{secrets.token}}"})
    refused = await client.post("/workflows", json={"name": "Sly", "actions": [sly]})
    (detail,) = refused.json()["detail"]
    assert detail["loc"] == ["body", "actions", 0, "config", "service"]
    places = "body, endpoint, headers, parameters, query"
    assert detail["msg"] == f"must not use secrets: of this configuration they may stand in {places} alone"


@ONE_PROCESS
async def test_an_action_without_secrets_asks_for_none(ctx: Context, scripted: ScriptedService) -> None:
    asked: list[Any] = []

    class Watched(SecretStore):
        async def values(self, *args: Any, **more: Any) -> dict[str, str]:
            asked.append(args)
            return await super().values(*args, **more)

    await keep(ctx, "token")
    both = [call("a", "/", {"headers": {"X": "{{secrets.token}}"}}), call("b", "/"), notify("c", "{{b.status}}")]
    async with redispatched(ctx, secrets=Watched(ctx.services.database, ctx.services.secrets.cipher)) as watched:
        await execute(watched, await create(ctx, call("a", "/"), notify("b"), name="plain"), async_execution=False)
        assert asked == []
        await execute(watched, await create(ctx, *both, name="secret"), async_execution=False)
    used, none = frozenset({"token"}), frozenset()
    assert sorted(asked, key=len) == [("default", used, used), ("default", none, used)]


# --- at which moment -----------------------------------------------------------------------------


def fails_once_and(then: Callable[[], Any]) -> Callable[[ScriptedService, Any], Any]:
    """An answer of 503 to the first request, before which something happens, and of 200 to the others."""

    async def respond(service: ScriptedService, send: Any) -> None:
        is_first = len(service.requests) == 1
        if is_first:
            await then()
        await send({"type": "http.response.start", "status": 503 if is_first else 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return respond


async def test_each_attempt_resolves_its_secrets_again(ctx: Context, scripted: ScriptedService) -> None:
    await keep(ctx, "token", "first-value")
    scripted.answers["/flaky"] = fails_once_and(lambda: keep(ctx, "token", "second-value"))
    config = {"headers": {"X-Token": "{{secrets.token}}"}}
    step = call("step", "/flaky", config, retry={"initial_delay_seconds": 0.01})
    execution = await execute(ctx, await create(ctx, step), async_execution=False)
    assert execution.status is ExecutionStatus.COMPLETED
    assert [request["headers"]["x-token"] for request in scripted.requests] == ["first-value", "second-value"]


async def test_after_a_crash_an_attempt_resolves_its_secrets_again(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    config = {"headers": {"X-Token": "{{secrets.token}}"}}
    async with crashing(settings) as ctx:
        await keep(ctx, "token", "before-the-crash")
        execution = await execute(ctx, await create(ctx, call("step", "/held", config)))
        await soon(scripted.arrived)
        await keep(ctx, "token", "after-the-crash")

    scripted.released.set()
    async with running_services(settings) as services:
        events = await journal(Context(ADA, services), execution.id)
    assert events[-1].type == "execution_completed"
    assert [request["headers"]["x-token"] for request in scripted.requests] == ["before-the-crash", "after-the-crash"]


async def test_an_attempt_that_waits_at_a_gate_resolves_its_secrets_when_it_gets_through(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    narrow = {"scripted": scripted.service("scripted", max_concurrency=1)}
    config = {"headers": {"X-Token": "{{secrets.token}}"}}
    async with running_services(msgspec.structs.replace(settings, services=narrow)) as services:
        ctx = Context(ADA, services)
        await keep(ctx, "token", "while-it-waits")
        execution = await execute(ctx, await create(ctx, call("first", "/held"), call("second", "/after", config)))
        await soon(scripted.arrived)
        await keep(ctx, "token", "when-it-goes")
        scripted.released.set()
        async for _ in execution_events(ctx, execution.id):
            pass
    assert scripted.requests[-1]["headers"]["x-token"] == "when-it-goes"


class AwayFor:
    """A database that does not answer for a number of reads, or for ever."""

    def __init__(self, services: Services, reads: int) -> None:
        self._database = services.database
        self.reads = reads

    async def read(self, work: Work[Any]) -> Any:
        self.reads -= 1
        if self.reads >= 0:
            raise Unavailable("away")
        return await self._database.read(work)


@ONE_PROCESS
async def test_while_the_database_is_away_an_attempt_waits(
    ctx: Context, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.secrets.values.RETRY_SECONDS", 0.01)
    await keep(ctx, "token")
    away: Any = AwayFor(ctx.services, 3)
    config = {"headers": {"X-Token": "{{secrets.token}}"}}
    workflow = await create(ctx, call("step", "/", config))
    async with redispatched(ctx, secrets=SecretStore(away, ctx.services.secrets.cipher)) as cut_off:
        execution = await execute(cut_off, workflow, async_execution=False)
    assert execution.status is ExecutionStatus.COMPLETED
    assert away.reads == -1
    assert scripted.requests[0]["headers"]["x-token"] == VALUE


@ONE_PROCESS
async def test_it_waits_no_longer_than_its_time_out_and_says_nothing_about_the_service(
    ctx: Context, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.secrets.values.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("engine.running.attempt.OVERTIME_SECONDS", -0.9)
    await keep(ctx, "token")
    away: Any = AwayFor(ctx.services, 1_000_000)
    config = {"headers": {"X-Token": "{{secrets.token}}"}}
    workflow = await create(ctx, call("step", "/", config, timeout_seconds=1, retry={"max_attempts": 1}))
    async with redispatched(ctx, secrets=SecretStore(away, ctx.services.secrets.cipher)) as cut_off:
        execution = await execute(cut_off, workflow, async_execution=False)
    assert execution.error is not None
    assert (execution.error["code"], execution.error["retryable"]) == ("SECRET_UNREADABLE", True)
    assert scripted.requests == []
    gates = (await get_health(ctx)).service_gates
    assert gates is not None
    assert gates["scripted"].consecutive_failures == 0
