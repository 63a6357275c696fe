"""Signs callbacks by the Standard Webhooks rules, with every secret that is in force."""

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of a secret, not a secret
MIN_BYTES, MAX_BYTES = 24, 64
NEW_BYTES = 32


def signed_headers(keys: Sequence[bytes], delivery_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """The three headers of one attempt; `timestamp` in whole seconds since 1970. One signature for each key."""
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(key, delivery_id, timestamp, body) for key in keys),
    }


def read_secret(text: str) -> bytes:
    """The key that `whsec_<base64>` stands for. Raises `ValueError` with a message that does not repeat it."""
    if not text.startswith(SECRET_PREFIX):
        raise ValueError(f"a secret starts with {SECRET_PREFIX}")
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:
        raise ValueError(f"what follows {SECRET_PREFIX} must be base64") from None
    if not MIN_BYTES <= len(key) <= MAX_BYTES:
        raise ValueError(f"a secret has {MIN_BYTES} to {MAX_BYTES} bytes before base64, not {len(key)}")
    return key


def new_secret() -> str:
    """A fresh secret as it is written down."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(NEW_BYTES)).decode()


def _signature(key: bytes, delivery_id: str, timestamp: int, body: bytes) -> str:
    digest = hmac.digest(key, f"{delivery_id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(digest).decode()
