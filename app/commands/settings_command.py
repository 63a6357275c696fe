"""The command `orchestrator settings`: what is in force, and from where it comes, without secrets."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from app.commands.chosen_settings import settings_file
from app.commands.command_options import data_dir_option, json_lines_option
from app.settings.default_texts import default_text
from app.settings.reading import given, settings_of
from app.settings.settings import SETTINGS, variable_of
from app.settings.sources import Given
from app.terminal.terminal import say, say_json, say_table

INVALID = 2
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
TITLES = ("SETTING", "VALUE", "FROM")


class ShownSetting(msgspec.Struct, frozen=True):
    """One setting: `value` is what may be shown of its text, `source` what gave it: a variable, a file, an option."""

    name: str
    variable: str
    value: str
    source: str
    is_secret: bool
    about: str


@click.command()
@click.option("--all", "shows_defaults", is_flag=True, help="Those too that nobody has set, as --json does.")
@json_lines_option
@data_dir_option
def settings(shows_defaults: bool, as_json: bool, data_dir: Path | None) -> None:
    """Print the settings in force and where each comes from; of secrets, that they are set.

    Exits with 2 where one cannot be read, after all that is wrong.
    """
    texts = given(os.environ, settings_file())
    _, faults = settings_of(texts, data_dir=data_dir)
    lines = [line for line in _lines(texts, data_dir) if shows_defaults or as_json or line.source != "default"]
    if as_json:
        for line in lines:
            say_json(msgspec.json.encode(line))
    else:
        say_table([TITLES, *((line.name, line.value, line.source) for line in lines)])
        if not shows_defaults:
            say("All others have their defaults: --all shows them.", err=True)
    for stranger in texts.strangers:
        say(f"warning: {stranger} is no setting", err=True)
    for fault in faults:
        say(f"error: {fault}", err=True)
    if faults:
        sys.exit(INVALID)


def _lines(texts: Given, data_dir: Path | None) -> Iterator[ShownSetting]:
    for name, setting in SETTINGS.items():
        found = texts.texts.get(name)
        value, source = (default_text(name), "default") if found is None else (setting.shown(found.text), found.place)
        if name == "data_dir" and data_dir is not None:
            value, source = str(data_dir), "--data-dir"
        about = LINK.sub(r"\1", setting.about)
        yield ShownSetting(name, variable_of(name), value, source, setting.is_secret, about)
