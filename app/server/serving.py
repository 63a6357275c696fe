"""Serves ASGI applications inside a running event loop, for the demo and for tests."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from app.server.listening import listening
from app.server.patience import Patience
from engine.services.addresses import Network

POLL_SECONDS = 0.005
STOP_SECONDS = 5


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to whoever runs the event loop, and stops at once when told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopping = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Wait to be told, where uvicorn would look ten times a second (and renew the Date header, which is off)."""
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what is under way end, as uvicorn does, but without its pauses where there is nothing to wait for."""
        del sockets  # the signature is uvicorn's
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                while state.connections or state.tasks:  # noqa: ASYNC110 - uvicorn says no word when they are gone
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            for task in state.tasks:
                task.cancel()
        await self.lifespan.shutdown()

    def stop(self) -> None:
        """Let `serve_until_stopped` end."""
        self.should_exit = True
        self._stopping.set()

    async def serve_until_stopped(self) -> None:
        """Serve; a failure to start, which would end the process, is an error like any other."""
        try:
            await self.serve()
        except SystemExit as error:
            raise RuntimeError(f"the server could not start on port {self.config.port}") from error


@asynccontextmanager
async def serving(
    app: Any, port: int = 0, *, patience: Patience | None = None, trusted_proxies: Sequence[Network] = ()
) -> AsyncIterator[str]:
    """Serve `app` on the loopback, by default on a free port; give its base URL. Raises `RuntimeError`."""
    config = listening(
        app,
        "127.0.0.1",
        port,
        patience=patience,
        trusted_proxies=trusted_proxies,
        date_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve_until_stopped())
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(POLL_SECONDS)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.stop()
        await task
