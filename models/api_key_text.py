"""The text of an API key: `orc_`, the digits of its id, a secret, and a checksum that tells a slip from a stranger."""

import re
import secrets
import string
import zlib
from hashlib import sha256

from models.ids import API_KEY_PREFIX

KEY = re.compile(r"orc_([0-9a-f]{16})[A-Za-z0-9_-]{43}([0-9A-Za-z]{6})")
"""What scanners for leaked secrets look for; docs/authentication.md repeats it."""

SECRET_BYTES = 32
CHECKSUM_LENGTH = 6
BASE_62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def new_key(key_id: str) -> str:
    """A fresh key for an id such as `key_1234567890abcdef`. Only its digest may be kept."""
    body = f"orc_{key_id.removeprefix(API_KEY_PREFIX)}{secrets.token_urlsafe(SECRET_BYTES)}"
    return body + _checksum(body)


def key_id_of(key: str) -> str | None:
    """The id that a key names; None where it is none of ours or was not copied whole."""
    found = KEY.fullmatch(key)
    if found is None or found.group(2) != _checksum(key[:-CHECKSUM_LENGTH]):
        return None
    return API_KEY_PREFIX + found.group(1)


def digest_of(key: str) -> str:
    """What is kept of a key: SHA-256 in hexadecimal. A secret of 256 random bits needs no slower hash (FAULTS S4)."""
    return sha256(key.encode()).hexdigest()


def _checksum(body: str) -> str:
    """The CRC-32 of `body` in base 62, the highest digit first."""
    rest = zlib.crc32(body.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(BASE_62))
        digits = BASE_62[digit] + digits
    return digits
