"""Wires what checks credentials for a running service."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from app.credentials.api_keys import ApiKeys
from app.credentials.authenticator import authenticator
from app.credentials.bearer_tokens import BearerTokens
from app.credentials.fetched_keys import FetchedKeys
from app.credentials.key_ring import KeyRing
from app.credentials.last_use import LastUse
from app.credentials.recall import recaller
from app.credentials.token_keys import secret_key
from app.credentials.token_secret import token_secret
from app.settings.settings import Settings
from engine.core.clock import Clock, WallClock
from engine.services.outbound import Outbound
from engine.services.session_transport import SessionTransport
from resolvers.context import EdgeGate, Services
from resolvers.waking import Wait, woken_or_late

log = logging.getLogger("orchestrator.credentials")

GRACE_SECONDS = 1.0
"""How long a stop waits for an absent database to take the last uses of API keys."""


@asynccontextmanager
async def opened_gate(
    settings: Settings,
    services: Services,
    *,
    clock: Clock | None = None,
    wait: Wait = woken_or_late,
) -> AsyncIterator[EdgeGate]:
    """The way in to `services`, by every kind of credential that the settings allow. Raises `SettingsError`."""
    secret = token_secret(settings)
    clock = clock or WallClock()
    outbound = Outbound(SessionTransport())
    fetched = FetchedKeys(outbound, settings.jwt_jwks_url, services.clock, wait) if settings.jwt_jwks_url else None
    last_use = LastUse(services.database, clock)
    ring = KeyRing([*([secret_key(secret)] if secret else []), *settings.jwt_keys_file], fetched)
    tokens = BearerTokens(
        keys=ring,
        clock=clock,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        max_life_seconds=settings.jwt_max_life_seconds,
    )
    keys = ApiKeys(services.database, clock, last_use)
    authenticate = authenticator(tokens.check, keys.check, trusts_user_header=settings.trusts_user_header)
    try:
        if fetched is not None:
            fetched.start()
        log.info("Callers are known by %s", ", ".join(_kinds(settings, has_secret=bool(secret))))
        recall = recaller(ring, keys, trusts_user_header=settings.trusts_user_header)
        yield EdgeGate(services, authenticate, recall, clock, wait)
    finally:
        if fetched is not None:
            await fetched.close()
        await last_use.close(GRACE_SECONDS)
        await outbound.close()


def _kinds(settings: Settings, *, has_secret: bool) -> Iterator[str]:
    yield "API keys"
    if has_secret:
        yield "bearer tokens signed with the secret"
    if settings.jwt_keys_file:
        yield f"bearer tokens of {len(settings.jwt_keys_file)} public keys"
    if settings.jwt_jwks_url:
        yield "bearer tokens of fetched keys"
    if settings.trusts_user_header:
        yield "X-User-ID"
