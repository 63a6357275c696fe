"""The settings that say how long things are kept."""

from datetime import timedelta
from typing import Annotated

import msgspec

from app.settings.definition import Setting
from engine.retention.settings import RetentionSettings
from models.periods import LONGEST, read_period

MAX_EXECUTIONS = 1_000_000_000
DEFAULTS = RetentionSettings()


def read_finite_period(text: str) -> timedelta:
    """A time that comes to an end. Raises `ValueError`."""
    period = read_period(text)
    if period is None:
        raise ValueError(f"it has to end: write a number and s, m, h, d or w, up to {LONGEST.days}d")
    return period


def read_max_executions(text: str) -> int:
    """How many executions are kept. Raises `ValueError`."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_EXECUTIONS)) and int(text)):
        raise ValueError(f"it is a whole number from 1 to {MAX_EXECUTIONS:,}, not {text!r}")
    return int(text)


class KeptFor(msgspec.Struct, frozen=True, kw_only=True):
    """A part of `Settings`. A period is a number and `s`, `m`, `h`, `d` or `w`, or `forever`, which is None."""

    retention: Annotated[
        timedelta | None,
        Setting(
            read_period,
            "How long an execution that completed or was cancelled is [kept after its end](retention.md): a number and "
            "`s`, `m`, `h`, `d` or `w`, or `forever`; a workflow may say another",
            "`30d`",
        ),
    ] = DEFAULTS.executions
    retention_failed: Annotated[
        timedelta | None, Setting(read_period, "The same of an execution that failed", "`90d`")
    ] = DEFAULTS.failed
    retention_max_executions: Annotated[
        int | None,
        Setting(
            read_max_executions,
            "How many executions that have ended are kept at most: what ended first goes first, whatever its time",
            "any number",
        ),
    ] = DEFAULTS.max_executions
    retention_activities: Annotated[
        timedelta | None, Setting(read_period, "How long the lines of the activity feed are kept", "`90d`")
    ] = DEFAULTS.activities
    retention_keys: Annotated[
        timedelta,
        Setting(
            read_finite_period,
            "How long the idempotency key of a deleted execution starts no other one, from the deletion on",
            "`30d`",
        ),
    ] = DEFAULTS.keys
    retention_audit: Annotated[
        timedelta | None, Setting(read_period, "How long entries of the audit log are kept", "`forever`")
    ] = DEFAULTS.audit

    @property
    def kept_for(self) -> RetentionSettings:
        """What the engine is told of these."""
        return RetentionSettings(
            executions=self.retention,
            failed=self.retention_failed,
            max_executions=self.retention_max_executions,
            activities=self.retention_activities,
            keys=self.retention_keys,
            audit=self.retention_audit,
        )
