"""A service that takes tokens is called with a good one, asked for once, and nobody sees it or what it was got by."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from engine.actions.protocol import ActionResources
from engine.actions.service_call import ServiceCall
from engine.actions.service_call_config import ServiceCallConfig
from engine.core.failure import ActionFailed
from engine.services.access_tokens import AccessTokens
from engine.services.directory import ServiceDirectory
from engine.services.outbound import Outbound
from engine.services.registry import ClientCredentials, Service
from models.words import ActionErrorCode
from tests.support.core.by_httpx import answering
from tests.support.core.service_calls import config, running
from tests.support.timers import SetClock

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
BY = ClientCredentials("http://login/token", "me:you", client_secret="a secret of the client", scope="read")


class World:
    """A service and its token endpoint: `given` are the tokens, `taken` those with which the service was called."""

    def __init__(self, answer: Callable[[int], httpx.Response] | None = None) -> None:
        self.clock = SetClock(NOW)
        self.given: list[httpx.Request] = []
        self.taken: list[str] = []
        self.good: set[str] | None = None
        self._answer = answer or (
            lambda number: httpx.Response(200, json={"access_token": f"good-token-{number}", "expires_in": 100})
        )
        outbound = Outbound(answering(self._answered))
        services = {"analysis": Service("analysis", "http://analysis", client_credentials=BY)}
        secrets: Any = None  # those of the operator are in the settings
        directory = ServiceDirectory(services, self.clock, outbound, tokens=AccessTokens(self.clock, secrets))
        self.action = ServiceCall(ActionResources(outbound, directory, self.clock))

    async def call(self, **fields: Any) -> Any:
        """What comes of one call."""
        self.made = running(ServiceCallConfig.model_validate(config(**fields)))
        return (await self.action.run(self.made)).response

    def _answered(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "login":
            self.given.append(request)
            return self._answer(len(self.given))
        token = request.headers["authorization"].removeprefix("Bearer ")
        self.taken.append(token)
        return httpx.Response(200 if self.good is None or token in self.good else 401, json={"seen": token})


def test_a_token_is_asked_for_once_and_kept_while_it_is_good() -> None:
    world = World()

    async def calls() -> None:
        await asyncio.gather(*(world.call() for _ in range(20)))
        world.clock.moment = NOW + timedelta(seconds=89)
        await world.call()
        world.clock.moment = NOW + timedelta(seconds=91)
        await world.call()

    asyncio.run(calls())
    assert world.taken == ["good-token-1"] * 21 + ["good-token-2"]
    [asked, _] = world.given
    assert parse_qs(asked.content.decode()) == {"grant_type": ["client_credentials"], "scope": ["read"]}
    assert asked.headers["authorization"] == "Basic bWUlM0F5b3U6YStzZWNyZXQrb2YrdGhlK2NsaWVudA=="


def test_after_a_401_there_is_another_token_once() -> None:
    world = World()
    world.good = {"good-token-2"}
    assert asyncio.run(world.call()) == {"seen": "good-token-2"}
    world.good = set()
    with pytest.raises(ActionFailed, match="answered 401"):
        asyncio.run(world.call())
    assert world.taken == ["good-token-1", "good-token-2", "good-token-2", "good-token-3"]


def test_a_token_that_comes_back_is_hidden() -> None:
    world = World()
    shown = json.dumps(asyncio.run(world.call()))
    assert "good-token-1" in shown
    assert world.made.redactor.text(shown) == shown.replace("good-token-1", "[secret:services.analysis.token]")
    assert BY.client_secret not in world.made.redactor.text(f"{BY.client_secret}")


@pytest.mark.parametrize(
    ("answer", "says", "retryable"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), "answered 401 invalid_client", False),
        (httpx.Response(400, json={"error": "a secret of the client"}), "answered 400", False),
        (httpx.Response(503, content=b"<html>"), "answered 503", True),
        (httpx.Response(200, content=b"[]"), "without an access_token", False),
        (httpx.Response(200, json={"access_token": "a\r\nb"}), "without an access_token", False),
    ],
)
def test_where_there_is_no_token_nobody_is_called(answer: httpx.Response, says: str, retryable: bool) -> None:
    world = World(lambda _: answer)
    with pytest.raises(ActionFailed, match=says) as caught:
        asyncio.run(world.call())
    failure = caught.value
    assert (failure.code, failure.retryable, failure.repeatable) == (ActionErrorCode.TOKEN_REFUSED, retryable, True)
    assert (world.taken, BY.client_secret in failure.message) == ([], False)


def test_an_endpoint_that_is_away_says_so() -> None:
    def away(_: int) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(ActionFailed, match=r"gave no answer \(CONNECTION_ERROR"):
        asyncio.run(World(away).call())


class Hangs:
    """A token endpoint that is asked, and gives no answer before it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.released = asyncio.Event()

    async def send(self, _request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await self.released.wait()
        return httpx.Response(503)

    async def close(self) -> None:
        """Nothing is open."""


def test_no_call_waits_for_a_token_longer_than_it_may_take() -> None:
    async def calls() -> tuple[list[Any], int]:
        hangs, clock = Hangs(), SetClock(NOW)
        secrets: Any = None
        services = {"analysis": Service("analysis", "http://analysis", client_credentials=BY)}
        directory = ServiceDirectory(services, clock, Outbound(hangs), tokens=AccessTokens(clock, secrets))
        callee = directory.find("default", "analysis")
        assert callee is not None
        sent = (callee.call("GET", "http://analysis/a", headers={}, timeout_seconds=0.01) for _ in range(20))
        return await asyncio.gather(*sent, return_exceptions=True), hangs.asked

    failures, asked = asyncio.run(calls())
    assert {(failure.code, failure.retryable, failure.repeatable) for failure in failures} == {
        (ActionErrorCode.TOKEN_REFUSED, True, True)
    }
    assert "gave no token: there was none within 0.01 s" in failures[0].message
    assert asked == 1


def test_all_who_wait_for_a_token_share_what_comes_of_it() -> None:
    world = World(lambda _: httpx.Response(503))

    async def calls() -> list[Any]:
        return await asyncio.gather(*(world.call() for _ in range(20)), return_exceptions=True)

    failures = asyncio.run(calls())
    assert {failure.code for failure in failures} == {ActionErrorCode.TOKEN_REFUSED}
    assert len({id(failure) for failure in failures}) == 20
    assert len(world.given) == 1
