"""The command `orchestrator schema`: the JSON Schema of a workflow, for editors and other tools."""

import click

from app.commands.clear_errors import clear_errors
from app.quick_imports import quick_imports
from app.terminal.terminal import say_json


@click.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of a workflow file, with every installed action type."""
    with clear_errors():
        with quick_imports():
            from app.files.workflow_schema import encoded

        say_json(encoded().rstrip())
