"""The secrets of a tenant: what may be seen of one, and what is asked for to set or delete one."""

from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import ConfigDict, Field, StringConstraints, field_validator

from models.commands.validation import IDENTIFIER, Command

MIN_LENGTH = 8
MAX_BYTES = 65_536
REASON = "a shorter one could be guessed, and could not be hidden in results without destroying much else in them"

SecretName = Annotated[str, StringConstraints(pattern=IDENTIFIER)]


class Secret(msgspec.Struct, frozen=True):
    """What there is to see of a secret: never its value. Each new value raises `version`, which counts from 1."""

    name: str
    version: int
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


class SetSecret(Command):
    """`setSecret`: a new secret, or a new value for one that is there."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: SecretName = Field(
        description="At most 128 letters, digits, `_` and `-`, a letter or `_` first; templates use it as "
        "`{{secrets.name}}`."
    )
    value: str = Field(repr=False, description="8 characters to 64 KiB. Nothing ever shows it.")

    @field_validator("value")
    @classmethod
    def _can_be_kept_and_hidden(cls, value: str) -> str:
        if len(value.strip()) < MIN_LENGTH:
            raise ValueError(f"must have at least {MIN_LENGTH} characters besides white space around them: {REASON}")
        if len(value.encode(errors="surrogatepass")) > MAX_BYTES:
            raise ValueError(f"must have at most {MAX_BYTES} bytes as UTF-8")
        return value


class DeleteSecret(Command):
    """`deleteSecret`."""

    name: SecretName = Field(description="The secret.")
