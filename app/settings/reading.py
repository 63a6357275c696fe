"""Reads the settings once from `ORCHESTRATOR_*` and a file, and checks them with messages that say what to set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.settings.contradictions import contradictions
from app.settings.settings import SETTINGS, Settings, SettingsError
from app.settings.sources import Given, given_texts


def load_settings(environ: Mapping[str, str], *, settings_file: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings; an override that is None leaves the word of the environment and of the file.

    Raises `SettingsError`.
    """
    settings, faults = read_settings(environ, settings_file=settings_file, **overrides)
    if faults:
        raise SettingsError(*faults)
    return settings


def read_settings(
    environ: Mapping[str, str], *, settings_file: Path | None = None, **overrides: Any
) -> tuple[Settings, list[str]]:
    """The settings as far as they can be read, and the faults of the rest, in whose place the defaults stand."""
    return settings_of(given(environ, settings_file), **overrides)


def given(environ: Mapping[str, str], settings_file: Path | None = None) -> Given:
    """The texts of settings that the environment and the file hold."""
    return given_texts(environ, SETTINGS, settings_file)


def settings_of(given: Given, **overrides: Any) -> tuple[Settings, list[str]]:
    """The settings of given texts and overrides, and their faults; see `read_settings`."""
    values: dict[str, Any] = {}
    faults = list(given.faults)
    for name, setting in SETTINGS.items():
        found = given.texts.get(name)
        if found is None:
            continue
        try:
            values[name] = setting.read(found.text)
        except ValueError as error:
            faults.append(f"{found.place} is not valid: {error}")
    values |= {name: value for name, value in overrides.items() if value is not None}
    settings = Settings(**values)
    return settings, [*faults, *contradictions(settings)]
