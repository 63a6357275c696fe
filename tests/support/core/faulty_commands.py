"""The faults that a command is refused with."""

import pytest

from models.commands.validation import Command, parse
from models.errors import InvalidInput

Found = list[tuple[tuple[str | int, ...], str]]


def faults(command: type[Command], raw: object) -> Found:
    with pytest.raises(InvalidInput) as caught:
        parse(command, raw)
    return [(fault.loc[1:], fault.type) for fault in caught.value.faults]
