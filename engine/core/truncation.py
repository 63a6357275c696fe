"""The marker of a response that was longer than what is kept of it (decision W13)."""

from typing import Any

import msgspec

MAX_RESPONSE_BYTES = 1_048_576


def cut(text: str, limit: int = MAX_RESPONSE_BYTES) -> dict[str, Any]:
    """The marker of a response whose beginning is `text`, where `limit` bytes of it are kept."""
    return {"truncated": True, "limit_bytes": limit, "text": text}


def is_cut(value: dict[str, Any]) -> bool:
    """Whether an object is such a marker."""
    return value.get("truncated") is True and isinstance(value.get("text"), str)


def shortened(value: Any, most: int) -> Any:
    """A value, or where it comes to more than `most` bytes of JSON its beginning as text, with the marker."""
    encoded = msgspec.json.encode(value)
    return value if len(encoded) <= most else cut(encoded[:most].decode(errors="ignore"))
