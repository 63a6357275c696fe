"""Runs the ASGI application under uvicorn."""

import gc
import logging
import resource
import signal
import socket
import sys
from collections.abc import Sequence

import uvicorn

from app.asgi import create_app
from app.callbacks import callback_keys
from app.commands.explained_start import ExplainedStart
from app.commands.quick_imports import quick_imports
from app.credentials.token_secret import token_secret
from app.data_directory import own_data_directory
from app.secret_keys import encryption_keys
from app.server.forked import run_forked
from app.server.listening import listening
from app.settings.settings import PREFIX, Settings, SettingsError
from app.terminal.logs import LogFormat, set_up_logs
from app.terminal.terminal import say
from models.log_context import facts
from models.words import NodeKind

log = logging.getLogger("orchestrator.server")

SWITCH_INTERVAL_SECONDS = 0.0002
"""How long a thread keeps the interpreter when another one waits. The database's writer thread gives it up at
each statement; at Python's default of 5 ms a busy event loop would stretch a commit 40 times (ADR 4)."""

GC_THRESHOLD = 50_000
"""New objects between collections: almost none of ours are in cycles, so looking often is work for nothing."""

DRAIN_SECONDS = 10
"""How long requests and live streams under way may take after a signal. With the grace of the executions and of the
last commit, a stop ends within 30 s."""


API_SAYS = (
    "Orchestrator serves on {base}",
    "  GraphiQL and GraphQL  {base}/graphql",
    "  REST and its docs     {base}/docs",
)
WORKER_SAYS = ("Orchestrator carries out executions; its probes are on {base}",)


class _Server(uvicorn.Server):
    """Says where it serves as soon as it does."""

    def __init__(self, config: uvicorn.Config, start: ExplainedStart, says: Sequence[str]) -> None:
        super().__init__(config)
        self._start = start
        self._says = says

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets=sockets)
        except SystemExit:
            # uvicorn has logged what the system says, which is not what to do.
            for line in self._start.faults if self.lifespan.should_exit else [self._no_place()]:
                say(f"error: {line}", err=True)
            raise
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            base = f"http://{host}:{port}"
            log.info("Listening", extra=facts(url=base))
            for line in self._says:
                say(line.format(base=base))

    def _no_place(self) -> str:
        place = f"{self.config.host}:{self.config.port}"
        return f"cannot serve on {place}: choose another --port or --host, or stop what is there"


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
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    with own_data_directory(settings, fresh=fresh):
        # What is wrong with them is refused here with a message, where the server's start would refuse with a trace.
        callback_keys(settings)
        encryption_keys(settings)
        token_secret(settings)
        says = _banner(settings)
        if processes == 1:
            _Server(config, start, says).run()
            return
        shared = config.bind_socket()
        status = run_forked(processes, lambda: _Server(config, start, says).run(sockets=[shared]))
    sys.exit(status)


def _banner(settings: Settings) -> Sequence[str]:
    """What a person is told; whoever reads JSON has the line of the log, and nothing beside it."""
    if settings.logs_as is LogFormat.JSON:
        return ()
    return WORKER_SAYS if settings.node_kind is NodeKind.WORKER else API_SAYS


def _allow_many_files() -> None:
    """Take as many files, hence connections, as the system lets this process have: by default it is only 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
