"""Executions that report their end, and what is told of the deliveries."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from app.composition import running_services
from app.settings.settings import Settings
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.entities.callbacks import CallbackDelivery
from models.words import Role
from resolvers.callbacks import callback_deliveries
from resolvers.context import Context, Viewer
from resolvers.executions.executions import execute_workflow
from resolvers.workflows.workflows import create_workflow
from tests.support.calls import (
    PATIENCE_SECONDS,
    Json,
    graphql,
)
from tests.support.timers import SetClock

ADA = Viewer("ada", "default", Role.EDITOR)
KEY = b"a key of the tests, 32 bytes long"
DELIVERIES = """
query ($id: ID!) {
  execution(id: $id) {
    status
    callbackDeliveries {
      id url event status nextAttemptAt createdAt completedAt attempts { number at httpStatus error durationSeconds }
    }
  }
}
"""


@asynccontextmanager
async def engine(settings: Settings, clock: SetClock) -> AsyncIterator[Context]:
    """A running engine on the test's time, as its user sees it."""
    async with running_services(settings, clock=clock, grace_seconds=0) as services:
        yield Context(ADA, services)


async def report(ctx: Context, url: str) -> str:
    """Run a workflow to its end and return the id of the execution, which is to be reported to `url`."""
    workflow = await create_workflow(ctx, CreateWorkflow(name=ctx.services.new_id("name_")))
    command = ExecuteWorkflow(async_execution=False, callback_url=url)
    return (await execute_workflow(ctx, workflow.id, command)).execution.id


async def delivery_of(ctx: Context, execution_id: str) -> CallbackDelivery:
    """The one delivery of an execution."""
    (delivery,) = (await callback_deliveries(ctx, [execution_id]))[execution_id]
    return delivery


async def until(read: Callable[[], Awaitable[CallbackDelivery]], attempts: int) -> CallbackDelivery:
    """Read until so many attempts are written."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len((delivery := await read()).attempts) < attempts:
            pass
    return delivery


async def attempted(ctx: Context, execution_id: str, attempts: int) -> CallbackDelivery:
    """An execution's delivery after so many attempts."""
    return await until(lambda: delivery_of(ctx, execution_id), attempts)


def is_signed(request: Json) -> bool:
    """Verify a callback as a receiver does."""
    headers = request["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request["body"]
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


async def deliveries(client: httpx.AsyncClient, execution_id: str, status: str) -> list[Json]:
    """An execution's deliveries as GraphQL tells them, once they have a status."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = (await graphql(client, DELIVERIES, id=execution_id))["execution"]["callbackDeliveries"]
            if found and all(delivery["status"] == status for delivery in found):
                return list(found)
