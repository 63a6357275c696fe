"""Retries, timers, gates and limits of a running engine, on both databases, against a real service."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
import pytest
from sqlalchemy import Connection, select

from app.composition import running_services
from app.settings.settings import Settings
from engine.core.clock import SystemClock
from models.commands.validation import parse
from models.commands.workflows import ExecuteWorkflow
from models.database.database import Database, Work
from models.database.tables import ExecutionRow, table
from models.entities.attempts import attempts_of
from models.entities.executions import ExecutionDetail
from models.errors import Unavailable
from models.words import ExecutionStatus, WaitReason
from resolvers.context import Context
from resolvers.executions import executions
from tests.support.calls import PATIENCE_SECONDS, answer, call, held, notify, soon
from tests.support.engine_calls import (
    ADA,
    ONE_PROCESS,
    assert_gap_free,
    crashing,
    create,
    execute,
    journal,
    journal_on,
    kinds,
    redispatched,
)
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

T = TypeVar("T")
EXECUTIONS = table(ExecutionRow)
AT_ONCE = {"initial_delay_seconds": 0.01, "jitter": False}


class LaterClock(SystemClock):
    """A clock that is ahead."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__()
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


class LosesReplies:
    """A database that commits and then, once in a while, gives no answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.losing = 0

    async def read(self, work: Work[T]) -> T:
        return await self._database.read(work)

    async def transaction(self, work: Work[T]) -> T:
        result = await self._database.transaction(work)
        if self.losing:
            self.losing -= 1
            raise Unavailable("the reply is lost")
        return result

    async def close(self) -> None:
        await self._database.close()


def failing(times: int, status: int = 503, **headers: str) -> Callable[[ScriptedService, Any], Awaitable[None]]:
    """Answers with a failure a number of times, then with `{"ok": true}`."""
    left = [times]

    async def respond(_: ScriptedService, send: Any) -> None:
        left[0] -= 1
        code, sent, body = answer({"ok": True}) if left[0] < 0 else answer({"why": "busy"}, status)
        raw = [(name.encode(), value.encode()) for name, value in {**sent, **headers}.items()]
        await send({"type": "http.response.start", "status": code, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    return respond


async def waits(ctx: Context, execution_id: str, reason: WaitReason) -> ExecutionDetail:
    """The execution, once one of its actions waits for `reason`."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with ctx.services.broadcast.listen(execution_id) as woken:
                execution = await executions.get_execution(ctx, execution_id)
                if any(action.reason is reason for action in execution.waiting):
                    return execution
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.05):  # nothing is written while an action waits at a gate
                        await woken.wait()


# --- retries -------------------------------------------------------------------------------------


async def test_a_failed_call_is_repeated_with_the_same_key_and_every_attempt_is_journaled(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/busy"] = failing(2)
    workflow = await create(ctx, call("step", "/busy", retry={"max_attempts": 3, **AT_ONCE}))
    execution = await execute(ctx, workflow, async_execution=False)
    assert (execution.status, execution.actions[0].response) == (ExecutionStatus.COMPLETED, {"ok": True})
    events = await journal(ctx, execution.id)
    assert_gap_free(events)
    assert kinds(events)[2:-1] == ["action_started", "action_retry_scheduled"] * 2 + [
        "action_started",
        "action_succeeded",
    ]
    attempts = attempts_of(events)["step", None]
    assert [attempt.number for attempt in attempts] == [1, 2, 3]
    assert [attempt.error and attempt.error["http_status"] for attempt in attempts] == [503, 503, None]
    assert all(attempt.completed_at is not None for attempt in attempts)
    assert {request["headers"]["idempotency-key"] for request in scripted.requests} == {f"{execution.id}:step"}
    assert len(scripted.requests) == 3


async def test_after_its_last_attempt_the_action_has_failed(ctx: Context, scripted: ScriptedService) -> None:
    scripted.answers["/busy"] = failing(9)
    workflow = await create(ctx, call("step", "/busy", retry={"max_attempts": 2, **AT_ONCE}))
    execution = await execute(ctx, workflow, async_execution=False)
    assert execution.status is ExecutionStatus.FAILED
    assert execution.error == {
        "code": "HTTP_ERROR",
        "message": "scripted answered 503 to POST /busy",
        "action_id": "step",
        "attempt": 2,
        "retryable": True,
        "http_status": 503,
    }
    assert len(scripted.requests) == 2


async def test_without_a_policy_a_post_to_a_service_that_is_not_idempotent_is_not_repeated(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/busy"] = failing(9)
    execution = await execute(ctx, await create(ctx, call("step", "/busy")), async_execution=False)
    assert (execution.status, len(scripted.requests)) == (ExecutionStatus.FAILED, 1)


async def test_without_a_policy_a_get_waits_for_what_the_service_asked_and_is_repeated(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/busy"] = failing(1, **{"retry-after": "1"})
    workflow = await create(ctx, call("step", "/busy", {"method": "GET"}))
    execution = await execute(ctx, workflow, async_execution=False)
    first, second = attempts_of(execution.events)["step", None]
    assert execution.status is ExecutionStatus.COMPLETED
    assert first.completed_at is not None
    assert (second.started_at - first.completed_at).total_seconds() >= 1


async def test_a_back_off_is_cancelled_with_its_execution(ctx: Context, scripted: ScriptedService) -> None:
    scripted.answers["/busy"] = failing(9)
    workflow = await create(ctx, call("step", "/busy", retry={"initial_delay_seconds": 3600, "jitter": False}))
    execution = await execute(ctx, workflow)
    waiting = await waits(ctx, execution.id, WaitReason.RETRY_BACKOFF)
    assert waiting.waiting[0].until is not None
    cancelled = await executions.cancel_execution(ctx, waiting.id)
    assert cancelled.status is ExecutionStatus.CANCELLED
    assert cancelled.waiting == ()
    assert len(scripted.requests) == 1


# --- timers --------------------------------------------------------------------------------------


async def runnable_at(ctx: Context, execution_id: str) -> datetime | None:
    def read(connection: Connection) -> datetime | None:
        statement = select(EXECUTIONS.c.runnable_at).where(EXECUTIONS.c.id == execution_id)
        moment: datetime | None = connection.execute(statement).scalar_one()
        return moment

    return await ctx.services.database.read(read)


async def test_a_long_back_off_holds_no_task_and_survives_a_restart(
    settings: Settings, scripted: ScriptedService
) -> None:
    scripted.answers["/busy"] = failing(1)
    async with crashing(settings) as ctx:
        retry = {"initial_delay_seconds": 1800, "max_delay_seconds": 1800, "jitter": False}
        workflow = await create(ctx, call("step", "/busy", retry=retry))
        execution = await execute(ctx, workflow)
        waiting = await waits(ctx, execution.id, WaitReason.RETRY_BACKOFF)
        assert await runnable_at(ctx, execution.id) == waiting.waiting[0].until
    async with crashing(settings) as ctx:
        assert ctx.services.dispatcher.running_count == 0
        assert len(scripted.requests) == 1
    async with crashing(settings, LaterClock(timedelta(minutes=31))) as ctx:
        events = await journal(ctx, execution.id)
    assert kinds(events)[-3:] == ["action_started", "action_succeeded", "execution_completed"]
    assert "execution_resumed" not in kinds(events)
    assert len(scripted.requests) == 2


async def test_a_timer_that_comes_due_is_taken_up_and_whoever_waits_is_told(
    ctx: Context, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.running.runner.PARK_SECONDS", 0)
    scripted.answers["/busy"] = failing(2)
    retry = {"initial_delay_seconds": 0.1, "jitter": False}
    workflow = await create(ctx, call("step", "/busy", retry=retry))
    execution = await execute(ctx, workflow, async_execution=False)
    assert execution.status is ExecutionStatus.COMPLETED
    assert len(scripted.requests) == 3
    assert await runnable_at(ctx, execution.id) is None


@ONE_PROCESS
async def test_an_execution_that_is_queued_for_too_long_fails_though_no_worker_is_free(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    async with redispatched(ctx, max_running=1) as narrow:
        slow = await execute(narrow, await create(ctx, call("slow", "/held"), name="slow"))
        await soon(scripted.arrived)
        late = await execute(narrow, await create(ctx, notify("note"), name="late", queue_timeout_seconds=1))
        events = await journal(narrow, late.id)
        assert kinds(events) == ["execution_queued", "execution_failed"]
        assert events[-1].data["error"]["code"] == "TIMEOUT"
        assert (events[-1].at - events[0].at).total_seconds() >= 1
        scripted.released.set()
        assert kinds(await journal(narrow, slow.id))[-1] == "execution_completed"


# --- gates ---------------------------------------------------------------------------------------


async def test_an_action_says_that_it_waits_for_a_place_and_then_gets_it(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    narrow = {"scripted": scripted.service("scripted", max_concurrency=1)}
    async with running_services(msgspec.structs.replace(settings, services=narrow)) as services:
        ctx = Context(ADA, services)
        execution = await execute(ctx, await create(ctx, call("first", "/held"), call("second", "/held")))
        waiting = await waits(ctx, execution.id, WaitReason.CONCURRENCY)
        assert [action.action_id for action in waiting.waiting] == ["second"]
        await soon(scripted.arrived)
        assert len(scripted.requests) == 1
        scripted.released.set()
        assert kinds(await journal(ctx, execution.id))[-1] == "execution_completed"
    assert len(scripted.requests) == 2


async def test_an_open_circuit_defers_an_action_instead_of_failing_it(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/broken"] = failing(1, 500)
    fragile = {"scripted": scripted.service("scripted", circuit_threshold=1, circuit_open_seconds=0.2)}
    async with running_services(msgspec.structs.replace(settings, services=fragile)) as services:
        ctx = Context(ADA, services)
        breaks = call("breaks", "/broken", on_error="continue")
        execution = await execute(ctx, await create(ctx, breaks, call("waits", "/fine", depends_on=["breaks"])))
        waiting = await waits(ctx, execution.id, WaitReason.CIRCUIT_OPEN)
        assert waiting.waiting[0].until is not None
        events = await journal(ctx, execution.id)
    assert kinds(events)[-4:] == ["action_deferred", "action_started", "action_succeeded", "execution_completed"]


# --- a commit without an answer ------------------------------------------------------------------


@ONE_PROCESS
async def test_an_owner_whose_commit_got_no_answer_recognises_its_own_entry(
    ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    lossy = LosesReplies(ctx.services.database)
    async with redispatched(ctx, **journal_on(lossy, ctx)) as doubtful:
        execution = await execute(doubtful, await create(ctx, call("slow", "/held"), notify("note", "{{slow.status}}")))
        await soon(scripted.arrived)
        lossy.losing = 1
        scripted.released.set()
        events = await journal(doubtful, execution.id)
        assert_gap_free(events)
        assert kinds(events).count("action_succeeded") == 2
        assert lossy.losing == 0


@ONE_PROCESS
async def test_an_execution_whose_acceptance_got_no_answer_is_taken_up_by_the_sweep(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.dispatch.sweeps.SWEEP_SECONDS", 0.1)
    workflow = await create(ctx, notify("note"))
    lossy = LosesReplies(ctx.services.database)
    async with redispatched(ctx, **journal_on(lossy, ctx)) as doubtful:
        lossy.losing = 1
        command = parse(ExecuteWorkflow, {"idempotency_key": "once"})
        with pytest.raises(Unavailable):
            await executions.execute_workflow(doubtful, workflow, command)
        again = await executions.execute_workflow(doubtful, workflow, command)
        assert again.is_replay
        assert kinds(await journal(doubtful, again.execution.id))[-1] == "execution_completed"
