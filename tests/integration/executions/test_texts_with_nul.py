"""A NUL in what one execution made keeps no list from being read: none is stored, and what once was is passed over."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select, update

from models.database.sound_json import sound_json
from models.database.tables import ExecutionRow, table
from resolvers.context import Context
from tests.support import calls
from tests.support.calls import Json, graphql, run
from tests.support.engine_calls import create, execute

pytestmark = pytest.mark.asyncio

EXECUTIONS = table(ExecutionRow)
NUL = "{{ p | unbase64 }}"
MADE: Json = {"p": "AA=="}
PARAMETERS = [{"name": "p", "type": "string"}]
READ = """{
  raised: executions(filter: { errorCode: [RAISED] }) { nodes { id } }
  all: executions { nodes { id strip reason } }
  causes: executionsGroupedBy(field: FAILURE) { counted }
}"""


def transform(**more: Any) -> Json:
    return {"action_id": "a", "action_type": "transform", "config": {"output": 1}, **more}


def fail(**config: Any) -> Json:
    return {"action_id": "a", "action_type": "fail", "config": config}


@pytest.mark.parametrize(
    ("action", "code", "told"),
    [
        (fail(message=NUL), "RAISED", "\ufffd"),
        (fail(message="broken", data={"x": NUL}), "RAISED", "broken"),
        (transform(output=NUL), "INVALID_RESPONSE", "the response"),
        (
            transform(repeat={"until": "{{true}}", "max_iterations": 2, "collect": NUL}),
            "INVALID_RESPONSE",
            "the response",
        ),
    ],
    ids=["message", "data", "output", "collect"],
)
async def test_none_is_stored(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, action: Json, code: str, told: str
) -> None:
    # No filter makes a NUL: this is for what comes by any other way.
    monkeypatch.setattr("engine.expressions.filters.encodings.storable_text", str)
    workflow = await calls.create(client, "Made", action, parameters=PARAMETERS)
    failed = await run(client, workflow["workflow_id"], **MADE)
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == code
    assert failed["error"]["message"].startswith(told)
    raised = [{"id": failed["execution_id"]}] if code == "RAISED" else []
    found = await graphql(client, READ)
    assert found["raised"]["nodes"] == raised
    assert [node["id"] for node in found["all"]["nodes"]] == [failed["execution_id"]]
    assert found["causes"]["counted"] == 1


@pytest.mark.parametrize(
    ("text", "is_passed_over"), [("\x00", True), ("\\\x00", True), ("\\u0000", False), ("\\\\u0000", False)]
)
async def test_one_that_was_stored_hides_its_own_row_alone(ctx: Context, text: str, is_passed_over: bool) -> None:
    workflow_id = await create(ctx, fail(message="broken"))
    sound, other = [(await execute(ctx, workflow_id, async_execution=False)).id for _ in range(2)]
    code = sound_json(EXECUTIONS.c.error)["code"].as_string()

    def spoil_and_read(connection: Connection) -> tuple[dict[str, str | None], bool]:
        error = {"code": "RAISED", "message": text}
        connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id == other).values(error=error))
        found = {row.id: row.code for row in connection.execute(select(EXECUTIONS.c.id, code.label("code")))}
        return found, connection.dialect.name == "postgresql"

    found, is_postgresql = await ctx.services.database.transaction(spoil_and_read)
    assert found == {sound: "RAISED", other: None if is_passed_over and is_postgresql else "RAISED"}
