"""The command line `orchestrator`."""

import os
import sys
from pathlib import Path

import click
import msgspec

from app.quick_imports import quick_imports

with quick_imports():
    from app.commands.api_key_commands import api_key
    from app.commands.audit_commands import audit
    from app.commands.backup_commands import backup, restore
    from app.commands.chosen_settings import chosen_settings, warn_of_strangers
    from app.commands.clear_errors import clear_errors
    from app.commands.command_options import Directory, data_dir_option, json_option, read_with
    from app.commands.retention_command import retention
    from app.commands.schema_command import schema
    from app.commands.secret_commands import secret
    from app.commands.settings_command import settings as settings_command
    from app.commands.token_command import token
    from app.commands.validate_command import validate
    from app.settings.parsers import MAX_CONCURRENCY, read_host
    from app.settings.settings import PREFIX, Environment, SettingsError
    from app.terminal.terminal import TerminalGroup, say, say_json
    from models.distribution import DISTRIBUTION

host_option = click.option("--host", callback=read_with(read_host), help="Address to listen on (default 127.0.0.1).")
port_option = click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on (default 5080).")
file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group(cls=TerminalGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=DISTRIBUTION)
def main() -> None:
    """Define workflows, run them, watch every step, trust the result.

    Settings come from ORCHESTRATOR_* in the environment and from a TOML file below it; options win over both.
    """


for command in (api_key, audit, backup, restore, retention, schema, secret, settings_command, token, validate):
    main.add_command(command)


@main.command()
@host_option
@port_option
@data_dir_option
@click.option("--fresh", is_flag=True, help="Start with an empty database: what the data directory holds is deleted.")
@click.option("--postgres", is_flag=True, help="As on many machines: a PostgreSQL server in the data directory.")
def dev(host: str | None, port: int | None, data_dir: Path | None, fresh: bool, postgres: bool) -> None:
    """Serve on this machine: test environment, loopback, embedded SQLite."""
    with clear_errors():
        with quick_imports():  # a server's are no part of the other commands' start
            from app.server.server import run_server

        warn_of_strangers()
        settings = chosen_settings(host=host, port=port, data_dir=data_dir)
        if settings.environment is not Environment.TEST:
            raise SettingsError(f"{PREFIX}ENVIRONMENT is production: for that there is 'orchestrator serve'")
        if not postgres:
            run_server(settings, fresh=fresh)
            return
        if fresh:
            raise SettingsError("--fresh empties the embedded database: without --postgres, or delete its folder")
        from app.commands.local_postgres import local_postgres

        with local_postgres(settings) as settings:
            run_server(settings)


@main.command()
@host_option
@port_option
@data_dir_option
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Processes that share the port (PostgreSQL).")
def serve(host: str | None, port: int | None, data_dir: Path | None, workers: int) -> None:
    """Serve in production. An unsafe configuration is refused, with all that is wrong and what to set."""
    with clear_errors():
        with quick_imports():
            from app.server.server import run_server
            from app.settings.own_files import GROUP_AND_OTHERS
            from app.settings.production import production_settings

        os.umask(GROUP_AND_OTHERS)
        warn_of_strangers()
        run_server(chosen_settings(production_settings, host=host, port=port, data_dir=data_dir), processes=workers)


@main.command()
@host_option
@port_option
@data_dir_option
@click.option("--concurrency", type=click.IntRange(1, MAX_CONCURRENCY), help="Executions at once (default 256).")
def worker(host: str | None, port: int | None, data_dir: Path | None, concurrency: int | None) -> None:
    """Carry out executions beside the nodes that serve the API. The port answers probes and metrics alone."""
    with clear_errors():
        with quick_imports():
            from app.server.server import run_server
            from app.settings.own_files import GROUP_AND_OTHERS
            from app.settings.production import worker_settings

        os.umask(GROUP_AND_OTHERS)
        warn_of_strangers()
        run_server(chosen_settings(worker_settings, host=host, port=port, data_dir=data_dir, concurrency=concurrency))


@main.command()
@json_option
@data_dir_option
def migrate(as_json: bool, data_dir: Path | None) -> None:
    """Bring the database to the newest schema, as every start does; any number may do it at the same moment."""
    with clear_errors():
        with quick_imports():
            import asyncio

            from app.commands.beside_a_server import beside, tell
            from app.commands.operator import migrate_database

        found = beside(data_dir)
        tell(found)
        schema = asyncio.run(migrate_database(found.settings))
    if as_json:
        say_json(msgspec.json.encode({"schema": schema}))
    else:
        say("The database has the newest schema.")


@main.command()
@file_argument
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter of the run.")
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="A label of the run.")
@click.option(
    "--approve",
    multiple=True,
    metavar="ACTION[=FORM]",
    help="Approve what it asks; FORM is JSON; repeatable.",
)
@click.option("--reject", multiple=True, metavar="ACTION[=FORM]", help="Reject what it asks; repeatable.")
@click.option(
    "--signal", "signals", multiple=True, metavar="NAME[=JSON]", help="Send this signal where it is waited for."
)
@click.option("--json", "as_json", is_flag=True, help="Print the execution as JSON, and nothing else, on stdout.")
@data_dir_option
def run(
    file: Path,
    parameters: tuple[str, ...],
    labels: tuple[str, ...],
    approve: tuple[str, ...],
    reject: tuple[str, ...],
    signals: tuple[str, ...],
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Run a workflow file (JSON or YAML) without a server.

    What it waits for it asks in a terminal; elsewhere it says by which option to answer, and cancels. Ctrl-C cancels
    it, and leaves it at the second time. Exits with 0 where the run completed, 1 where it did not, 2 where the file, a
    parameter, a label or a setting is wrong or nobody can answer, and 130 after Ctrl-C.
    """
    with quick_imports():
        from app.commands.run_command import run_and_print

    with clear_errors():
        settings = chosen_settings(data_dir=data_dir)
        status = run_and_print(
            file,
            parameters,
            settings,
            keep=data_dir is not None,
            as_json=as_json,
            approved=approve,
            rejected=reject,
            signals=signals,
            labels=labels,
        )
    sys.exit(status)


@main.command()
@port_option
@click.option("--documents", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Analyse these files.")
@click.option("--keep", is_flag=True, help="Keep serving afterwards, to look around in GraphiQL.")
@click.option("--data-dir", type=Directory(), help="Keep its data here (default: nowhere).")
def demo(port: int | None, documents: Path | None, keep: bool, data_dir: Path | None) -> None:
    """Analyse real documents end to end: two services, the documented workflow, every step live."""
    with clear_errors():
        with quick_imports():
            from app.demo.show import run_demo

        run_demo(port=port or 0, documents=documents, keep=keep, data_dir=data_dir)
