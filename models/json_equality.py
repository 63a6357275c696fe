"""Equality of JSON values, where `1` and `true` differ at every depth."""

from typing import Any


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON; `1` and `1.0` are."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
