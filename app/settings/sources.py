"""Where the texts of settings come from: the environment, and below it a TOML file."""

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import msgspec

from app.settings.definition import PREFIX
from models.nearest_word import nearest_word

FILE_SETTING = "settings_file"
FILE_VARIABLE = PREFIX + FILE_SETTING.upper()
DEFAULT_FILE = Path("orchestrator.toml")
"""Read where it lies in the working directory and no other file is named."""

ALIKE = 0.75
"""How much of a misspelt name has to be right for it to be one: others may have variables of their own."""

OF_KUBERNETES = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT(_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)?$")
"""What a cluster sets for each of its services, after their names, which may begin with ours."""


class GivenText(msgspec.Struct, frozen=True):
    """The text of a setting, and what its place is called: a variable, or a key of a file."""

    text: str
    place: str


class Given(msgspec.Struct, frozen=True):
    """The texts that are given by the names of settings, the file that was read, and what is wrong with other names.

    `of_file` are those that the file gives, also where the environment wins. `strangers` are variables that begin as
    ours do and are like none of them.
    """

    texts: Mapping[str, GivenText]
    of_file: Mapping[str, GivenText]
    file: Path | None
    faults: tuple[str, ...]
    strangers: tuple[str, ...]


def given_texts(environ: Mapping[str, str], names: Collection[str], settings_file: Path | None = None) -> Given:
    """What the environment and the file give for settings of these `names`; the environment wins."""
    faults: list[str] = []
    strangers: list[str] = []
    file = _file(environ, settings_file)
    of_file = {} if file is None else _of_file(file, names, faults)
    texts = dict(of_file)
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if variable == PREFIX + name.upper() and name in names:
            texts[name] = GivenText(environ[variable], variable)
        elif OF_KUBERNETES.search(variable):
            continue
        elif close := _nearest(name, [*names, FILE_SETTING]):
            faults.append(f"{variable} is no setting: did you mean {PREFIX}{close.upper()}?")
        else:
            strangers.append(variable)
    return Given(texts, of_file, file, tuple(faults), tuple(strangers))


def _file(environ: Mapping[str, str], settings_file: Path | None) -> Path | None:
    if settings_file is not None:
        return settings_file
    if named := environ.get(FILE_VARIABLE):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _of_file(file: Path, names: Collection[str], faults: list[str]) -> dict[str, GivenText]:
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        faults.append(f"the settings file {file} cannot be read: {error.strerror}")
        return {}
    except ValueError as error:
        faults.append(f"the settings file {file} is no TOML: {error}")
        return {}
    texts = {}
    for key, value in content.items():
        place = f"{key} in {file}"
        if key not in names:
            faults.append(f"{place} is no setting: {_hint(key, names)}")
            continue
        try:
            texts[key] = GivenText(_text(value), place)
        except ValueError as error:
            faults.append(f"{place} is not valid: {error}")
    return texts


def _text(value: Any) -> str:
    """A value of TOML as the environment would have it. Raises `ValueError`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = [_text(part) for part in value]
        if any("," in part for part in parts):
            raise ValueError("a part of a list holds no comma")
        return ",".join(parts)
    if isinstance(value, date | time):
        raise ValueError("it is a date or a time: put quotes around it")
    try:
        return json.dumps(value, ensure_ascii=False)  # as a boolean, a number and a table are written there
    except TypeError:
        raise ValueError("a date or a time in it needs quotes around it") from None


def _hint(key: str, names: Collection[str]) -> str:
    close = _nearest(key.lower().removeprefix(PREFIX.lower()), names)
    return f"did you mean {close}?" if close else f"known are {', '.join(sorted(names))}"


def _nearest(name: str, names: Collection[str]) -> str | None:
    if name in names:
        return name
    return nearest_word(name, names, ALIKE)
