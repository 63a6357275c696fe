"""A cluster of real processes on a real PostgreSQL: nodes that serve the API, and workers."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import asyncpg
import httpx

from tests.chaos.harm.journal_file import EVENTS, Event, Journals
from tests.chaos.harm.load import connect
from tests.support.databases import PostgresServer
from tests.support.processes import OrchestratorProcess, Processes


class Cluster:
    """Some API nodes and workers. Requests go to the API nodes in turn, as through a balancer."""

    def __init__(
        self, processes: Processes, server: PostgresServer, database: str, services: Mapping[str, Any]
    ) -> None:
        self.api: list[OrchestratorProcess] = []
        self.workers: list[OrchestratorProcess] = []
        self.clients: list[httpx.AsyncClient] = []
        self._processes = processes
        self._services = services
        self._environ = {"ORCHESTRATOR_DATABASE_URL": server.url(database), "ORCHESTRATOR_ENVIRONMENT": "test"}
        self._dsn = server.url(database).replace("postgresql+asyncpg://", "postgresql://")
        self._turns = itertools.count()

    async def start(self, *, api: int, workers: int) -> None:
        """Start all processes at once."""
        for _ in range(api):
            self.api.append(self._made("dev", {"ORCHESTRATOR_NODE_KIND": "api"}))
        for _ in range(workers):
            self.workers.append(self._made("worker", {}))
        await asyncio.gather(*(asyncio.to_thread(process.start) for process in self.nodes))
        self.clients = [connect(process.url) for process in self.api]

    async def add_worker(self) -> None:
        """Start one more worker."""
        self.workers.append(self._made("worker", {}))
        await asyncio.to_thread(self.workers[-1].start)

    @property
    def nodes(self) -> list[OrchestratorProcess]:
        """All processes."""
        return [*self.api, *self.workers]

    def _made(self, command: str, environ: Mapping[str, str]) -> OrchestratorProcess:
        return self._processes.made(self._services, command=command, environ={**self._environ, **environ})

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """Send a request to the API node whose turn it is."""
        return await self._next().post(path, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """See `post`."""
        return await self._next().get(path, **options)

    def _next(self) -> httpx.AsyncClient:
        return self.clients[next(self._turns) % len(self.clients)]

    async def journals(self) -> Journals:
        """The journal of each execution."""
        found: dict[str, list[Event]] = defaultdict(list)
        for row in await self.select(EVENTS):
            found[row[0]].append(Event(*row))
        return found

    async def select(self, statement: str) -> list[Any]:
        """The rows of a statement."""
        connection = await asyncpg.connect(self._dsn)
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()

    async def close(self) -> None:
        """Close the clients; the processes are ended by whoever made them."""
        for client in self.clients:
            await client.aclose()
