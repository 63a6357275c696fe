"""What a credential made is good as long as the credential would be, by what was kept of it (FAULTS S20)."""

import asyncio
from typing import Any, cast

import pytest

from app.credentials.key_ring import KeyRing
from app.credentials.recall import recaller
from app.credentials.token_keys import TokenKey, public_key, secret_key
from models.errors import Unauthenticated
from models.words import CredentialKind, Role
from resolvers.context import Credential, Viewer
from tests.support.credentials.token_signing import public_jwk

OLD, NEW = (
    secret_key("the former secret of this test, of 32 bytes"),
    secret_key("the present secret of this test, of 32"),
)
KEYS = [OLD, *(public_key(public_jwk(algorithm, algorithm)) for algorithm in ("RS256", "ES256", "EdDSA"))]
ADA = Viewer("ada", "default", Role.EDITOR, credential=CredentialKind.API_KEY, key_id="key_1", proof="digest")


class KnownKeys:
    """One API key."""

    async def check_digest(self, key_id: str, digest: str) -> Viewer:
        if (key_id, digest) != ("key_1", "digest"):
            raise Unauthenticated("This API key is not known")
        return ADA


def recalled(credential: Credential, *keys: TokenKey, trusts_user_header: bool = True) -> Viewer | None:
    recall = recaller(KeyRing(keys, None), cast(Any, KnownKeys()), trusts_user_header=trusts_user_header)

    async def ask() -> Viewer | None:
        return await recall(credential)

    return asyncio.run(ask())


def test_an_api_key_is_asked_for_by_its_digest() -> None:
    assert recalled(Credential.of(ADA)) == ADA
    for key_id, proof in (("key_1", "another"), ("key_2", "digest"), ("key_1", None), (None, None)):
        with pytest.raises(Unauthenticated):
            recalled(Credential(CredentialKind.API_KEY, "ada", key_id, proof))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
def test_a_token_is_good_as_long_as_its_key_is_here(key: TokenKey) -> None:
    credential = Credential(CredentialKind.BEARER, "ada", proof=key.fingerprint)
    assert recalled(credential, NEW, key) is None
    with pytest.raises(Unauthenticated, match="not accepted here any more"):
        recalled(credential, NEW)


def test_a_fingerprint_tells_keys_apart_and_shows_none() -> None:
    prints = [key.fingerprint for key in (*KEYS, NEW)]
    assert len(set(prints)) == len(prints)
    assert secret_key("the former secret of this test, of 32 bytes").fingerprint == OLD.fingerprint
    assert OLD.key.hex() not in OLD.fingerprint


def test_a_name_is_a_credential_as_long_as_it_is_believed() -> None:
    credential = Credential(CredentialKind.USER_HEADER, "ada")
    assert recalled(credential) is None
    with pytest.raises(Unauthenticated):
        recalled(credential, trusts_user_header=False)


def test_a_link_makes_nothing_that_could_be_used_later() -> None:
    with pytest.raises(Unauthenticated):
        recalled(Credential(CredentialKind.APPROVAL_LINK, "ada"))
    assert recalled(Credential(CredentialKind.SYSTEM, "ada")) is None
