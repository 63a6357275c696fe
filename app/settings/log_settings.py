"""Reads the settings of the log: levels of the whole and of its parts, the form of lines, which requests have one."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

from app.terminal.logs import LEVELS, SUBSYSTEMS
from models.nearest_word import nearest_word

WHOLE = ""
DEFAULT_LEVELS: Mapping[str, int] = MappingProxyType({WHOLE: logging.INFO})


def read_levels(text: str) -> Mapping[str, int]:
    """`info`, or `info,engine=debug,api=error`: what holds for all, and for subsystems by name. Raises `ValueError`."""
    levels = dict(DEFAULT_LEVELS)
    given: set[str] = set()
    for part in filter(None, map(str.strip, text.split(","))):
        name, is_apart, word = part.rpartition("=")
        level = LEVELS.get(word.strip().lower())
        if level is None:
            raise ValueError(f"{word.strip()!r} is no level: there are {', '.join(LEVELS)}")
        if is_apart and name.strip() not in SUBSYSTEMS:
            raise ValueError(f"there is no subsystem {name.strip()!r}: {_known(name.strip(), SUBSYSTEMS)}")
        if name.strip() in given:
            whole = name.strip() or "the whole"
            raise ValueError(f"it gives two levels for {whole}: give one, and others as NAME=LEVEL")
        given.add(name.strip())
        levels[name.strip()] = level
    return levels


def _known(word: str, names: tuple[str, ...]) -> str:
    near = nearest_word(word, names)
    return f"did you mean '{near}'?" if near else f"there are {', '.join(names)}"
