"""Secrets that everybody could guess are told from those that nobody can."""

import base64
import random

import pytest

from app.settings.secret_strength import is_weak

RANDOM = random.Random(1)  # noqa: S311 - what is judged here protects nothing


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "s" * 64,
        "changeme" * 8,
        "secret" * 20,
        "Secret-SECRET-secret-Secret-SECRET-secret",
        "your-256-bit-secret-your-256-bit-secret",
        "a-string-secret-at-least-256-bits-long",
        "please-change-this-to-a-long-random-string",
        "super_secret_jwt_signing_key_for_development_only",
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "zyxwvutsrqponmlkjihgfedcba9876543210",
        "1234567890123456789012345678901234567890",
        "acegikmoqsuwyacegikmoqsuwyacegikmoqsuwy",
        "qwertyqwertyqwertyqwertyqwertyqwerty",
        "00000000000000000000000000000000000000001",
    ],
)
def test_what_can_be_guessed_is_weak(secret: str) -> None:
    assert is_weak(secret.encode())


@pytest.mark.parametrize("size", [24, 32, 48, 64])
def test_random_bytes_are_strong_in_whatever_writing(size: int) -> None:
    for _ in range(200):
        secret = RANDOM.randbytes(size)
        for written in (secret, base64.b64encode(secret), secret.hex().encode()):
            assert not is_weak(written), written


def test_a_long_passphrase_is_strong() -> None:
    assert not is_weak(b"gravel mitten harbour ounce velvet tundra spindle")
