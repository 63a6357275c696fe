"""Workflows to execute by REST, and how far an execution is."""

from typing import Any

import httpx

from tests.support.calls import (
    Json,
    create,
)


async def workflow(client: httpx.AsyncClient, *actions: Json, **fields: Any) -> str:
    """Create a workflow and return its id."""
    return str((await create(client, "executed", *actions, **fields))["workflow_id"])


async def status(client: httpx.AsyncClient, execution_id: str) -> Json:
    """The documented status of an execution."""
    return dict((await client.get(f"/workflows/executions/{execution_id}")).json())
