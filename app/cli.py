"""The command line `orchestrator`."""

import os
from pathlib import Path

import click

from app.settings import load_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="orchestrator")
def main() -> None:
    """Define workflows, run them, watch every step, trust the result."""


@main.command()
@click.option("--port", type=int, help="Port to listen on (default 5080).")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the database lives (default .orchestrator).")
def dev(port: int | None, data_dir: Path | None) -> None:
    """Serve on this machine: test environment, loopback, embedded SQLite."""
    from app.server import serve

    settings = load_settings(os.environ, port=port, data_dir=data_dir)
    serve(settings)
