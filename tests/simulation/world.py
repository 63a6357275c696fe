"""One world made from one seed: workflows, clients, processes that crash and overlap, and what came of it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, select

from engine.services.registry import ServiceRegistry
from models.commands.workflows import ExecuteWorkflow
from models.database.tables import CallbackDeliveryRow, ExecutionRow, table
from models.entities.workflows import WorkflowDetail
from models.words import TERMINAL_STATUSES, DeliveryStatus
from resolvers.access.secrets import set_secret
from resolvers.workflows.workflows import create_workflow
from tests.simulation.chance import HORIZON_SECONDS, Chance, Trouble
from tests.simulation.client import Clients
from tests.simulation.engine_process import EPOCH, EngineProcess, SimulatedClock
from tests.simulation.promises.queue_invariants import QueueWatch
from tests.simulation.simulated_database import Disk
from tests.simulation.simulated_services import services
from tests.simulation.virtual_loop import Deadlock, Runaway, VirtualLoop
from tests.simulation.witness import Witness
from tests.simulation.workflows import CUSTOMER, TOKEN, workflow

EXECUTIONS = table(ExecutionRow)
DELIVERIES = table(CallbackDeliveryRow)
LEFT = (
    select(EXECUTIONS.c.id).where(EXECUTIONS.c.status.not_in([status.value for status in TERMINAL_STATUSES])),
    select(DELIVERIES.c.id).where(DELIVERIES.c.status == DeliveryStatus.PENDING.value),
)
"""What is still to be done, as the rows tell it."""

QUIET_SECONDS = 3_600.0
"""So long the healed world has for bringing everything to its end."""

CALLBACK_URL = "http://target.simulated/ended"
LOOK_SECONDS = 20.0


class World(msgspec.Struct, frozen=True):
    """A world after its end, for the invariants to look at."""

    disk: Disk
    witness: Witness
    clients: Clients
    workflows: dict[str, WorkflowDetail]
    registry: ServiceRegistry
    healed_at: datetime


class Simulation:
    """A world from its beginning to its end: `run` says what happens in it, `chance` what goes wrong."""

    def __init__(self, chance: Chance) -> None:
        self.loop = VirtualLoop()
        self.witness = Witness()
        self.chance = chance
        self.disk = Disk(self.witness)
        self.disk.look = QueueWatch(SimulatedClock(self.loop).now).faults
        self.registry = services(self.chance.random)
        self.has_callbacks = self.chance.random.random() < 0.25
        self.processes: list[EngineProcess] = []
        self.dead: list[EngineProcess] = []
        self.clients = Clients(self.loop, self.chance, self.witness, lambda: self.processes)
        self.workflows: dict[str, WorkflowDetail] = {}
        self.healed_at = EPOCH
        self._born = 0

    async def run(self) -> None:
        """Crashes, outages and clients by chance; then the world heals and must come to rest."""
        random = self.chance.random
        await self._first_process()
        self.chance.plan_outages()
        self.chance.is_calm = False
        clients = [asyncio.create_task(self.clients.start(*asked)) for asked in self._requests()]
        chaos = asyncio.create_task(self._chaos())
        await asyncio.sleep(HORIZON_SECONDS + random.choice((0, 30)))
        self.chance.is_calm = True
        self.healed_at = EPOCH + timedelta(seconds=self.loop.time())
        await chaos
        for extra in self.processes[:-1]:
            extra.mortal.kill()
        async with asyncio.timeout(QUIET_SECONDS):
            await asyncio.gather(*clients)
        await self.come_to_rest()

    def _requests(self) -> list[tuple[str, ExecuteWorkflow]]:
        """What the clients ask for; with one idempotency key always the same."""
        random = self.chance.random
        asked: dict[str | None, tuple[str, ExecuteWorkflow]] = {}
        requests = []
        workflows = list(self.workflows) if random.random() < 0.7 else list(self.workflows)[:1]
        for _ in range(random.randint(2, 6)):
            key = f"key-{random.randint(1, 4)}" if random.random() < 0.6 else None
            if key is None or key not in asked:
                command = ExecuteWorkflow(
                    parameters={CUSTOMER: random.choice("ab")} if random.random() < 0.5 else {},
                    async_execution=random.random() < 0.7,
                    idempotency_key=key,
                    callback_url=CALLBACK_URL if self.has_callbacks and random.random() < 0.5 else None,
                )
                asked[key] = random.choice(workflows), command
            requests.append(asked[key])
        return requests

    async def _first_process(self) -> None:
        process = self.start_process()
        await process.ready.wait()
        await process.request(lambda ctx: set_secret(ctx, TOKEN))
        for number in range(self.chance.random.randint(1, 3)):
            made = await process.request(
                lambda ctx, number=number: create_workflow(
                    ctx, workflow(self.chance.random, number, list(self.workflows))
                )
            )
            self.workflows[made.id] = made

    async def _chaos(self) -> None:
        """Crashes, shutdowns, and times in which an old process goes on beside its successor."""
        random = self.chance.random
        for _ in range(random.randint(0, 5)):
            await asyncio.sleep(random.uniform(0, HORIZON_SECONDS / 5))
            if not self.processes:
                continue
            oldest = self.processes[0]
            match random.choice(("crash", "shut down", "overlap", "overlap for long")):
                case "crash":
                    oldest.mortal.kill()
                case "shut down":
                    oldest.shut_down()
                case "overlap":
                    self.start_process()
                    self.loop.call_later(random.uniform(0, 20), oldest.mortal.kill)
                case _:
                    self.start_process()

    def start_process(self) -> EngineProcess:
        """Start a process, which is replaced once it is dead and no other is there."""
        self._born += 1
        name = f"engine-{self._born}"
        process = EngineProcess(name, self.registry, self.disk, self.chance, self.loop, self.witness)
        process.start(with_callbacks=self.has_callbacks)
        self.processes.append(process)
        process.mortal.when_dead.append(lambda: self._on_death(process))
        return process

    def _on_death(self, process: EngineProcess) -> None:
        self.processes.remove(process)
        self.dead.append(process)
        if not self.processes:
            self.loop.call_later(self.chance.downtime(), self._replace)

    def _replace(self) -> None:
        if not self.processes:
            self.start_process()

    async def come_to_rest(self) -> None:
        """Wait until every execution has ended and every callback is settled, or it is plain that one never will."""
        for _ in range(int(QUIET_SECONDS / LOOK_SECONDS)):
            await asyncio.sleep(LOOK_SECONDS)
            if self.disk.read(_is_at_rest):
                return

    async def bury(self) -> None:
        """Free everything, without a warning about what never ended."""
        for process in self.processes:
            process.mortal.kill()
        for process in (*self.dead, *self.processes):
            process.mortal.bury()


def _is_at_rest(connection: Connection) -> bool:
    return not any(connection.execute(left).first() for left in LEFT)


def simulate(seed: int, switched_off: frozenset[Trouble] = frozenset()) -> World:
    """Run the world of `seed` to its end, with some troubles switched off."""
    return world_of(Simulation(Chance(seed, switched_off)))


def world_of(simulation: Simulation) -> World:
    """Run a world to its end."""
    loop = simulation.loop
    try:
        with _log_of_the_engine(simulation.witness):
            try:
                loop.run_until_complete(simulation.run())
            except (Deadlock, Runaway, TimeoutError) as error:
                simulation.witness.bugs.append(f"{type(error).__name__}: {error}")
            simulation.witness.bugs += loop.complaints
        with _log_of_the_engine(Witness()):  # what the dead still say is nobody's concern
            loop.run_until_complete(simulation.bury())
    finally:
        loop.close()
    return World(
        simulation.disk,
        simulation.witness,
        simulation.clients,
        simulation.workflows,
        simulation.registry,
        simulation.healed_at,
    )


@contextmanager
def _log_of_the_engine(witness: Witness) -> Iterator[None]:
    """The engine logs an error only where it met a bug of its own, so in a simulation an error is a finding."""
    logger = logging.getLogger("orchestrator")
    handler = _Findings(witness)
    before = logger.propagate, logger.level
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate, logger.level = before[0], before[1]


class _Findings(logging.Handler):
    def __init__(self, witness: Witness) -> None:
        super().__init__(logging.ERROR)
        self._witness = witness

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        self._witness.bugs.append(f"the engine logged an error: {record.getMessage()} {cause!r}")
