"""Encrypts and decrypts secrets with AES-256-GCM, each bound to its place, by keys that can be rotated."""

import base64
import binascii
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from models.errors import SecretsNotConfigured

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class SecretUnreadable(Exception):
    """A secret that cannot be decrypted; the message says what to do."""


class SecretPlace(msgspec.Struct, frozen=True):
    """Where a value belongs: at any other place its ciphertext is worth nothing."""

    tenant: str
    name: str
    version: int

    @property
    def associated_data(self) -> bytes:
        """What is authenticated with the ciphertext: no two places have the same."""
        return msgspec.json.encode(["orchestrator secret", self.tenant, self.name, self.version])


class Sealed(msgspec.Struct, frozen=True):
    """A value as it is kept: a random nonce and what AES-GCM makes of the value, and which key it takes to open it."""

    ciphertext: bytes
    key_id: str


class SecretCipher:
    """Encrypts by the first of its keys, decrypts by all of them. Without a key it does neither.

    `keys` is asked for them when the first secret comes along: who keeps none needs no key.
    """

    def __init__(self, keys: Callable[[], Sequence[bytes]]) -> None:
        self._source = keys

    @cached_property
    def _keys(self) -> dict[str, bytes]:
        return {key_id(key): key for key in self._source()}

    @property
    def newest(self) -> str:
        """The id of the key that encrypts. Raises `SecretsNotConfigured`."""
        newest = next(iter(self._keys), None)
        if newest is None:
            raise SecretsNotConfigured
        return newest

    def seal(self, value: str, place: SecretPlace) -> Sealed:
        """Encrypt a value. Raises `SecretsNotConfigured`."""
        newest = self.newest
        nonce = os.urandom(NONCE_BYTES)
        encrypted = _aes_gcm(self._keys[newest]).encrypt(nonce, value.encode(), place.associated_data)
        return Sealed(nonce + encrypted, newest)

    def open(self, sealed: Sealed, place: SecretPlace) -> str:
        """Decrypt a value. Raises `SecretUnreadable`."""
        from cryptography.exceptions import InvalidTag  # see `_aes_gcm`

        key = self._keys.get(sealed.key_id)
        if key is None:
            raise SecretUnreadable(
                f"it is encrypted by key {sealed.key_id}: add that key to ORCHESTRATOR_ENCRYPTION_KEYS, or set the "
                "secret again"
            )
        nonce, encrypted = sealed.ciphertext[:NONCE_BYTES], sealed.ciphertext[NONCE_BYTES:]
        try:
            return _aes_gcm(key).decrypt(nonce, encrypted, place.associated_data).decode()
        except (InvalidTag, ValueError):
            raise SecretUnreadable("what is kept of it was changed or moved: set the secret again") from None


def _aes_gcm(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # who keeps no secrets need not load it

    return AESGCM(key)


def key_id(key: bytes) -> str:
    """By what the rows name a key: the first 16 hexadecimal digits of its SHA-256."""
    return sha256(key).hexdigest()[:16]


def new_key() -> str:
    """A new random key, as it is written in the settings."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def read_key(text: str) -> bytes:
    """The key that a setting writes. Raises `ValueError`, which does not repeat it."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a key is 32 bytes in base64, as `openssl rand -base64 32` prints them") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, as `openssl rand -base64 32` prints them, not {len(key)}")
    return key
