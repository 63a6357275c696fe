"""The retry policy of an action: when a failed attempt is worth another one, and how long to wait for it."""

import re
from typing import Annotated

from pydantic import Field, field_validator

from models.commands.validation import Command
from models.words import ActionErrorCode, Backoff

MAX_ATTEMPTS = 100
MAX_DELAY_SECONDS = 604_800
STATUS_WORD = re.compile(r"[1-5](?:\d\d|xx)")

Delay = Annotated[float, Field(ge=0, le=MAX_DELAY_SECONDS)]


class RetryPolicy(Command):
    """`retry` of an action. Delays in seconds; `max_total_seconds` counts from the start of the first attempt.

    `retry_on` and `never_retry_on` hold error codes (`CONNECTION_ERROR`) and HTTP statuses (`"503"`, `"5xx"`). Without
    `retry_on`, what the action type calls retryable is repeated: connection errors, time-outs, 429, 502, 503, 504.
    """

    max_attempts: Annotated[int, Field(ge=1, le=MAX_ATTEMPTS)] = 3
    backoff: Annotated[Backoff, Field(strict=False)] = Backoff.EXPONENTIAL
    initial_delay_seconds: Delay = 1.0
    backoff_rate: Annotated[float, Field(ge=1, le=100)] = 2.0
    max_delay_seconds: Delay = 300.0
    jitter: bool = True
    max_total_seconds: Annotated[float, Field(gt=0, le=MAX_DELAY_SECONDS)] | None = None
    retry_on: list[str] | None = None
    never_retry_on: list[str] = Field(default_factory=list)
    respect_retry_after: bool = True

    @field_validator("retry_on", "never_retry_on")
    @classmethod
    def _words_are_known(cls, words: list[str] | None) -> list[str] | None:
        for word in words or ():
            if word not in list(ActionErrorCode) and not STATUS_WORD.fullmatch(word):
                known = ", ".join(ActionErrorCode)
                raise ValueError(f"'{word}' is no error: use an HTTP status such as 503 or 5xx, or one of {known}")
        return words
