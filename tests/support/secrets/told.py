"""All that is told and kept of executions: what both edges answer, and every byte of the database."""

import asyncio
import json
from pathlib import Path

import httpx
from sqlalchemy import Connection, MetaData, select

from models.database.connect import connect
from tests.support.calls import graphql, sse, token

SET = "mutation ($input: SetSecretInput!) { setSecret(input: $input) { secret { version } userErrors { message } } }"
EVERYTHING = """
query ($id: ID!) {
  execution(id: $id) {
    status result parameters
    actions { actionId status response error { code message } attempts { number error { code message } } }
    logs { message } logLines(first: 100) { nodes { message } }
    timeline { actionId spans { kind } } waiting { actionId }
    callbackDeliveries { url status attempts { error } }
    workflow { actions { config } }
  }
  executions { nodes { id result error { message } } }
  activities { nodes { type details } }
  secrets { nodes { name version updatedBy } }
  health { status } systemMetrics { __typename }
}
"""
EVENTS = "subscription ($id: ID!) { executionEvents(executionId: $id) { sequence type actionId data } }"
AUDIT = "{ auditEntries(first: 100) { nodes { actor action target details } } }"


async def everything_told(client: httpx.AsyncClient, execution_id: str, workflow_id: str) -> str:
    """All that both edges answer about an execution."""
    audit = await client.post("/graphql", json={"query": AUDIT}, headers=token("root", "default", "admin"))
    texts = [
        json.dumps(await graphql(client, EVERYTHING, id=execution_id), ensure_ascii=False),
        *[json.dumps(message, ensure_ascii=False) async for message in sse(client, EVENTS, id=execution_id)],
        audit.text,
    ]
    for path in (
        f"/workflows/executions/{execution_id}",
        f"/workflows/{workflow_id}/executions",
        f"/workflows/{workflow_id}",
        "/workflows/activity",
        "/workflows/statistics",
        "/workflows/health",
        "/metrics",
    ):
        read = await client.get(path)
        assert read.status_code == 200, read.text
        texts.append(read.text)
    texts.append((await client.get("/metrics", headers={"Accept": "text/plain"})).text)
    return "\n".join(texts)


async def dump(database_url: str, tmp_path: Path) -> str:
    """Every row of every table, and for SQLite the bytes of its files too, those of the write-ahead log included."""

    def read(connection: Connection) -> str:
        found = MetaData()
        found.reflect(connection)
        rows = [tuple(row) for table in found.sorted_tables for row in connection.execute(select(table))]
        return "\n".join(json.dumps(row, default=str, ensure_ascii=False) for row in rows)

    database = await connect(database_url)
    try:
        text = await database.read(read)
    finally:
        await database.close()
    return "\n".join((text, *await asyncio.to_thread(database_files, tmp_path)))


def database_files(folder: Path) -> list[str]:
    return [file.read_bytes().decode("utf-8", "replace") for file in folder.glob("test.db*")]
