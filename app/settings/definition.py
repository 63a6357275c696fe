"""What a setting is: how its text is read, what it means, by which default it goes, and how much of it may be shown."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

PREFIX = "ORCHESTRATOR_"


class Environment(StrEnum):
    """Where the service runs: credentials by X-User-ID exist in `test` alone (decision X3)."""

    TEST = "test"
    PRODUCTION = "production"


class SettingsError(Exception):
    """Settings that the service cannot start with: each fault names one and says what to set."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Setting(msgspec.Struct, frozen=True):
    """The one definition of a setting, beside its field in `Settings`, whose value is the default.

    `read` makes the value of a text, and raises `ValueError` with what it should be. `about` is a sentence or two in
    Markdown, and `default` says in words what the field's value cannot. `shown` is what may be shown of a text.
    """

    read: Callable[[str], Any]
    about: str
    default: str | None = None
    shown: Callable[[str], str] = str
    names_file: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether nothing of it may be shown."""
        return self.shown is hidden


def hidden(_text: str) -> str:
    """All that is shown of a secret."""
    return "(hidden)"
