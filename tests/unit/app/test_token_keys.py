"""The keys file and the secret of bearer tokens: checked at the start, with a message that says what to mend."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.credentials.token_keys import MIN_SECRET_BYTES, SECRET_KID, key_entries, public_key
from app.credentials.token_secret import token_secret
from app.settings.reading import load_settings
from app.settings.settings import Environment, Settings, SettingsError
from tests.support.credentials.token_signing import WRITERS, Json, public_jwk, public_pem

KEYS_FILE = "ORCHESTRATOR_JWT_KEYS_FILE"


def loaded(folder: Path, *entries: Any) -> Settings:
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": list(entries)}))
    return load_settings({KEYS_FILE: str(file)})


def refused(folder: Path, *entries: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, *entries)
    assert str(caught.value).startswith(f"{KEYS_FILE} is not valid: ")
    return str(caught.value)


def written(kind: str, key: Any) -> Json:
    found: Json = json.loads(WRITERS[kind].to_jwk(key))
    return found


def test_the_keys_of_a_file_are_pinned_to_what_they_are(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, public_jwk("RS256", "a"), public_jwk("ES256", "b", alg="ES256"), public_jwk("EdDSA", "c")
    )
    assert [(key.kid, key.algorithm) for key in settings.jwt_keys_file] == [
        ("a", "RS256"),
        ("b", "ES256"),
        ("c", "EdDSA"),
    ]
    (only,) = loaded(tmp_path, public_jwk("RS256", key_ops=["verify"], use="sig", x5t="ignored")).jwt_keys_file
    assert (only.kid, only.algorithm) == (None, "RS256")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"kty": "oct", "k": "c2VjcmV0" * 8}, "it is symmetric"),
        ({"kty": "oct", "k": "c2VjcmV0" * 8, "alg": "HS256", "kid": "k1"}, "set ORCHESTRATOR_JWT_SECRET instead"),
        (written("RS256", rsa.generate_private_key(65_537, 2_048)), "it is a private key"),
        (written("ES256", ec.generate_private_key(ec.SECP256R1())), "it is a private key"),
        (written("EdDSA", ed25519.Ed25519PrivateKey.generate()), "it is a private key"),
        (written("RS256", rsa.generate_private_key(65_537, 1_024).public_key()), "2048 to 8192 bits, not 1024"),  # noqa: S505 - to be refused
        (written("ES256", ec.generate_private_key(ec.SECP384R1()).public_key()), "none of those known here"),
        (public_jwk("RS256", alg="HS256"), "none of those known here"),
        (public_jwk("RS256", alg="RS512"), "none of those known here"),
        (public_jwk("RS256", alg="none"), "none of those known here"),
        (public_jwk("RS256", alg=None), "none of those known here"),
        (public_jwk("ES256", alg="RS256"), "none of those known here"),
        (public_jwk("EdDSA", crv="X25519"), "none of those known here"),
        (public_jwk("RS256", use="enc"), "not meant to verify"),
        (public_jwk("RS256", key_ops=["encrypt"]), "not meant to verify"),
        (public_jwk("RS256", key_ops=5), "not meant to verify"),
        (public_jwk("RS256", kid=5), "its kid is no text"),
        (public_jwk("RS256", kid=""), "its kid is no text"),
        (public_jwk("RS256", n="AQ"), "its numbers make no RSA key"),
        (public_jwk("RS256", n=5), "its numbers make no RSA key"),
        (public_jwk("ES256", x="AQ"), "its numbers make no EC key"),
        (public_jwk("EdDSA", x="!"), "its numbers make no OKP key"),
        ({"kty": ["RSA"]}, "none of those known here"),
        ({}, "none of those known here"),
        ("text", "a key is an object"),
        (None, "a key is an object"),
    ],
    ids=range(26),
)
def test_a_key_that_could_verify_nothing_is_refused_at_the_start(tmp_path: Path, entry: Any, said: str) -> None:
    message = refused(tmp_path, entry)
    assert "key 0 in " in message and said in message
    for number in ("n", "d", "k", "x"):
        if isinstance(entry, dict) and len(str(entry.get(number, ""))) > 10:
            assert entry[number] not in message


def test_several_keys_have_names_of_their_own(tmp_path: Path) -> None:
    for entries in (
        [public_jwk("RS256", "a"), public_jwk("ES256")],
        [public_jwk("RS256", "a"), public_jwk("ES256", "b", kid="a")],
    ):
        assert "must have a kid of its own" in refused(tmp_path, *entries)
    assert "give the key in" in refused(tmp_path, public_jwk("RS256", SECRET_KID))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is no JSON"),
        (b"\xff", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"[]", "it is no JWK Set"),
        (b'{"keys": {}}', "it is no JWK Set"),
        (b'{"keys": null}', "it is no JWK Set"),
        (b'{"keys": []}', "holds no keys"),
        (public_pem("RS256"), "it is no JSON"),
    ],
    ids=range(8),
)
def test_what_is_no_key_set_is_refused_at_the_start(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=KEYS_FILE) as caught:
        load_settings({KEYS_FILE: str(file)})
    assert said in str(caught.value)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({KEYS_FILE: str(tmp_path / "nowhere.json")})


def test_entries_are_read_one_by_one() -> None:
    entries = key_entries(json.dumps({"keys": [public_jwk("RS256", "a"), {"kty": "other"}]}).encode())
    assert public_key(entries[0]).kid == "a"
    with pytest.raises(ValueError, match="none of those known here: RSA for RS256, EC P-256 for ES256, OKP Ed25519"):
        public_key(entries[1])


# --- the secret ----------------------------------------------------------------------------------


def test_a_public_key_cannot_be_set_as_the_secret() -> None:
    for text in (public_pem("RS256").decode(), f"  {public_pem('ES256').decode()}", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"):
        with pytest.raises(SettingsError, match="ORCHESTRATOR_JWT_SECRET is a key, and no secret"):
            load_settings({"ORCHESTRATOR_JWT_SECRET": text.ljust(MIN_SECRET_BYTES)})


def test_the_test_environment_makes_a_secret_once_and_keeps_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    secret = token_secret(settings)
    assert secret is not None and len(secret.encode()) >= MIN_SECRET_BYTES
    assert token_secret(settings) == secret
    (file,) = settings.data_dir.iterdir()
    assert (file.name, file.stat().st_mode & 0o777, file.read_text().strip()) == ("token_secret", 0o600, secret)
    assert token_secret(Settings(data_dir=tmp_path / "other")) != secret


def test_no_secret_is_made_where_one_is_set_or_others_sign_or_in_production(tmp_path: Path) -> None:
    keys = (public_key(public_jwk("RS256")),)
    for settings, secret in (
        (Settings(data_dir=tmp_path, jwt_secret="s" * 32), "s" * 32),
        (Settings(data_dir=tmp_path, jwt_keys_file=keys), None),
        (Settings(data_dir=tmp_path, jwt_jwks_url="https://issuer.example/keys"), None),
        (Settings(data_dir=tmp_path, environment=Environment.PRODUCTION), None),
    ):
        assert token_secret(settings) == secret
    assert list(tmp_path.iterdir()) == []


def test_a_spoilt_secret_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "token_secret").write_text("short\n")
    with pytest.raises(SettingsError, match=r"token_secret: a secret has at least 32 bytes; .* set ORCHESTRATOR_JWT_S"):
        token_secret(Settings(data_dir=tmp_path))
