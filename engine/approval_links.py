"""The texts of approval links: the id of a link and a signature, so that a guess costs no look at the database."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from hashlib import sha256

PURPOSE = b"orchestrator approval link"
"""The keys are those of callbacks: what is signed for one purpose is worth nothing for the other."""

MAX_LENGTH = 200
LINK_PATH = "/approvals/"


class InvalidLink(Exception):
    """It was not made here, or was changed."""


class LinkSigner:
    """Signs by the first key, and takes what any of them has signed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [hmac.digest(key, PURPOSE, sha256) for key in keys]

    def sign(self, link_id: str) -> str:
        """The token of a link: letters, digits, `-`, `_` and one dot."""
        return f"{link_id}.{_text(hmac.digest(self._keys[0], link_id.encode(), sha256))}"

    def read(self, token: str) -> str:
        """The id of the link that a token stands for. Raises `InvalidLink`."""
        link_id, _, signature = token.partition(".")
        if len(token) > MAX_LENGTH or not token.isascii():
            raise InvalidLink
        signed = link_id.encode()
        if not any(hmac.compare_digest(hmac.digest(key, signed, sha256), _bytes(signature)) for key in self._keys):
            raise InvalidLink
        return link_id


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise InvalidLink from None
