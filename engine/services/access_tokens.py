"""Gets the tokens by which services are called (OAuth 2, client credentials), and keeps each as long as it is good."""

import asyncio
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import msgspec

from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.secrets.values import SecretStore
from engine.services.contents import encoded
from engine.services.outbound import Outbound
from engine.services.registry import ClientCredentials, Service
from models.log_context import task_for_all
from models.words import ActionErrorCode

MAX_TOKEN_BYTES = 65_536
FETCH_SECONDS = 30.0
USUAL_SECONDS = 3_600.0
"""How long a token is taken to be good that says nothing: a 401 tells that it is not."""

EARLY = 0.1
"""Such a part of its time before its end a token is replaced, so that none ends on its way."""

MAX_SECONDS = 86_400.0
RETRYABLE_STATUSES = frozenset({429, 500, 502, 503, 504})
Key = tuple[str, str, ClientCredentials]
"""A tenant, the name of a service, and how it is asked for a token."""


class AccessToken(msgspec.Struct, frozen=True):
    """A token, until when it is used, and what it was got by."""

    value: str
    until: datetime
    by: ClientCredentials


class AccessTokens:
    """All of a process: each node asks for its own. Who needs one while it is asked for has what comes of that too."""

    def __init__(self, clock: Clock, secrets: SecretStore) -> None:
        self._clock = clock
        self._secrets = secrets
        self._tokens: dict[tuple[str, str], AccessToken] = {}
        self._asked: dict[Key, asyncio.Task[AccessToken]] = {}

    async def token(self, tenant: str, service: Service, outbound: Outbound, refused: str | None = None) -> str | None:
        """A token that is good, and is not the one that was `refused`; None where the service takes none.

        Raises `ActionFailed` with TOKEN_REFUSED, and where the secret is not there.
        """
        credentials = service.client_credentials
        if credentials is None:
            return None
        known = self._tokens.get((tenant, service.name))
        if known is None or known.by != credentials or known.value == refused or known.until <= self._clock.now():
            known = await self._awaited(tenant, service, credentials, outbound)
        return known.value

    async def _awaited(
        self, tenant: str, service: Service, credentials: ClientCredentials, outbound: Outbound
    ) -> AccessToken:
        """The token that is asked for, by whomever: it goes on for the others where one of them gives up."""
        key = (tenant, service.name, credentials)
        asked = self._asked.get(key)
        if asked is None:
            asked = task_for_all(self._kept(tenant, service, credentials, outbound))
            self._asked[key] = asked
            asked.add_done_callback(lambda done: self._is_answered(key, done))
        try:
            return await asyncio.shield(asked)
        except ActionFailed as failure:
            raise _of_ones_own(failure) from None

    def _is_answered(self, key: Key, done: "asyncio.Task[AccessToken]") -> None:
        del self._asked[key]
        if not done.cancelled():
            done.exception()  # nobody may be left who waits for it

    async def _kept(
        self, tenant: str, service: Service, credentials: ClientCredentials, outbound: Outbound
    ) -> AccessToken:
        fetched = self._tokens[tenant, service.name] = await self._fetched(tenant, service, credentials, outbound)
        return fetched

    async def _fetched(
        self, tenant: str, service: Service, credentials: ClientCredentials, outbound: Outbound
    ) -> AccessToken:
        name = service.name
        secret = credentials.client_secret or await self._secret(tenant, credentials)
        asked_at = self._clock.now()
        form = {"grant_type": "client_credentials", "scope": credentials.scope, "audience": credentials.audience}
        user = b64encode(f"{quote_plus(credentials.client_id)}:{quote_plus(secret)}".encode()).decode()
        try:
            reply = await outbound.call(
                "POST",
                credentials.token_url,
                content=encoded(form, "form"),
                headers={"authorization": f"Basic {user}", "accept": "application/json"},
                timeout_seconds=FETCH_SECONDS,
                max_bytes=MAX_TOKEN_BYTES,
                route=service.token_route,
            )
        except ActionFailed as failure:
            raise token_refused(
                name, f"{credentials.token_url} gave no answer ({failure.code})", retryable=True
            ) from None
        answer = _object(reply.content)
        if reply.status != 200:
            reason = f"{credentials.token_url} answered {reply.status} {_word(answer.get('error'))}".rstrip()
            raise token_refused(name, reason, retryable=reply.status in RETRYABLE_STATUSES)
        value, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            raise token_refused(name, f"{credentials.token_url} answered without an access_token", retryable=False)
        seconds = float(lasts) if isinstance(lasts, int | float) and lasts > 0 else USUAL_SECONDS
        return AccessToken(value, asked_at + timedelta(seconds=min(seconds, MAX_SECONDS) * (1 - EARLY)), credentials)

    async def _secret(self, tenant: str, credentials: ClientCredentials) -> str:
        name = credentials.secret_name or ""
        return (await self._secrets.values(tenant, {name}))[name]


def _object(content: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _word(error: object) -> str:
    """The code of a refusal (RFC 6749, 5.2), which is one word; anything else may quote what was sent."""
    is_word = isinstance(error, str) and len(error) <= 40 and error.replace("_", "").isascii() and error.isidentifier()
    return str(error) if is_word else ""


def token_refused(name: str, reason: str, *, retryable: bool) -> ActionFailed:
    """Nobody was called with it, so to try again does no harm."""
    message = f"service '{name}' gave no token: {reason}"
    return ActionFailed(ActionErrorCode.TOKEN_REFUSED, message, retryable=retryable, repeatable=True)


def _of_ones_own(failure: ActionFailed) -> ActionFailed:
    """The same failure for one of those who share it: each takes its own secrets out of what it says."""
    return ActionFailed(failure.code, failure.message, retryable=failure.retryable, repeatable=failure.repeatable)
