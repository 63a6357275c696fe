"""Keys from a URL: fetched, kept, renewed and withdrawn, from a server that behaves and misbehaves (FAULTS S3)."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.credentials import fetched_keys
from app.credentials.bearer_tokens import BearerTokens
from app.credentials.fetched_keys import MAX_BYTES, REFRESH_SECONDS, RETRY_SECONDS, FetchedKeys
from app.credentials.key_ring import NEEDS_KID, UNKNOWN_KID, KeyRing
from app.credentials.token_keys import SECRET_KID, TokenKey, secret_key
from app.server.serving import serving
from app.settings.reading import load_settings
from app.settings.settings import Environment, Settings, SettingsError
from engine.services.outbound import Outbound
from engine.services.session_transport import SessionTransport
from models.errors import Unauthenticated, Unavailable
from tests.support.calls import JWT_SECRET, NO_TLS, assert_envelope
from tests.support.credentials.token_signing import Json, public_jwk, token_of
from tests.support.scripted_service import ScriptedService
from tests.support.timers import MovableClock, Timers

pytestmark = pytest.mark.asyncio

PATH = "/keys"


def publish(provider: ScriptedService, *entries: Any, status: int = 200) -> None:
    """Let the provider answer with these keys."""
    content = json.dumps({"keys": list(entries)}).encode()
    provider.answers[PATH] = (status, {"content-type": "application/jwk-set+json"}, content)


def fetches(provider: ScriptedService) -> int:
    return len(provider.requests)


def claims(**changes: Any) -> Json:
    now = int(datetime.now(UTC).timestamp())
    return {"sub": "ada", "iat": now, "exp": now + 300, "iss": "orchestrator", "aud": "orchestrator", **changes}


class Provided:
    """Tokens checked by the keys of a provider, with the time in the hands of the test."""

    def __init__(self, url: str, own: list[TokenKey]) -> None:
        self.clock = MovableClock()
        self.timers = Timers()
        self.outbound = Outbound(SessionTransport())
        self.fetched = FetchedKeys(self.outbound, url, self.clock, self.timers)
        self.tokens = BearerTokens(
            keys=KeyRing(own, self.fetched),
            clock=MovableClock(),
            issuer="orchestrator",
            audience="orchestrator",
            max_life_seconds=3_600,
        )

    async def takes(self, kid: str, algorithm: str = "RS256") -> bool:
        """Whether a token of this key is taken."""
        try:
            return (await self.tokens.check(token_of(claims(), algorithm, kid))).user_id == "ada"
        except Unauthenticated as refusal:
            assert refusal.message == UNKNOWN_KID
            return False

    async def pass_time(self, seconds: float) -> None:
        """Let so much time pass, and with it the wait for the next fetch, which must be as long at most."""
        await self.timers.until(lambda waits: len(waits) == 1 and waits[0] <= seconds)
        self.clock.put_forward(seconds)
        self.timers.elapse()
        await self.timers.until(lambda waits: len(waits) == 1)


@pytest_asyncio.fixture
async def provider(scripted: ScriptedService) -> ScriptedService:
    """A provider that publishes one key."""
    publish(scripted, public_jwk("RS256", "k1"))
    return scripted


@pytest_asyncio.fixture
async def provided(provider: ScriptedService) -> AsyncIterator[Provided]:
    made = Provided(provider.url + PATH, [])
    made.fetched.start()
    yield made
    await made.fetched.close()
    await made.outbound.close()


async def test_a_token_of_a_published_key_opens_the_service(provider: ScriptedService, tmp_path: Path) -> None:
    publish(provider, public_jwk("RS256", "k1"), public_jwk("EdDSA", "k2"))
    settings = Settings(
        data_dir=tmp_path / "data",
        environment=Environment.PRODUCTION,
        jwt_jwks_url=provider.url + PATH,
        jwt_secret=JWT_SECRET,
    )
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
    ):
        for token, status in (
            (token_of(claims(), "RS256", "k1"), 200),
            (token_of(claims(), "EdDSA", "k2"), 200),
            (jwt.encode(claims(), JWT_SECRET, headers={"kid": SECRET_KID}), 200),
            (jwt.encode(claims(), JWT_SECRET), 401),  # it might be of any key
            (token_of(claims(), "ES256", "k3"), 401),
        ):
            answered = await client.get("/workflows", headers={"Authorization": f"Bearer {token}"})
            assert answered.status_code == status, answered.text
    assert {request["path"] for request in provider.requests} == {PATH}
    assert list((tmp_path / "data").glob("token_secret")) == []


async def test_the_url_keeps_its_query(provider: ScriptedService) -> None:
    made = Provided(f"{provider.url}{PATH}?p=policy", [])
    await made.fetched.renew()
    assert (provider.requests[0]["path"], provider.requests[0]["query"]) == (PATH, "p=policy")
    assert await made.takes("k1")
    await made.outbound.close()


async def test_a_new_key_is_fetched_when_a_token_names_it_and_at_most_twice_a_minute(
    provider: ScriptedService, provided: Provided
) -> None:
    assert await provided.takes("k1")
    assert fetches(provider) == 1
    provided.clock.put_forward(RETRY_SECONDS)
    publish(provider, public_jwk("RS256", "k1"), public_jwk("ES256", "k2"))
    taken = await asyncio.gather(*(provided.takes(kid, "ES256") for kid in ["k2", *(f"x{n}" for n in range(20))]))
    assert taken == [True] + [False] * 20
    assert fetches(provider) == 2
    publish(provider, public_jwk("ES256", "k3"))
    provided.clock.put_forward(RETRY_SECONDS - 1)
    assert not await provided.takes("k3", "ES256")
    assert fetches(provider) == 2
    provided.clock.put_forward(1)
    assert await provided.takes("k3", "ES256")
    assert not await provided.takes("k1")
    assert fetches(provider) == 3


async def test_a_withdrawn_key_is_not_taken_any_more(provider: ScriptedService, provided: Provided) -> None:
    assert await provided.takes("k1")
    assert await provided.timers.until(lambda waits: len(waits) == 1) == [REFRESH_SECONDS]
    publish(provider, public_jwk("RS256", "k2"))
    await provided.pass_time(REFRESH_SECONDS)
    assert (fetches(provider), await provided.takes("k1"), await provided.takes("k2")) == (2, False, True)
    publish(provider)
    await provided.pass_time(REFRESH_SECONDS)
    assert not await provided.takes("k2")


async def test_known_keys_outlive_a_provider_that_is_away_for_a_day(
    provider: ScriptedService, provided: Provided, caplog: pytest.LogCaptureFixture
) -> None:
    assert await provided.takes("k1")
    publish(provider, status=503)
    await provided.pass_time(REFRESH_SECONDS)
    assert await provided.timers.until(lambda waits: len(waits) == 1) == [RETRY_SECONDS]
    assert "the answer has the status 503" in caplog.text
    assert await provided.takes("k1")
    await provided.pass_time(23 * 3_600)
    assert await provided.takes("k1")
    await provided.pass_time(2 * 3_600)
    with pytest.raises(Unavailable, match="cannot be fetched"):
        await provided.takes("k1")
    publish(provider, public_jwk("RS256", "k1"))
    await provided.pass_time(RETRY_SECONDS)
    assert await provided.takes("k1")


async def redirect(service: ScriptedService, send: Any) -> None:
    """Send the client to a place where there are keys."""
    headers = [(b"location", f"{service.url}/elsewhere".encode())]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def drip(service: ScriptedService, send: Any) -> None:
    """Begin an answer and never end it."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b'{"keys":', "more_body": True})
    await service.released.wait()
    await send({"type": "http.response.body", "body": b""})


async def test_an_answer_that_is_no_key_set_changes_nothing(
    provider: ScriptedService, provided: Provided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched_keys, "DEADLINE_SECONDS", 0.2)
    assert await provided.takes("k1")
    evil = json.dumps({"keys": [public_jwk("RS256", "evil")]}).encode()
    provider.answers["/elsewhere"] = (200, {}, evil)
    for answer in (
        redirect,
        drip,
        (200, {}, b"<html>"),
        (200, {}, b'{"keys": "none"}'),
        (200, {}, evil + b" " * MAX_BYTES),
        (404, {}, evil),
        (200, {"content-encoding": "gzip"}, evil),
    ):
        provider.answers[PATH] = answer
        before = fetches(provider)
        provided.clock.put_forward(RETRY_SECONDS)
        assert not await provided.takes("evil")
        assert fetches(provider) == before + 1
        assert await provided.takes("k1")
    assert "/elsewhere" not in {request["path"] for request in provider.requests}


async def test_a_key_that_cannot_be_used_is_left_out_and_the_others_count(
    provider: ScriptedService, provided: Provided
) -> None:
    secret = "c2VjcmV0" * 8
    publish(
        provider,
        {"kty": "oct", "k": secret, "kid": "shared", "alg": "HS256"},
        public_jwk("RS256", "enc", use="enc"),
        public_jwk("EdDSA", "k1"),
        public_jwk("RS256", "k1"),
        public_jwk("RS256", SECRET_KID),
        {"kty": "later"},
        "text",
    )
    provided.clock.put_forward(RETRY_SECONDS)
    await provided.fetched.renew()
    assert [(key.kid, key.algorithm) for key in provided.fetched.known() or ()] == [("k1", "EdDSA")]
    for key in (secret, secret.encode(), jwt.utils.base64url_decode(secret)):
        with pytest.raises(Unauthenticated):
            await provided.tokens.check(jwt.encode(claims(), key, headers={"kid": "shared"}))


async def test_without_any_answer_nobody_can_say_and_own_keys_count(provider: ScriptedService) -> None:
    provider.answers[PATH] = (500, {}, b"")
    made = Provided(provider.url + PATH, [secret_key(JWT_SECRET)])
    with pytest.raises(Unavailable):
        await made.takes("k1")
    signed = jwt.encode(claims(), JWT_SECRET, headers={"kid": SECRET_KID})
    assert (await made.tokens.check(signed)).user_id == "ada"
    with pytest.raises(Unauthenticated, match=NEEDS_KID):
        await made.tokens.check(jwt.encode(claims(), JWT_SECRET))
    assert fetches(provider) == 1
    await made.outbound.close()


async def test_while_nobody_can_say_the_answer_is_503(provider: ScriptedService, tmp_path: Path) -> None:
    provider.answers[PATH] = (500, {}, b"")
    settings = Settings(data_dir=tmp_path / "data", jwt_jwks_url=provider.url + PATH)
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
    ):
        signed_in = {"Authorization": f"Bearer {token_of(claims(), 'RS256', 'k1')}"}
        answered = await client.get("/workflows", headers=signed_in)
        assert_envelope(answered, 503, "UNAVAILABLE")
        assert answered.headers["retry-after"]
        assert (await client.get("/workflows", headers={"X-User-ID": "ada"})).status_code == 200


async def test_an_address_in_a_token_is_not_asked(provider: ScriptedService, provided: Provided) -> None:
    assert await provided.takes("k1")
    evil = {"jku": f"{provider.url}/jku", "x5u": f"{provider.url}/x5u", "jwk": public_jwk("RS256", "evil")}
    with pytest.raises(Unauthenticated):
        await provided.tokens.check(token_of(claims(), "RS256", "evil", **evil))
    mine = token_of(claims(), "RS256", "k1", **evil)
    assert (await provided.tokens.check(mine)).user_id == "ada"
    assert {request["path"] for request in provider.requests} == {PATH}


async def test_a_service_that_stops_lets_go_of_a_provider_that_hangs(provider: ScriptedService) -> None:
    provider.answers[PATH] = drip
    made = Provided(provider.url + PATH, [])
    made.fetched.start()
    await asyncio.wait_for(provider.arrived.wait(), 20)
    await made.fetched.close()
    assert made.fetched.known() is None
    await made.outbound.close()


async def test_the_address_is_checked_at_the_start() -> None:
    names = {"ORCHESTRATOR_JWT_JWKS_URL": "http://issuer.example/keys"}
    assert load_settings(names).jwt_jwks_url == "http://issuer.example/keys"
    with pytest.raises(SettingsError, match="must be an https:// URL in production"):
        load_settings({**names, "ORCHESTRATOR_ENVIRONMENT": "production"})
    secure = {"ORCHESTRATOR_JWT_JWKS_URL": "https://issuer.example/keys", "ORCHESTRATOR_ENVIRONMENT": "production"}
    assert load_settings(secure).jwt_jwks_url
    for bad in ("issuer.example/keys", "ftp://issuer.example", "https://user:word@issuer.example/keys"):
        with pytest.raises(SettingsError, match="JWT_JWKS_URL is not valid"):
            load_settings({"ORCHESTRATOR_JWT_JWKS_URL": bad})
