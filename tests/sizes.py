"""How much the tests try: a part in every run, all in continuous integration; chaos in earnest by `make chaos`."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

THOROUGH = "THOROUGH_TESTS"
IS_THOROUGH = THOROUGH in os.environ
IS_FULL = os.environ.get("CHAOS") == "full"


def tried(usually: int, thoroughly: int) -> int:
    """How many are tried."""
    return thoroughly if IS_THOROUGH else usually


def some_of(everything: Sequence[T], one_in: int) -> Sequence[T]:
    """Those that are tried: usually the first of each so many."""
    return everything if IS_THOROUGH else everything[::one_in]


def sized(small: T, full: T) -> T:
    """The count for the size of a chaos test that was asked for."""
    return full if IS_FULL else small
