"""The strongest credential that is sent decides, and a bad one never falls through (X3, X12, S3, S5)."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from app.credentials.authenticator import authenticator
from app.credentials.bearer_tokens import BearerTokens
from app.credentials.claims import LEEWAY
from app.credentials.key_ring import KeyRing
from app.credentials.token_keys import secret_key
from app.settings.settings import Environment, Settings
from models.errors import Unauthenticated
from models.words import CredentialKind, Permission, Role
from resolvers.context import Viewer
from tests.support.timers import SetClock

SECRET = "a secret of this test " * 4
TEST = Settings(jwt_secret=SECRET)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
LIFE = 600
LEEWAY_SECONDS = int(LEEWAY.total_seconds())
ABSENT = object()


async def no_key(key: str) -> Viewer:
    """Knows no API key."""
    raise Unauthenticated("This API key is not known")


def viewer_of(headers: dict[str, str], settings: Settings = TEST) -> Viewer | None:
    keys = [secret_key(settings.jwt_secret)] if settings.jwt_secret else []
    tokens = BearerTokens(
        keys=KeyRing(keys, None),
        clock=SetClock(NOW),
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        max_life_seconds=settings.jwt_max_life_seconds,
    )
    authenticate = authenticator(tokens.check, no_key, trusts_user_header=settings.trusts_user_header)

    async def ask() -> Viewer | None:
        return await authenticate(headers)

    return asyncio.run(ask())


def refused(headers: dict[str, str], settings: Settings = TEST) -> str:
    with pytest.raises(Unauthenticated) as caught:
        viewer_of(headers, settings)
    return caught.value.message


def by_token(user_id: str, tenant: str, role: Role) -> Viewer:
    """The viewer of a token of `claims`."""
    end = NOW + timedelta(seconds=LIFE) + LEEWAY
    proof = secret_key(SECRET).fingerprint
    return Viewer(user_id, tenant, role, credential=CredentialKind.BEARER, expires_at=end, proof=proof)


def claims(**changes: Any) -> dict[str, Any]:
    full = {
        "sub": "ada",
        "iat": SECOND,
        "exp": SECOND + LIFE,
        "iss": "orchestrator",
        "aud": "orchestrator",
        **changes,
    }
    return {name: value for name, value in full.items() if value is not ABSENT}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def signed(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> dict[str, str]:
    return bearer(jwt.encode(claims(**changes), secret, algorithm))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


# --- no credential and X-User-ID -----------------------------------------------------------------


def test_without_a_credential_the_caller_is_anonymous() -> None:
    assert viewer_of({}) is None
    assert viewer_of({"content-type": "application/json"}) is None


def test_a_user_id_is_an_editor_of_the_default_tenant() -> None:
    viewer = viewer_of({"x-user-id": "ada"})
    assert viewer == Viewer("ada", "default", Role.EDITOR, credential=CredentialKind.USER_HEADER)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(environment=Environment.PRODUCTION),
        Settings(environment=Environment.PRODUCTION, host="0.0.0.0"),  # noqa: S104 - nothing is bound
        Settings(host="0.0.0.0"),  # noqa: S104 - nothing is bound
        Settings(host="::"),
        Settings(host="10.0.0.1"),
        Settings(host="example.com"),
    ],
)
def test_a_user_id_is_no_credential_outside_the_test_environment_on_loopback(settings: Settings) -> None:
    assert "test environment" in refused({"x-user-id": "ada"}, settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_user_id_needs_no_configuration_on_loopback(host: str) -> None:
    assert viewer_of({"x-user-id": "ada"}, Settings(host=host)) is not None


@pytest.mark.parametrize("user_id", ["", " ", "\t", "a" * 201, "a\x00", "\ud800"])
def test_a_bad_user_id_is_refused_and_not_anonymous(user_id: str) -> None:
    assert refused({"x-user-id": user_id}) == "A user id has 1 to 200 characters"


@pytest.mark.parametrize("user_id", ["a", "a" * 200, "test-user-123", "é", "a b"])
def test_any_other_user_id_is_taken_as_it_is(user_id: str) -> None:
    viewer = viewer_of({"x-user-id": user_id})
    assert viewer is not None
    assert viewer.user_id == user_id


# --- bearer tokens -------------------------------------------------------------------------------


def test_a_valid_token_names_its_user() -> None:
    assert viewer_of(signed()) == by_token("ada", "default", Role.VIEWER)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    token = jwt.encode(claims(), SECRET)
    assert viewer_of({"authorization": f"{scheme}  {token} "}) is not None


def test_a_token_is_valid_in_production_too() -> None:
    settings = Settings(jwt_secret=SECRET, environment=Environment.PRODUCTION, host="10.0.0.1")
    assert viewer_of(signed(), settings) is not None


def test_a_token_names_its_tenant() -> None:
    assert viewer_of(signed(tenant="acme")) == by_token("ada", "acme", Role.VIEWER)


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (ABSENT, Role.VIEWER),
        ([], Role.VIEWER),
        (["viewer"], Role.VIEWER),
        (["operator"], Role.OPERATOR),
        (["editor"], Role.EDITOR),
        (["admin"], Role.ADMIN),
        (["viewer", "admin"], Role.ADMIN),
        (["editor", "viewer"], Role.EDITOR),
        (["root"], Role.VIEWER),
        (["root", "operator"], Role.OPERATOR),
        ([1, None, {}], Role.VIEWER),
        (["ADMIN"], Role.VIEWER),
    ],
)
def test_the_strongest_known_role_counts_and_viewer_is_the_least(roles: Any, role: Role) -> None:
    viewer = viewer_of(signed(roles=roles))
    assert viewer is not None
    assert viewer.role is role


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tenant": None}, "tenant is a plain word"),
        ({"tenant": 1}, "tenant is a plain word"),
        ({"tenant": ["a"]}, "tenant is a plain word"),
        ({"tenant": "a b"}, "tenant is a plain word"),
        ({"tenant": "a" * 101}, "tenant is a plain word"),
        ({"roles": "admin"}, "roles is a list"),
        ({"roles": None}, "roles is a list"),
        ({"roles": {"admin": 1}}, "roles is a list"),
        ({"scope": None}, "scope is a text"),
        ({"scope": ["workflow:read"]}, "scope is a text"),
    ],
)
def test_a_claim_of_the_wrong_type_is_refused(changes: dict[str, Any], said: str) -> None:
    assert refused(signed(**changes)).startswith(f"The bearer token is not valid: {said}")


@pytest.mark.parametrize(
    ("scope", "permissions"),
    [
        (ABSENT, None),
        ("", frozenset()),
        ("workflow:read", frozenset({Permission.WORKFLOW_READ})),
        (" workflow:read  execution:read ", frozenset({Permission.WORKFLOW_READ, Permission.EXECUTION_READ})),
        ("openid profile", frozenset()),
        ("workflow:* WORKFLOW:READ workflow:read,execution:read", frozenset()),
        ("root workflow:read", frozenset({Permission.WORKFLOW_READ})),
    ],
)
def test_a_scope_narrows_to_the_words_that_are_known(scope: Any, permissions: frozenset[Permission] | None) -> None:
    viewer = viewer_of(signed(scope=scope, roles=["admin"]))
    assert viewer is not None
    assert (viewer.role, viewer.scope) == (Role.ADMIN, permissions)


@pytest.mark.parametrize("claim", ["sub", "exp", "iat", "iss", "aud"])
def test_a_token_without_a_required_claim_is_refused(claim: str) -> None:
    assert refused(signed(**{claim: ABSENT})).startswith("The bearer token is not valid: ")


def bad_tokens() -> dict[str, dict[str, str]]:
    header, payload, signature = jwt.encode(claims(), SECRET).split(".")
    unsigned, misspelled = base64url(b'{"alg":"none"}'), base64url(b'{"alg":"None"}')
    other_payload = base64url(json.dumps(claims(sub="eve")).encode())
    return {
        "expired": signed(iat=SECOND - LIFE, exp=SECOND - LEEWAY_SECONDS),
        "expired long ago": signed(iat=0, exp=1),
        "expiry is no number": signed(exp="never"),
        "issued in the future": signed(iat=SECOND + LEEWAY_SECONDS + 1),
        "not valid yet": signed(nbf=SECOND + LEEWAY_SECONDS + 1),
        "wrong issuer": signed(iss="someone-else"),
        "wrong audience": signed(aud="another-service"),
        "wrong audiences": signed(aud=["another-service", "more"]),
        "wrong key": signed(secret="another secret of this test " * 4),
        "wrong algorithm": signed(algorithm="HS512"),
        "no algorithm": bearer(jwt.encode(claims(), None, algorithm="none")),
        "algorithm none with a signature": bearer(f"{unsigned}.{payload}.{signature}"),
        "spelled None": bearer(f"{misspelled}.{payload}."),
        "signature cut off": bearer(f"{header}.{payload}."),
        "signature left out": bearer(f"{header}.{payload}"),
        "other payload": bearer(f"{header}.{other_payload}.{signature}"),
        "user is no string": bearer(jwt.encode(claims(sub=5), SECRET)),
        "user is empty": signed(sub=""),
        "user is too long": signed(sub="a" * 201),
        "user holds a NUL": signed(sub="a\x00"),
        "empty": {"authorization": "Bearer "},
        "no token": {"authorization": "Bearer"},
        "garbage": bearer("garbage"),
        "dots": bearer(".."),
        "no ASCII": bearer("é.é.é"),
        "deep header": bearer(f"{base64url(b'[' * 50_000)}.{payload}.{signature}"),
        "other scheme": {"authorization": "Basic YWRhOnB3"},
        "no scheme": {"authorization": jwt.encode(claims(), SECRET)},
        "blank": {"authorization": ""},
    }


BAD_TOKENS = list(bad_tokens())


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_bad_authorization_is_refused(name: str) -> None:
    assert refused(bad_tokens()[name])


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_bad_authorization_never_falls_through_to_a_weaker_credential(name: str) -> None:
    assert refused({**bad_tokens()[name], "x-api-key": "key", "x-user-id": "ada"})


@pytest.mark.parametrize("sent", ["abc", "orch_abc", "a.b.c"])
def test_what_is_no_token_is_told_where_tokens_and_keys_come_from(sent: str) -> None:
    told = refused(bearer(sent))
    assert told.endswith("it is no JWT: make one by 'orchestrator token', or send an API key as X-API-Key")


def test_a_refused_token_is_not_repeated_in_the_message() -> None:
    headers = signed(iss="someone-else")
    assert headers["authorization"].split()[1] not in refused(headers)
    assert SECRET not in refused(headers)


def test_both_clocks_may_differ_by_the_leeway_and_that_is_at_most_a_minute() -> None:
    assert viewer_of(signed(iat=SECOND - LIFE, exp=SECOND - LEEWAY_SECONDS + 1)) is not None
    assert viewer_of(signed(iat=SECOND + LEEWAY_SECONDS, nbf=SECOND + LEEWAY_SECONDS)) is not None
    assert 0 <= LEEWAY_SECONDS <= 60


def test_the_configured_issuer_and_audience_count() -> None:
    settings = Settings(jwt_secret=SECRET, jwt_issuer="https://issuer", jwt_audience="api")
    assert viewer_of(signed(iss="https://issuer", aud=["api", "other"]), settings) is not None
    assert refused(signed(), settings)


def test_without_a_configured_key_no_token_is_valid() -> None:
    settings = Settings(environment=Environment.PRODUCTION)
    assert "configured key" in refused(signed(), settings)
    assert refused({**signed(), "x-user-id": "ada"}, settings)
    assert refused(bearer(jwt.encode(claims(), None, algorithm="none")), settings)


# --- the order of credentials --------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "unknown"])
def test_an_unknown_api_key_is_refused_and_never_falls_through(key: str) -> None:
    assert refused({"x-api-key": key}) == "This API key is not known"
    assert refused({"x-api-key": key, "x-user-id": "ada"}) == "This API key is not known"


def test_a_valid_token_wins_over_weaker_credentials() -> None:
    viewer = viewer_of({**signed(sub="grace"), "x-api-key": "unknown", "x-user-id": "ada"})
    assert viewer == by_token("grace", "default", Role.VIEWER)
