"""Keys and tokens of an identity provider, for the tests of bearer tokens."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

Json = dict[str, Any]

WRITERS: Mapping[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


@cache
def private_key(algorithm: str, name: str = "") -> Any:
    """A private key; the same for the same `name`."""
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else ed25519.Ed25519PrivateKey.generate()


def public_jwk(algorithm: str, name: str = "", **more: Any) -> Json:
    """Its public part, as a key set holds it; an empty `name` is no kid."""
    written = json.loads(WRITERS[algorithm].to_jwk(private_key(algorithm, name).public_key()))
    written.pop("key_ops", None)
    return {**written, **({"kid": name} if name else {}), **more}


def public_pem(algorithm: str, name: str = "") -> bytes:
    """Its public part as text, which anybody may have."""
    encoding, kind = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    pem: bytes = private_key(algorithm, name).public_key().public_bytes(encoding, kind)
    return pem


def token_of(claims: Json, algorithm: str, name: str = "", **header: Any) -> str:
    """A token that this key has signed and names."""
    named = {"kid": name} if name else {}
    return jwt.encode(claims, private_key(algorithm, name), algorithm, headers={**named, **header})
