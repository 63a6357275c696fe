"""The keys that verify bearer tokens, each pinned to one algorithm by what kind of key it is (RFC 8725, 3.1)."""

import hmac
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

MIN_SECRET_BYTES = 32
MIN_RSA_BITS, MAX_RSA_BITS = 2_048, 8_192
SECRET_KID = "jwt-secret"  # noqa: S105 - the name of a key
"""The `kid` of the configured secret: where there are several keys, a token has to name the one that signed it."""

FINGERPRINT = b"orchestrator token key"
"""What a secret signs instead of being shown."""

ALGORITHMS: Mapping[tuple[str, str | None], str] = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}
"""By `kty` and `crv`. There is no symmetric one: what is published, or sent by somebody else, is no secret."""


class TokenKey(msgspec.Struct, frozen=True, dict=True):
    """A key and the one algorithm that it is good for; `kid` is None where it has no name."""

    kid: str | None
    algorithm: str
    key: Any

    @cached_property
    def fingerprint(self) -> str:
        """What tells this key from others, and does not show it."""
        if isinstance(self.key, bytes):
            return hmac.digest(self.key, FINGERPRINT, sha256).hex()
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return sha256(self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    def __repr__(self) -> str:
        """Without the key, which may be a secret."""
        return f"TokenKey({self.kid!r}, {self.algorithm!r})"


def secret_key(secret: str) -> TokenKey:
    """The key that the configured secret is."""
    return TokenKey(SECRET_KID, "HS256", secret.encode())


def read_keys_file(text: str) -> tuple[TokenKey, ...]:
    """The keys in the file named `text`, a JWK Set. Raises `ValueError` for any that could verify no token."""
    if not text:
        return ()
    try:
        entries = key_entries(Path(text).read_bytes())
    except OSError as error:
        raise ValueError(f"{text} cannot be read: {error}") from None
    if not entries:
        raise ValueError(f"{text} holds no keys")
    keys = []
    for number, entry in enumerate(entries):
        try:
            keys.append(public_key(entry))
        except ValueError as error:
            raise ValueError(f"key {number} in {text} cannot be used: {error}") from None
    names = [key.kid for key in keys]
    if len(keys) > 1 and (None in names or len(set(names)) < len(names)):
        raise ValueError(f"each of the several keys in {text} must have a kid of its own")
    if SECRET_KID in names:
        raise ValueError(f"{SECRET_KID} is the kid of ORCHESTRATOR_JWT_SECRET: give the key in {text} another one")
    return tuple(keys)


def key_entries(content: bytes) -> Sequence[Any]:
    """The entries of a JWK Set (RFC 7517). Raises `ValueError` where it is none."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(f"it is no JSON: {error}") from None
    entries = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        raise ValueError('it is no JWK Set: an object such as {"keys": [...]}')
    return entries


def public_key(entry: object) -> TokenKey:
    """The key of an entry. Raises `ValueError` with a message that repeats nothing secret."""
    import jwt  # with it come the cryptographic libraries, which not every command needs

    if not isinstance(entry, dict):
        raise ValueError("a key is an object")
    kind, curve, kid = entry.get("kty"), entry.get("crv"), entry.get("kid")
    if kind == "oct":
        raise ValueError("it is symmetric, and who reads it could sign with it: set ORCHESTRATOR_JWT_SECRET instead")
    if "d" in entry:
        raise ValueError("it is a private key: leave only its public part here")
    algorithm = ALGORITHMS.get((str(kind), None if curve is None else str(curve)))
    if algorithm is None or entry.get("alg", algorithm) != algorithm:
        known = ", ".join(f"{kty} {crv or ''}".strip() + f" for {alg}" for (kty, crv), alg in ALGORITHMS.items())
        raise ValueError(f"its kty, crv and alg are none of those known here: {known}")
    purposes = entry.get("key_ops", ["verify"])
    if entry.get("use", "sig") != "sig" or not isinstance(purposes, list) or "verify" not in purposes:
        raise ValueError("it is not meant to verify signatures")
    if kid is not None and (not isinstance(kid, str) or not kid):
        raise ValueError("its kid is no text")
    try:
        key = jwt.PyJWK(entry, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):  # their messages quote the whole key
        raise ValueError(f"its numbers make no {kind} key") from None
    if kind == "RSA" and not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise ValueError(f"an RSA key has {MIN_RSA_BITS} to {MAX_RSA_BITS} bits, not {key.key_size}")
    return TokenKey(kid, algorithm, key)
