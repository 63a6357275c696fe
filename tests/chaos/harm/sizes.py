"""The two sizes of the chaos tests: small in every test run, full by `make chaos`."""

import os
from typing import TypeVar

T = TypeVar("T")

IS_FULL = os.environ.get("ORCHESTRATOR_CHAOS") == "full"


def sized(small: T, full: T) -> T:
    """The count for the size that was asked for."""
    return full if IS_FULL else small
