"""Runs one workflow file in this process, without a server: the same engine on a database of its own."""

import asyncio
import getpass
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from app.commands.answers import Answering, GivenAnswers, question_of
from app.commands.progress import ProgressDisplay
from app.composition import running_services
from app.data_directory import own_data_directory
from app.files.workflow_file import read_parameters, read_workflow
from app.settings.settings import Settings, SettingsError
from app.terminal.console import TerminalConsole
from engine.core.state import slot
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.entities import Event, ExecutionDetail
from models.errors import ExecutionFinished
from models.words import EventType, Role
from resolvers.context import Context, Viewer
from resolvers.executions.executions import cancel_execution, execute_workflow, get_execution
from resolvers.executions.streams import execution_events
from resolvers.workflows.workflows import create_workflow

NAME_SUFFIX_LENGTH = 22
CANCELLING = "Cancelling, with what is to be cleaned up; once more leaves at once."


class Interrupted(Exception):
    """It was left at once: nobody knows what became of what was at work."""


class RunEnd(msgspec.Struct, frozen=True):
    """The execution as it ended, and whether it was cancelled from the keyboard."""

    execution: ExecutionDetail
    is_interrupted: bool


def run_file(
    file: Path,
    assignments: Sequence[str],
    settings: Settings,
    *,
    keep: bool,
    console: TerminalConsole,
    given: GivenAnswers,
) -> RunEnd:
    """Run the workflow in `file` to its end, shown live on `console`.

    With `keep` the journal stays in the settings' data directory; otherwise it is thrown away. An interrupt cancels the
    execution, a second one leaves it. Raises `OrchestratorError`, `SettingsError`, `OSError`, `Interrupted`.
    """
    workflow = read_workflow(file)
    parameters = read_parameters(workflow.parameters, assignments)
    given.check([action.action_id for action in workflow.actions])
    with ExitStack() as stack:
        if not keep:
            folder = stack.enter_context(_thrown_away())
            settings = msgspec.structs.replace(settings, data_dir=Path(folder), database_url="")
        stack.enter_context(own_data_directory(settings))
        command = parse(ExecuteWorkflow, {"parameters": parameters})
        try:
            return asyncio.run(_run(workflow, command, settings, console, given))
        except asyncio.CancelledError:
            raise Interrupted from None


async def _run(
    workflow: CreateWorkflow,
    command: ExecuteWorkflow,
    settings: Settings,
    console: TerminalConsole,
    given: GivenAnswers,
) -> RunEnd:
    # What is at work when it is left gets no grace: whoever leaves has cancelled before.
    async with running_services(settings, grace_seconds=0.0) as services:
        ctx = Context(Viewer(_user(), "default", Role.EDITOR), services)
        # A kept database may hold the workflow of an earlier run, and names are unique.
        unique = f"{workflow.name[: 200 - NAME_SUFFIX_LENGTH]} {services.new_id('run_')}"
        created = await create_workflow(ctx, workflow.model_copy(update={"name": unique}))
        accepted = await execute_workflow(ctx, created.id, command)
        execution_id = accepted.execution.id
        with ProgressDisplay(console) as progress, _interrupts(ctx, execution_id, console) as interrupts:
            answering = Answering(ctx, execution_id, given, console, progress, _terminal(console))
            try:
                async for event in execution_events(ctx, execution_id):
                    progress.show(EventType(event.type), event.at, event.action_id, event.data)
                    await _heed(answering, event)
            finally:
                answering.close()
        return RunEnd(await get_execution(ctx, execution_id), bool(interrupts))


async def _heed(answering: Answering, event: Event) -> None:
    """Ask what an event says that somebody has to give, or stop asking."""
    if event.action_id is None:
        return
    question = question_of(event) if event.type == EventType.ACTION_WAITING else None
    answering.settle(slot(event.action_id, event.data.get("item")))
    if question is not None:
        await answering.ask(question)


@contextmanager
def _interrupts(ctx: Context, execution_id: str, console: TerminalConsole) -> Iterator[list[asyncio.Task[None]]]:
    """The first Ctrl-C begins to cancel the execution, which is in the list then; the next one leaves it."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    begun: list[asyncio.Task[None]] = []

    def interrupt() -> None:
        if begun and task is not None:
            task.cancel()
            return
        console.print(CANCELLING, style="yellow", highlight=False)
        begun.append(asyncio.create_task(cancel()))

    async def cancel() -> None:
        with suppress(ExecutionFinished):
            await cancel_execution(ctx, execution_id)

    loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        yield begun
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _terminal(console: TerminalConsole) -> int | None:
    """The terminal at which somebody sits who reads what is asked; None where nobody does."""
    return sys.stdin.fileno() if console.is_terminal and not console.quiet and sys.stdin.isatty() else None


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
