"""The retry policy of an action: when a failed attempt is worth another one, and how long to wait for it."""

import re
from typing import Annotated, Any

from pydantic import Field, field_validator

from models.commands.validation import Command
from models.words import ActionErrorCode, Backoff

MAX_ATTEMPTS = 100
MAX_DELAY_SECONDS = 604_800
STATUS_WORD = re.compile(r"[1-5](?:\d\d|xx)")

Delay = Annotated[float, Field(ge=0, le=MAX_DELAY_SECONDS)]


class RetryPolicy(Command):
    """`retry` of an action. Delays in seconds; `max_total_seconds` counts from the start of the first attempt.

    `retry_on` and `never_retry_on` hold error codes (`CONNECTION_ERROR`) and HTTP statuses (`503`, `"5xx"`). Without
    `retry_on`, what the action type calls retryable is repeated: connection errors, time-outs, 429, 502, 503, 504.
    """

    max_attempts: int = Field(default=3, ge=1, le=MAX_ATTEMPTS, description="1 to 100, the first included. Default: 3.")
    backoff: Backoff = Field(default=Backoff.EXPONENTIAL, strict=False, description="Default: EXPONENTIAL.")
    initial_delay_seconds: Delay = Field(default=1.0, description="Before the second attempt. Default: 1.")
    backoff_rate: float = Field(
        default=2.0, ge=1, le=100, description="By which an exponential delay grows. Default: 2."
    )
    max_delay_seconds: Delay = Field(default=300.0, description="No delay is longer. Default: 300.")
    jitter: bool = Field(default=True, description="Whether delays are spread, from half to all of it. Default: true.")
    max_total_seconds: Annotated[float, Field(gt=0, le=MAX_DELAY_SECONDS)] | None = Field(
        default=None, description="No attempt starts later than this after the first one."
    )
    retry_on: Annotated[list[str], Field(fail_fast=True)] | None = Field(
        default=None,
        description="Error codes and statuses (`503`, `5xx`). Left out: connection errors, time-outs, 429, 502-504.",
    )
    never_retry_on: list[str] = Field(default_factory=list, fail_fast=True, description="Goes over `retryOn`.")
    respect_retry_after: bool = Field(
        default=True, description="Whether the service's `Retry-After` is the least delay. Default: true."
    )
    when: str | None = Field(
        default=None,
        description="One whole expression over what came back, `response`, `http` and `error`: only where it is true a "
        "failure is repeated, and without `retry_on` it alone decides: `{{response.code == 'BUSY'}}`.",
    )

    @field_validator("retry_on", "never_retry_on", mode="before")
    @classmethod
    def _statuses_are_words(cls, words: Any) -> Any:
        if not isinstance(words, list):
            return words
        return [str(word) if type(word) is int else word for word in words]

    @field_validator("retry_on", "never_retry_on")
    @classmethod
    def _words_are_known(cls, words: list[str] | None) -> list[str] | None:
        for word in words or ():
            if word not in list(ActionErrorCode) and not STATUS_WORD.fullmatch(word):
                known = ", ".join(ActionErrorCode)
                raise ValueError(f"'{word}' is no error: use an HTTP status such as 503 or 5xx, or one of {known}")
        return words
