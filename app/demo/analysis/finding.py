"""What one finding of the analysis looks like."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

LinkCheck = Callable[[str], bool]


class Severity(StrEnum):
    """How much a finding hurts: an error misleads readers, a warning slows them, an info is worth a look."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding at a 1-based line; the message says what to change."""

    kind: str
    line: int
    message: str
    severity: Severity
