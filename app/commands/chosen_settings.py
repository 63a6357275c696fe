"""The settings that a command goes by: those of its options, of the environment, and of the settings file."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import click

from app.commands.command_options import SETTINGS_FILE
from app.settings.reading import given, load_settings
from app.settings.settings import Settings
from app.terminal.terminal import say


class Load(Protocol):
    """Reads settings as `load_settings` does."""

    def __call__(self, environ: Mapping[str, str], *, settings_file: Path | None, **overrides: Any) -> Settings: ...


def chosen_settings(load: Load = load_settings, **overrides: Any) -> Settings:
    """The settings for the command at work; an option that is None was not given. Raises `SettingsError`."""
    return load(os.environ, settings_file=settings_file(), **overrides)


def settings_file() -> Path | None:
    """What `--settings` names."""
    file: Path | None = click.get_current_context().meta.get(SETTINGS_FILE)
    return file


def warn_of_strangers() -> None:
    """Say on stderr which variables look like settings and are none, nor like any: they may be of something else."""
    for variable in given(os.environ, settings_file()).strangers:
        say(f"warning: {variable} is no setting: 'orchestrator settings --all' lists them", err=True)
