"""Bearer tokens under attack: what RFC 8725 warns of, for each kind of key (FAULTS S3)."""

import asyncio
import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from app.credentials.bearer_tokens import MAX_LENGTH, BearerTokens
from app.credentials.key_ring import NEEDS_KID, NO_KEYS, UNKNOWN_KID, KeyRing
from app.credentials.token_keys import SECRET_KID, TokenKey, public_key, secret_key
from models.errors import Unauthenticated
from resolvers.context import Viewer
from tests.support.credentials.token_signing import Json, private_key, public_jwk, public_pem, token_of
from tests.support.timers import SetClock

ASYMMETRIC = ("RS256", "ES256", "EdDSA")
SECRET = "a secret of this test " * 4
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
MAX_LIFE = 3_600


def claims(**changes: Any) -> Json:
    return {
        "sub": "ada",
        "iat": SECOND,
        "exp": SECOND + 600,
        "iss": "orchestrator",
        "aud": "orchestrator",
        **changes,
    }


def check(token: str, *keys: TokenKey) -> Viewer:
    tokens = BearerTokens(
        keys=KeyRing(keys, None),
        clock=SetClock(NOW),
        issuer="orchestrator",
        audience="orchestrator",
        max_life_seconds=MAX_LIFE,
    )
    return asyncio.run(tokens.check(token))


def refused(token: str, *keys: TokenKey) -> str:
    with pytest.raises(Unauthenticated) as caught:
        check(token, *keys)
    return caught.value.message


def key(algorithm: str, name: str = "", **more: Any) -> TokenKey:
    return public_key(public_jwk(algorithm, name, **more))


def base64url(content: bytes | Json) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def forged(header: Json, body: Json, secret: bytes) -> str:
    """A token by hand, as a library that means well would not make it."""
    signed = f"{base64url(header)}.{base64url(body)}"
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
@pytest.mark.parametrize("name", ["", "k1"])
def test_a_key_takes_the_tokens_that_it_signed(algorithm: str, name: str) -> None:
    assert check(token_of(claims(), algorithm, name), key(algorithm, name)).user_id == "ada"
    assert check(token_of(claims(), algorithm, name), key(algorithm, name, alg=algorithm, use="sig")).user_id == "ada"
    other = jwt.encode(claims(), private_key(algorithm, "other"), algorithm, headers={"kid": name} if name else {})
    assert "signed by another key than this server" in refused(other, key(algorithm, name))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
@pytest.mark.parametrize("spelled", ["none", "None", "NONE", "nOnE", ""])
def test_no_algorithm_is_no_signature(algorithm: str, spelled: str) -> None:
    head = base64url({"alg": spelled, "typ": "JWT"})
    for signature in ("", base64url(b"x" * 64)):
        assert refused(f"{head}.{base64url(claims())}.{signature}", key(algorithm))
    assert refused(jwt.encode(claims(), None, "none"), key(algorithm))
    assert refused(jwt.encode(claims(), None, "none"), secret_key(SECRET))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_public_key_is_no_secret_whatever_the_header_says(algorithm: str) -> None:
    jwk = public_jwk(algorithm, "k1")
    texts = (public_pem(algorithm, "k1"), public_pem(algorithm, "k1").strip(), json.dumps(jwk).encode())
    for secret in texts:
        for header in ({"alg": "HS256"}, {"alg": "HS256", "kid": "k1"}, {"alg": "HS256", "kid": SECRET_KID}):
            assert refused(forged(header, claims(), secret), public_key(jwk))
            assert refused(forged(header, claims(), secret), public_key(jwk), secret_key(SECRET))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_each_key_is_pinned_to_its_algorithm(algorithm: str) -> None:
    for other in ASYMMETRIC:
        if other != algorithm:
            assert refused(token_of(claims(), other, kid="k1"), key(algorithm, "k1"))
    for sibling in ("RS512", "PS256"):
        token = jwt.encode(claims(), private_key("RS256", "k1"), sibling, headers={"kid": "k1"})
        assert "alg" in refused(token, key("RS256", "k1"))
    assert "alg" in refused(jwt.encode(claims(), SECRET, "HS512"), secret_key(SECRET))


def test_a_kid_finds_configured_keys_and_nothing_else() -> None:
    keys = (key("RS256", "k1"), key("ES256", "k2"), secret_key(SECRET))
    for algorithm, name in (("RS256", "k1"), ("ES256", "k2")):
        assert check(token_of(claims(), algorithm, name), *keys).user_id == "ada"
    assert check(jwt.encode(claims(), SECRET, headers={"kid": SECRET_KID}), *keys).user_id == "ada"
    for kid in ("../../../dev/null", "/etc/passwd", "' OR 1=1 --", "k1\x00", "K1", "", "http://evil.example/key"):
        assert refused(forged({"alg": "HS256", "kid": kid}, claims(), b""), *keys)
        assert refused(jwt.encode(claims(), SECRET, headers={"kid": kid}), *keys)
        assert refused(jwt.encode(claims(), SECRET, headers={"kid": kid}), secret_key(SECRET))
    for no_text in (1, None, ["k1"], {"k1": 1}):
        assert refused(forged({"alg": "HS256", "kid": no_text}, claims(), SECRET.encode()), *keys)
    assert refused(token_of(claims(), "RS256", "k3"), *keys) == UNKNOWN_KID


def test_with_several_keys_a_token_names_the_one_that_signed_it() -> None:
    keys = (key("RS256", "k1"), key("RS256", "k2"))
    assert refused(jwt.encode(claims(), private_key("RS256", "k1"), "RS256"), *keys) == NEEDS_KID
    crossed = jwt.encode(claims(), private_key("RS256", "k1"), "RS256", headers={"kid": "k2"})
    assert "signed by another key than this server" in refused(crossed, *keys)
    assert refused(token_of(claims(), "RS256", "k1")) == NO_KEYS


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_that_the_token_brings_along_is_not_used(algorithm: str) -> None:
    brought = public_jwk(algorithm, "evil")
    for header in (
        {"jwk": brought},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["MIIB"]},
        {"jwk": brought, "jku": "https://evil.example/keys", "kid": "k1"},
    ):
        token = jwt.encode(claims(), private_key(algorithm, "evil"), algorithm, headers=header)
        assert refused(token, key(algorithm, "k1"))
    mine = token_of(claims(), algorithm, "k1", jku="https://evil.example/keys", jwk=brought)
    assert check(mine, key(algorithm, "k1")).user_id == "ada"


@pytest.mark.parametrize("extension", [["exp"], ["b64"], ["http://evil.example"], [], "exp", None, ["\ud800"]])
def test_what_is_said_to_be_critical_is_not_passed_over(extension: Any) -> None:
    header = {"alg": "HS256", "crit": extension, "exp": 1, "b64": True}
    assert refused(forged(header, claims(), SECRET.encode()), secret_key(SECRET)).isascii() or extension == ["\ud800"]
    head = base64url({"alg": "HS256", "b64": False, "crit": ["b64"]})
    payload = json.dumps(claims()).encode()
    signature = base64url(hmac.digest(SECRET.encode(), f"{head}.".encode() + payload, "sha256"))
    assert refused(f"{head}..{signature}", secret_key(SECRET))


@pytest.mark.parametrize(
    ("kind", "is_taken"),
    [
        ("JWT", True),
        ("jwt", True),
        ("at+jwt", True),
        ("application/at+jwt", True),
        ("dpop+jwt", False),
        ("logout+jwt", False),
        ("id_token", False),
        ("", False),
        (5, False),
    ],
)
def test_a_token_for_another_purpose_is_not_taken(kind: Any, is_taken: bool) -> None:
    token = forged({"alg": "HS256", "typ": kind}, claims(), SECRET.encode())
    if is_taken:
        assert check(token, secret_key(SECRET)).user_id == "ada"
    else:
        assert "typ" in refused(token, secret_key(SECRET))
    assert check(forged({"alg": "HS256"}, claims(), SECRET.encode()), secret_key(SECRET)).user_id == "ada"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exp": SECOND + MAX_LIFE}, None),
        ({"exp": SECOND + MAX_LIFE + 1}, "at most 3600 seconds"),
        ({"iat": SECOND - MAX_LIFE, "exp": SECOND + 1}, "at most 3600 seconds"),
        ({"exp": 10**400}, "exp is no number"),
        ({"iat": -(10**400)}, "iat is no number"),
        ({"exp": SECOND}, "at most"),
        ({"exp": SECOND - 1}, "at most"),
        ({"iat": SECOND - 100, "exp": SECOND - 30}, "has expired"),
        ({"iat": SECOND - 100, "exp": SECOND - 29.5}, None),
        ({"iat": SECOND + 31, "exp": SECOND + 60}, "iat is in the future"),
        ({"nbf": SECOND + 31}, "not valid yet"),
        ({"nbf": SECOND + 30}, None),
        ({"nbf": None}, "nbf is no number"),
        ({"nbf": "soon"}, "nbf is no number"),
        ({"exp": str(SECOND + 600)}, "exp is no number"),
        ({"exp": True}, "exp is no number"),
        ({"iat": [SECOND]}, "iat is no number"),
        ({"exp": float("inf")}, "exp is no number"),
        ({"iat": float("-inf")}, "iat is no number"),
        ({"exp": float("nan")}, "exp is no number"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"aud": None}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": ["other", 5]}, "claim format"),
        ({"aud": ["other", "orchestrator"]}, None),
        ({"iss": ["orchestrator"]}, "iss"),
        ({"iss": "orchestrator/"}, "ssuer"),
        ({"sub": None}, "sub"),
    ],
)
def test_a_token_is_for_us_and_good_for_a_while(changes: Json, said: str | None) -> None:
    token = forged({"alg": "HS256"}, claims(**changes), SECRET.encode())
    if said is None:
        assert check(token, secret_key(SECRET)).user_id == "ada"
    else:
        assert said in refused(token, secret_key(SECRET))


@pytest.mark.parametrize(
    "token",
    [
        "\ud800",
        "\x00.\x00.\x00",
        "é.é.é",
        "a.b.c.d",
        "a" * (MAX_LENGTH + 1),
        base64url(b"[]") + ".e30.",
        base64url(b"[" * 9_000) + ".e30.",
        base64url(b'{"alg":' + b"9" * 5_000 + b"}") + ".e30.",
        base64url({"alg": ["HS256"]}) + ".e30.",
    ],
    ids=range(9),
)
def test_garbage_is_refused_and_breaks_nothing(token: str) -> None:
    message = refused(token, secret_key(SECRET))
    assert message.startswith("The bearer token is not valid: ")
    assert len(message) < 300 and message.encode()


def test_a_key_does_not_show_itself() -> None:
    assert SECRET[:10] not in repr(secret_key(SECRET))
