"""Runs one workflow file in this process, without a server: the same engine on a database of its own."""

import asyncio
import getpass
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from app.commands.progress import ProgressDisplay
from app.composition import running_services
from app.data_directory import own_data_directory
from app.files.workflow_file import read_parameters, read_workflow
from app.settings.settings import Settings, SettingsError
from app.terminal.console import TerminalConsole
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.entities import ExecutionDetail
from models.words import EventType, Role
from resolvers.context import Context, Viewer
from resolvers.executions.executions import cancel_execution, execute_workflow, get_execution
from resolvers.executions.streams import execution_events
from resolvers.workflows.workflows import create_workflow

NAME_SUFFIX_LENGTH = 22


def run_file(
    file: Path, assignments: Sequence[str], settings: Settings, *, keep: bool, console: TerminalConsole
) -> ExecutionDetail:
    """Run the workflow in `file` to its end, shown live on `console`, and return the execution.

    With `keep` the journal stays in the settings' data directory; otherwise it is thrown away. An interrupt
    cancels the execution. Raises `OrchestratorError`, `SettingsError`, `OSError`.
    """
    workflow = read_workflow(file)
    parameters = read_parameters(workflow.parameters, assignments)
    with ExitStack() as stack:
        if not keep:
            folder = stack.enter_context(_thrown_away())
            settings = msgspec.structs.replace(settings, data_dir=Path(folder), database_url="")
        stack.enter_context(own_data_directory(settings))
        command = parse(ExecuteWorkflow, {"parameters": parameters})
        return asyncio.run(_run(workflow, command, settings, console))


async def _run(
    workflow: CreateWorkflow, command: ExecuteWorkflow, settings: Settings, console: TerminalConsole
) -> ExecutionDetail:
    async with running_services(settings) as services:
        ctx = Context(Viewer(_user(), "default", Role.EDITOR), services)
        # A kept database may hold the workflow of an earlier run, and names are unique.
        unique = f"{workflow.name[: 200 - NAME_SUFFIX_LENGTH]} {services.new_id('run_')}"
        created = await create_workflow(ctx, workflow.model_copy(update={"name": unique}))
        for warning in created.warnings:
            console.print(f"warning: {warning.message}", style="yellow", highlight=False)
        accepted = await execute_workflow(ctx, created.id, command)
        try:
            with ProgressDisplay(console) as progress:
                async for event in execution_events(ctx, accepted.execution.id):
                    progress.show(EventType(event.type), event.at, event.action_id, event.data)
        except asyncio.CancelledError:
            await cancel_execution(ctx, accepted.execution.id)
            async for _ in execution_events(ctx, accepted.execution.id):
                """What is to be cleaned up is cleaned up before this process goes."""
            raise
        return await get_execution(ctx, accepted.execution.id)


def _thrown_away() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="orchestrator-")
    except OSError as error:
        told = f"no temporary directory can be made: {error.strerror}: set TMPDIR, or name a --data-dir"
        raise SettingsError(told) from None


def _user() -> str:
    """Who runs it; in a container the user may have a number and no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the one or the other, by the version of Python
        return f"uid-{os.getuid()}"
