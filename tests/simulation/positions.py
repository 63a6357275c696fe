"""A world of one execution in which the process is killed at appointed commits, and nothing else goes wrong."""

import asyncio
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import msgspec
from sqlalchemy import select

from engine.core.state import ActionState, fold
from engine.journal.journal import read_events_of
from engine.services.registry import Service
from models.commands.reruns import RerunExecution
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.database.tables import ExecutionRow, table
from models.entities.workflows import WorkflowDetail
from models.words import ExecutionStatus
from resolvers.workflows.workflows import create_workflow
from tests.simulation.chance import Chance, Fate, Trouble
from tests.simulation.client import AMBIGUOUS
from tests.simulation.engine_process import EngineProcess
from tests.simulation.forms import CHILD, Form, Input
from tests.simulation.world import QUIET_SECONDS, Simulation, World, world_of

DATABASE_SECONDS = 0.004
CALL_SECONDS = 0.03
PAUSE_SECONDS = 1.0
DOWNTIMES = (0.1, 3.0, 15.0)
UNLIKE = frozenset({"number", "etag", "waited_until", "sent_at", "at", "execution_id"})
"""What differs between two runs by right: a moment, an id, and the number and mark that a service gives its answer."""

EXECUTIONS = table(ExecutionRow)


class Kill(msgspec.Struct, frozen=True):
    """The process dies at a commit, counted from 1: right after that reached the disk, or right before."""

    commit: int
    is_written: bool


class Appointed(Chance):
    """Nothing is left to chance: every delay is the same, and the process dies as appointed."""

    def __init__(self, kills: Sequence[Kill]) -> None:
        super().__init__(0)
        self.commits = self.deaths = 0
        self.is_counting = False
        self.is_ill = True
        self._kills = {kill.commit: kill for kill in kills}
        self._called: set[str] = set()
        self._downtimes = cycle(DOWNTIMES[kills[0].commit % 3 :] + DOWNTIMES if kills else DOWNTIMES)

    def of_database(self) -> Fate:
        """It answers."""
        return Fate(Trouble.NONE, DATABASE_SECONDS, DATABASE_SECONDS)

    def of_transaction(self) -> Fate:
        """It answers, but where its process dies."""
        if not self.is_counting:
            return self.of_database()
        self.commits += 1
        kill = self._kills.get(self.commits)
        self.deaths += kill is not None
        trouble = Trouble.NONE if kill is None else Trouble.CRASH_AFTER if kill.is_written else Trouble.CRASH_BEFORE
        return Fate(trouble, DATABASE_SECONDS, DATABASE_SECONDS)

    def of_service(self, path: str, key: str) -> Fate:
        """It answers, later for an action that is named later, so that not all ends at once."""
        is_new = key not in self._called
        self._called.add(key)
        fails = path == "/broken" or (path == "/flaky" and is_new) or path == ("/ill" if self.is_ill else "/worse")
        trouble = Trouble.SERVER_ERROR if fails else Trouble.NONE
        return Fate(trouble, CALL_SECONDS, CALL_SECONDS * (sum(key.partition(":")[2].encode()) % 7))

    def downtime(self) -> float:
        """A short one, a longer one, a long one, in turn."""
        return next(self._downtimes)


class Killed(Simulation):
    """One execution of a form from its start to its end."""

    def __init__(self, form: Form, kills: Sequence[Kill]) -> None:
        self.appointed = Appointed(kills)
        super().__init__(self.appointed)
        self.registry = {"alpha": Service("alpha", "http://alpha", idempotent=True)}
        self.has_callbacks = False
        self._form = form

    async def run(self) -> None:
        """The execution is asked for, and sent what its form says."""
        process = self.start_process()
        await process.ready.wait()
        child = await self._make(process, "child", self._form.child)
        actions = msgspec.json.decode(
            msgspec.json.encode(self._form.actions).replace(CHILD.encode(), child.id.encode())
        )
        made = await self._make(process, "form", actions, **self._form.clean_up)
        if self._form.rerun is not None:
            await self._do_over(made.id, self._form.rerun)
            await self.come_to_rest()
            return
        self.appointed.is_counting = True
        began = self.loop.time()
        command = ExecuteWorkflow(async_execution=True, idempotency_key="the one")
        async with asyncio.timeout(QUIET_SECONDS):
            execution_id = await self.clients.accepted(made.id, command)
            assert execution_id is not None
            await asyncio.gather(*(self._send(sent, began, execution_id) for sent in self._form.inputs))
        await self.come_to_rest()

    async def _do_over(self, workflow_id: str, asked: dict[str, Any]) -> None:
        """An execution comes to its end in peace, and is done over once nothing is ill any more."""
        command = ExecuteWorkflow(async_execution=True, idempotency_key="the first one")
        async with asyncio.timeout(QUIET_SECONDS):
            first = await self.clients.accepted(workflow_id, command)
            assert first is not None
            await self.come_to_rest()
            self.appointed.is_ill, self.appointed.is_counting = False, True
            await self.clients.done_over(first, parse(RerunExecution, {**asked, "idempotency_key": "the one"}))

    async def _make(self, process: EngineProcess, name: str, actions: Any, **fields: Any) -> WorkflowDetail:
        definition = CreateWorkflow.model_validate({"name": name, "actions": actions, **fields})
        made: WorkflowDetail = await process.request(lambda ctx: create_workflow(ctx, definition))
        self.workflows[made.id] = made
        return made

    def start_process(self) -> EngineProcess:
        """See `Simulation`; with the last one the world is whole again."""
        process = super().start_process()
        self.healed_at = process.services.clock.now()
        return process

    async def _send(self, sent: Input, began: float, execution_id: str) -> None:
        await asyncio.sleep(began + sent.at - self.loop.time())
        while True:
            self.clients.signals[execution_id] += 1  # it may arrive without an answer
            try:
                if await self.clients.ask("sends", lambda ctx: sent.send(ctx, execution_id)):
                    return
            except AMBIGUOUS:
                pass
            await asyncio.sleep(PAUSE_SECONDS)


class Told(msgspec.Struct, frozen=True):
    """What an execution gave: its status, and of each action, and each of its items, what came of it."""

    status: ExecutionStatus
    actions: dict[str, Any]


def run_form(form: Form, kills: Sequence[Kill] = ()) -> tuple[World, Appointed]:
    """The world after the execution of a form, and what was appointed: how many commits and deaths it came to."""
    simulation = Killed(form, kills)
    return world_of(simulation), simulation.appointed


def told(world: World) -> Told:
    """What the execution of a form gave, but for what two runs need not have in common."""
    execution_id = world.disk.read(
        lambda connection: (
            connection.execute(
                select(EXECUTIONS.c.id)
                .where(EXECUTIONS.c.parent_id.is_(None))
                .order_by(EXECUTIONS.c.rerun_of.is_not(None).desc())
            )
            .scalars()
            .first()
        )
    )
    state = fold(world.disk.read(lambda connection: read_events_of(connection, [execution_id])[execution_id]))
    return Told(state.status, {action_id: _of_action(action) for action_id, action in state.actions.items()})


def _of_action(action: ActionState) -> dict[str, Any]:
    items = None if action.items is None else action.items
    return {
        "status": action.status,
        "iteration": action.iteration,
        "is_reused": action.reused_from is not None,
        "response": _alike(action.response),
        "http": _alike(action.http),
        "error": action.error and action.error["code"],
        "items": items and {item: _of_action(items.ended[item]) for item in sorted(items.ended)},
    }


def _alike(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: None if key in UNLIKE else _alike(child) for key, child in value.items()}
    return [_alike(child) for child in value] if isinstance(value, list) else value
