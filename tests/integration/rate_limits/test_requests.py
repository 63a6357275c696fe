"""What a caller may ask for in a minute: on both edges, by cost, and over all nodes (X5, S15)."""

from typing import Any

import httpx
import pytest

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import PRODUCTION_RATE_LIMIT, Settings
from resolvers.access.quota import WINDOW_SECONDS
from tests.support.calls import (
    NO_TLS,
    Json,
    assert_envelope,
    create,
    notify,
    token,
)
from tests.support.edges.rate_limits import CHEAP, LIMIT, left, limited, quota_of, served, statuses
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio


# --- REST ----------------------------------------------------------------------------------------


async def test_production_takes_a_hundred_requests_a_minute_of_a_user(settings: Settings) -> None:
    async with served(settings, rate_limit=None) as client:
        answered = [await client.get("/workflows") for _ in range(PRODUCTION_RATE_LIMIT)]
        assert {answer.status_code for answer in answered} == {200}
        said = [quota_of(answer) for answer in answered]
        assert [remaining for _, remaining, _, _ in said] == list(range(PRODUCTION_RATE_LIMIT - 1, -1, -1))
        assert {(limit, policy) for limit, _, _, policy in said} == {(100, "100;w=60")}
        assert all(0 < reset <= WINDOW_SECONDS for _, _, reset, _ in said)
        refused = await client.get("/workflows")
        assert "try again in" in assert_envelope(refused, 429, "RATE_LIMITED")
        assert quota_of(refused)[1] == 0
        assert int(refused.headers["retry-after"]) == quota_of(refused)[2]


async def test_after_the_time_that_was_told_and_not_before_there_is_room_again(
    node: httpx.AsyncClient, clock: MovableClock
) -> None:
    assert await statuses(node, LIMIT) == [200] * LIMIT
    seconds = int((await node.get("/workflows")).headers["retry-after"])
    clock.put_forward(seconds - 2)
    assert (await node.get("/workflows")).status_code == 429
    clock.put_forward(2)
    assert (await node.get("/workflows")).status_code == 200


async def test_each_user_of_each_tenant_has_a_quota(node: httpx.AsyncClient) -> None:
    assert await statuses(node, LIMIT + 1) == [200] * LIMIT + [429]
    for others in (token("eve", "default", "editor"), token("ada", "another", "editor")):
        assert await statuses(node, 1, headers=others) == [200]


async def test_what_is_refused_is_not_done_and_a_refusal_costs_nothing(
    node: httpx.AsyncClient, clock: MovableClock
) -> None:
    assert await statuses(node, LIMIT) == [200] * LIMIT
    refused = await node.post("/workflows", json={"name": "w", "actions": []})
    assert_envelope(refused, 429, "RATE_LIMITED")
    assert set(await statuses(node, 2 * LIMIT)) == {429}
    clock.put_forward(WINDOW_SECONDS)
    listed = await node.get("/workflows")
    assert (listed.json()["workflows"], quota_of(listed)[1]) == ([], LIMIT - 1)


async def test_health_and_metrics_are_free_and_say_nothing_of_a_quota(node: httpx.AsyncClient) -> None:
    for path in ("/workflows/health", "/healthz", "/readyz", "/metrics", "/openapi.json"):
        answered = [await node.get(path) for _ in range(LIMIT + 1)]
        assert {answer.status_code for answer in answered} == {200}
        assert not any("ratelimit-limit" in answer.headers for answer in answered)
    assert await left(node) == LIMIT - 1


async def test_a_limit_of_0_is_none(settings: Settings) -> None:
    async with served(settings, rate_limit=0) as client:
        answered = [await client.get("/workflows") for _ in range(LIMIT + 1)]
        assert {answer.status_code for answer in answered} == {200}
        assert not any("ratelimit-limit" in answer.headers for answer in answered)


# --- strangers -----------------------------------------------------------------------------------


async def test_whoever_is_not_signed_in_is_counted_by_address(node: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=node.base_url) as stranger:
        assert await statuses(stranger, LIMIT + 1) == [401] * LIMIT + [429]
        refused = await stranger.post("/graphql", json={"query": "{ health { status } }"})
        limited(refused)
    assert (await node.get("/workflows")).status_code == 200  # the same address, and signed in


async def test_guesses_at_a_credential_are_counted_by_address_wherever_they_are_tried(node: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=node.base_url) as guesser:
        guesses = [{"X-API-Key": f"orc_{number}"} for number in range(LIMIT)]
        paths = ("/workflows", "/workflows/health", "/metrics", "/graphql")
        tried = [
            (await guesser.get(paths[number % 4], headers=guess, params={"query": CHEAP})).status_code
            for number, guess in enumerate(guesses)
        ]
        assert tried == [401] * LIMIT
        for path in paths[:3]:
            refused = await guesser.get(path, headers={"Authorization": "Bearer guess"})
            assert_envelope(refused, 429, "RATE_LIMITED")


async def test_who_forwards_is_believed_only_as_a_trusted_proxy(settings: Settings) -> None:
    for proxies, expected in (((), [401] * LIMIT + [429]), (("127.0.0.0/8",), [401] * (LIMIT + 1))):
        parsed = load_proxies(*proxies)
        app = create_app(settings)
        async with (
            serving(app, trusted_proxies=parsed) as url,
            httpx.AsyncClient(base_url=url, verify=NO_TLS) as stranger,
        ):
            found = [
                (await stranger.get("/workflows", headers={"X-Forwarded-For": f"198.51.100.{number}"})).status_code
                for number in range(LIMIT + 1)
            ]
        assert (proxies, found) == (proxies, expected)


def load_proxies(*networks: str) -> Any:
    from app.settings.reading import load_settings

    return load_settings({"ORCHESTRATOR_TRUSTED_PROXIES": ",".join(networks)}).trusted_proxies


# --- pages ---------------------------------------------------------------------------------------


async def test_pages_have_a_budget_of_their_own_and_their_files_are_free(settings: Settings) -> None:
    async with served(settings, user=None) as client:
        password = token("ada", "default", "editor")["Authorization"].removeprefix("Bearer ")
        assert (await statuses(client, LIMIT + 1, headers=token("ada", "default", "editor")))[-1] == 429
        for path in ("/graphql", "/docs"):
            page = await client.get(path, headers={"Accept": "text/html"}, auth=("ada", password))
            assert (path, page.status_code, "ratelimit-limit" in page.headers) == (path, 200, False)
        options: Json = {"headers": {"Accept": "text/html"}, "auth": ("ada", password)}
        assert await statuses(client, LIMIT - 1, "/graphql", **options) == [200] * (LIMIT - 2) + [429]
        for _ in range(LIMIT + 1):
            asset = await client.get("/graphql/assets/nothing.js", auth=("ada", password))
            assert (asset.status_code, "ratelimit-limit" in asset.headers) == (404, False)
        by_guess = [
            (await client.get("/graphql/assets/nothing.js", auth=("ada", "guess"))).status_code
            for _ in range(LIMIT + 1)
        ]
        assert by_guess == [401] * LIMIT + [429]


async def test_a_workflow_is_created_within_the_limit(node: httpx.AsyncClient) -> None:
    assert (await create(node, "w", notify("a")))["name"] == "w"
