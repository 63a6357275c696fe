"""Equality of JSON values, where `1` and `true` differ at every depth, and `1` and `1.0` do not."""

from typing import Any


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON; `1` and `1.0` are."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def alike(value: Any) -> Any:
    """A value that is the same JSON, with its numbers in one form: what is the same is then written the same."""
    if isinstance(value, dict):
        return {key: alike(child) for key, child in value.items()}
    if isinstance(value, list):
        return [alike(child) for child in value]
    return _as_float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _as_float(number: int | float) -> int | float:
    # The other way round 1e300 would have 301 digits. Of the two zeros the sum is the one without a sign.
    try:
        form = float(number) + 0.0
    except OverflowError:
        return number
    return form if form == number else number
