"""Links by which one person decides one approval without signing in: signed, and good until a moment."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

PURPOSE = b"orchestrator approval link"
"""The keys are those of callbacks: what is signed for one purpose is worth nothing for the other."""


class ApprovalLink(msgspec.Struct, frozen=True, array_like=True):
    """What a link stands for: who may decide what, and until when, in whole seconds since 1970."""

    tenant: str
    execution_id: str
    action_id: str
    item: int | None
    approver: str
    expires_at: int


class InvalidLink(Exception):
    """It was not made here, was changed, or its time is over."""


class LinkSigner:
    """Signs by the first key, and takes what any of them has signed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [hmac.digest(key, PURPOSE, sha256) for key in keys]

    def sign(self, link: ApprovalLink) -> str:
        """The token of a link: letters, digits, `-`, `_` and one dot."""
        said = msgspec.json.encode(link)
        return f"{_text(said)}.{_text(hmac.digest(self._keys[0], said, sha256))}"

    def read(self, token: str, now: datetime) -> ApprovalLink:
        """What a token stands for. Raises `InvalidLink`."""
        try:
            said, signature = (_bytes(part) for part in token.split("."))
            if not any(hmac.compare_digest(hmac.digest(key, said, sha256), signature) for key in self._keys):
                raise InvalidLink
            link = msgspec.json.decode(said, type=ApprovalLink)
        except (ValueError, binascii.Error, msgspec.DecodeError):
            raise InvalidLink from None
        if link.expires_at <= now.timestamp():
            raise InvalidLink
        return link


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
