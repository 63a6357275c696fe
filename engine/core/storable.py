"""What of an action's response goes into the journal: whole, cut with a marker, or refused (decision W13)."""

from typing import Any

import msgspec

from engine.core.failure import ActionFailed
from engine.core.truncation import MAX_RESPONSE_BYTES, cut
from models.commands.validation import MAX_DEPTH, json_faults
from models.words import ActionErrorCode


def storable(response: Any) -> Any:
    """Return `response`, or its first MiB as text with a marker.

    Raises `ActionFailed` with INVALID_RESPONSE where it is no JSON that every database can hold.
    """
    try:
        encoded = msgspec.json.encode(response)
    except (TypeError, ValueError, RecursionError) as error:
        raise ActionFailed(ActionErrorCode.INVALID_RESPONSE, f"the response is no JSON: {error}") from None
    if len(encoded) > MAX_RESPONSE_BYTES:
        return cut(encoded[:MAX_RESPONSE_BYTES].decode(errors="ignore"))
    if may_have_faults(encoded):
        for fault in json_faults(response, ()):
            raise ActionFailed(ActionErrorCode.INVALID_RESPONSE, f"the response {fault.msg}")
    return response


def may_have_faults(encoded: bytes) -> bool:
    """A look at the bytes that spares almost every response the walk over its tree."""
    return b"\\u0000" in encoded or encoded.count(b"[") + encoded.count(b"{") > MAX_DEPTH
