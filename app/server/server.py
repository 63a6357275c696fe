"""Runs the ASGI application under uvicorn."""

import asyncio
import gc
import logging
import os
import resource
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from app.asgi import create_app
from app.callbacks import callback_keys
from app.commands.explained_start import ExplainedStart
from app.credentials.token_keys import secret_key
from app.credentials.token_secret import token_secret
from app.data_directory import own_data_directory
from app.quick_imports import quick_imports
from app.secret_keys import encryption_keys
from app.server.forked import run_forked
from app.server.listening import listening
from app.server.listening_sockets import NoPlace, bound, no_place
from app.server.stop_signals import StopSignals
from app.server_notes import ServerNote, left_for_commands
from app.settings.settings import PREFIX, Settings, SettingsError, address_of
from app.settings.shown_texts import without_password
from app.terminal.logs import LogFormat, set_up_logs
from app.terminal.terminal import say
from engine.secrets.cipher import key_id
from models.database.connect import connect
from models.database.sqlite_files.file import database_file
from models.errors import Unavailable
from models.log_context import facts
from models.words import NodeKind

log = logging.getLogger("orchestrator.server")

SWITCH_INTERVAL_SECONDS = 0.001
"""How long a thread keeps the interpreter when another one waits. The database's threads give it up at each statement
and each row that they read, and win it back from a busy event loop: at Python's default of 5 ms late (ADR 4)."""

GC_THRESHOLD = 50_000
"""New objects between collections: almost none of ours are in cycles, so looking often is work for nothing."""

NO_START = 3
"""The exit status of a server that cannot start, as the library under it has it."""

DRAIN_SECONDS = 10
"""How long requests and live streams under way may take after a signal. With the grace of the executions and of the
last commit, a stop ends within 30 s."""


API_SAYS = (
    "Orchestrator serves on {base}",
    "  Console               {base}/",
    "  GraphiQL and GraphQL  {base}/graphql",
    "  REST and its docs     {base}/docs",
)
WORKER_SAYS = ("Orchestrator carries out executions; its probes are on {base}",)


class _Server(uvicorn.Server):
    """Says where it serves as soon as it does, and heeds the signals to stop that came before it began."""

    def __init__(
        self, config: uvicorn.Config, start: ExplainedStart, says: Sequence[str], signals: StopSignals
    ) -> None:
        super().__init__(config)
        self._start = start
        self._says = says
        self._signals = signals

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            for number in self._signals.came:
                self.handle_exit(number, None)
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self.should_exit:
            return
        uvicorn_log = logging.getLogger("uvicorn.error")
        uvicorn_log.addFilter(_is_not_told_better)
        try:
            await super().startup(sockets=sockets)
        except SystemExit:
            for line in self._start.faults:
                say(f"error: {line}", err=True)
            raise
        except OSError as error:  # another one that had bound the place too was the first to listen
            await self.lifespan.shutdown()
            say(f"error: {no_place(self.config.host, self.config.port, error)}", err=True)
            sys.exit(NO_START)
        finally:
            uvicorn_log.removeFilter(_is_not_told_better)
        if self.started:
            base = address_of(*self.servers[0].sockets[0].getsockname()[:2])
            log.info("Listening", extra=facts(url=base))
            for line in self._says:
                say(line.format(base=base))


def _is_not_told_better(record: logging.LogRecord) -> bool:
    """Whether the library says of a start that fails what our own last line does not say with what to do."""
    return record.msg != "Application startup failed. Exiting."


def run_server(settings: Settings, *, fresh: bool = False, processes: int = 1) -> None:
    """Serve until SIGINT or SIGTERM, then drain; with `fresh` on an empty database, in so many processes.

    Raises `SettingsError`.
    """
    if processes > 1 and settings.is_embedded:
        raise SettingsError(
            f"several processes need {PREFIX}DATABASE_URL: a SQLite file is one process's alone, many share PostgreSQL"
        )
    set_up_logs(settings.logs_as, settings.log_level)
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    _allow_many_files()
    with quick_imports():
        start = ExplainedStart(create_app(settings))
        config = listening(
            start,
            settings.host,
            settings.port,
            trusted_proxies=settings.trusted_proxies,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    gc.set_threshold(GC_THRESHOLD)
    # The server drains on a signal and then raises it once more; by then there is nothing left to end.
    signals = StopSignals()
    signals.hold()
    with own_data_directory(settings, fresh=fresh), left_for_commands(settings.data_dir, _note(settings)):
        says = _banner(settings)
        with _bound(settings) as sockets:
            server = _Server(config, start, says, signals)
            if processes == 1:
                server.run(sockets)
                return
            _check_database(settings)
            status = run_forked(processes, lambda: server.run(sockets), signals)
    sys.exit(status)


@contextmanager
def _bound(settings: Settings) -> Iterator[list[socket.socket]]:
    """The sockets to serve on. Ends the process with a message where there is no place."""
    try:
        sockets = bound(settings.host, settings.port)
    except NoPlace as error:
        say(f"error: {error}", err=True)
        sys.exit(NO_START)
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()


def _check_database(settings: Settings) -> None:
    """End with a message where no process could open it: each of them would say so, again and again."""

    async def open_once() -> None:
        await (await connect(settings.url)).close()

    try:
        asyncio.run(open_once())
    except Unavailable as error:
        say(f"error: {error.message}", err=True)
        sys.exit(NO_START)


def _note(settings: Settings) -> ServerNote:
    """What the commands beside it are told.

    What is wrong with keys is refused here with a message, where the server's start would refuse with a trace. Raises
    `SettingsError`.
    """
    callback_keys(settings)
    secret = token_secret(settings)
    return ServerNote(
        database=f"sqlite:///{database_file(settings.url)}" if settings.is_embedded else without_password(settings.url),
        environment=settings.environment,
        process=os.getpid(),
        encryption_keys=tuple(map(key_id, encryption_keys(settings))),
        token_key=secret_key(secret).fingerprint if secret else None,
    )


def _banner(settings: Settings) -> Sequence[str]:
    """What a person is told; whoever reads JSON has the line of the log, and nothing beside it."""
    if settings.logs_as is LogFormat.JSON:
        return ()
    return WORKER_SAYS if settings.node_kind is NodeKind.WORKER else API_SAYS


def _allow_many_files() -> None:
    """Take as many files, hence connections, as the system lets this process have: by default it is only 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
