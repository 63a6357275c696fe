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

from app.commands.answers import Answering
from app.commands.given_answers import GivenAnswers
from app.commands.progress import ProgressDisplay
from app.commands.questions import question_of
from app.composition import running_services
from app.data_directory import own_data_directory
from app.files.workflow_file import read_labels, read_parameters, read_workflow
from app.settings.settings import Settings, SettingsError
from app.terminal.console import TerminalConsole
from engine.core.state import slot
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.entities.executions import Event, ExecutionDetail
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

    def __init__(self, *, lacks_answer: bool) -> None:
        super().__init__()
        self.lacks_answer = lacks_answer


class RunEnd(msgspec.Struct, frozen=True):
    """The execution as it ended, and whether it was cancelled from the keyboard, or for want of an answer."""

    execution: ExecutionDetail
    is_interrupted: bool
    lacks_answer: bool


def run_file(
    file: Path,
    assignments: Sequence[str],
    settings: Settings,
    *,
    keep: bool,
    console: TerminalConsole,
    given: GivenAnswers,
    labels: Sequence[str] = (),
) -> RunEnd:
    """Run the workflow in `file` to its end, shown live on `console`.

    With `keep` the journal stays in the settings' data directory; otherwise it is thrown away. An interrupt cancels the
    execution, a second one leaves it.
    It is cancelled, too, where it waits for what nobody can answer.

    Raises `OrchestratorError`, `SettingsError`, `OSError`, `Interrupted`.
    """
    workflow = read_workflow(file)
    parameters = read_parameters(workflow.parameters, assignments)
    named = read_labels(labels)
    given.check(workflow)
    with ExitStack() as stack:
        if not keep:
            folder = stack.enter_context(_thrown_away())
            settings = msgspec.structs.replace(settings, data_dir=Path(folder), database_url="")
        stack.enter_context(own_data_directory(settings))
        command = parse(ExecuteWorkflow, {"parameters": parameters, "labels": named})
        return asyncio.run(_run(workflow, command, settings, console, given))


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
        stop = _Stop(ctx, execution_id, console)
        with ProgressDisplay(console) as progress, _interrupts(stop), stop.leaving():
            answering = Answering(ctx, execution_id, given, console, progress, _terminal(console), stop.give_up)
            try:
                async for event in execution_events(ctx, execution_id):
                    progress.show(EventType(event.type), event.at, event.action_id, event.data)
                    stop.heed(event)
                    await _heed(answering, event)
            finally:
                answering.close()
        return RunEnd(await get_execution(ctx, execution_id), stop.is_interrupted, stop.lacks_answer)


async def _heed(answering: Answering, event: Event) -> None:
    """Ask what an event says that somebody has to give, or stop asking."""
    if event.action_id is None:
        return
    question = question_of(event) if event.type == EventType.ACTION_WAITING else None
    answering.settle(slot(event.action_id, event.data.get("item")))
    if question is not None:
        await answering.ask(question)


class _Stop:
    """Ends an execution before its time: by a cancel with its clean-up, and by leaving it where that was no end."""

    def __init__(self, ctx: Context, execution_id: str, console: TerminalConsole) -> None:
        self._ctx = ctx
        self._execution_id = execution_id
        self._console = console
        self._task = asyncio.current_task()
        self._cancelling: asyncio.Task[None] | None = None
        self._cleans_up = False
        self.is_interrupted = False
        self.lacks_answer = False

    def interrupt(self) -> None:
        """Somebody at the keyboard has enough of it."""
        if self.is_interrupted:
            self._leave()
            return
        self._console.print(CANCELLING, style="yellow", highlight=False)
        self.is_interrupted = True
        self._cancel()

    def give_up(self) -> None:
        """It waits for what nobody can answer. A clean-up that does so has no end: it cannot be cancelled."""
        self.lacks_answer = True
        if self._cleans_up:
            self._leave()
        else:
            self._cancel()

    def heed(self, event: Event) -> None:
        """Take note of where the execution is."""
        self._cleans_up = self._cleans_up or event.type == EventType.EXECUTION_STOPPING

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Raise `Interrupted` where it is left."""
        try:
            yield
        except asyncio.CancelledError:
            raise Interrupted(lacks_answer=self.lacks_answer) from None

    def _cancel(self) -> None:
        if self._cancelling is None:
            self._cancelling = asyncio.create_task(self._cancel_execution())

    async def _cancel_execution(self) -> None:
        with suppress(ExecutionFinished):
            await cancel_execution(self._ctx, self._execution_id)

    def _leave(self) -> None:
        if self._task is not None:
            self._task.cancel()


@contextmanager
def _interrupts(stop: _Stop) -> Iterator[None]:
    """Ctrl-C is no exception here: it stops the execution."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, stop.interrupt)
    try:
        yield
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
