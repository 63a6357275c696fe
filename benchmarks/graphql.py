"""GraphQL beside REST and beside a bare Strawberry query, in one run: list, detail, execute, and live delivery."""

import asyncio
import http.client
import json
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import strawberry
import uvloop
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.load import measure, request_bytes
from benchmarks.one_action import WORKFLOW, create_workflow
from benchmarks.servers import orchestrator_server

PAGE = 50
SECONDS = 4.0
LISTENERS = 1_000
OPERATIONS_PER_SOCKET = 100
HELD_STEPS = 5

LIST = """{ workflows(first: 50) { nodes {
  id name description status version createdBy createdAt tags
} pageInfo { hasNextPage endCursor } totalCount } }"""
DETAIL = """query ($id: ID!) { execution(id: $id) {
  id status parameters createdAt startedAt completedAt durationSeconds result logs { timestamp level message }
  progress { completedActions totalActions currentAction percentage } workflow { id }
} }"""
EXECUTE = """mutation ($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { execution { id status result } userErrors { code message } } }"""
EVENTS = "subscription ($id: ID!) { executionEvents(executionId: $id) { sequence type at } }"


def main() -> None:
    """Print one line for each measurement."""
    print(f"bare Strawberry, 50 objects of 8 fields, no server: {bare_milliseconds():.2f} ms")
    with tempfile.TemporaryDirectory() as folder, orchestrator_server(Path(folder)) as port:
        workflow_id = create_workflow(port)
        for number in range(PAGE):
            post(port, "/workflows", {**WORKFLOW, "name": f"Workflow {number}"})
        run = post(port, f"/workflows/{workflow_id}/execute", {"parameters": {"input": "x"}, "async_execution": False})
        execution_id = run["execution_id"]
        execute = {"workflowId": workflow_id, "parameters": {"input": "x"}, "wait": True}
        body = {"parameters": {"input": "x"}, "async_execution": False}
        compare(
            port, "list of 50", request_bytes("GET", f"/workflows?page_size={PAGE}"), operation(LIST), connections=8
        )
        compare(
            port,
            "execution",
            request_bytes("GET", f"/workflows/executions/{execution_id}"),
            operation(DETAIL, id=execution_id),
            connections=8,
        )
        compare(
            port,
            "execute and wait",
            request_bytes("POST", f"/workflows/{workflow_id}/execute", body),
            operation(EXECUTE, input=execute),
            connections=32,
        )
        uvloop.run(delivery(port))


def operation(query: str, **variables: Any) -> bytes:
    """A GraphQL request."""
    return request_bytes("POST", "/graphql", {"query": query, "variables": variables})


def compare(port: int, name: str, rest: bytes, graphql: bytes, connections: int) -> None:
    """Measure one thing over both edges, one after the other."""
    for count in (1, connections):
        by_rest = measure(port, rest, connections=count, seconds=SECONDS / 2, accept=answered)
        by_graphql = measure(port, graphql, connections=count, seconds=SECONDS / 2, accept=answered)
        print(
            f"{name:<17} {count:>2} at once   REST {by_rest.per_second:7,.0f}/s p50 {by_rest.p50_ms:6.2f} "
            f"p99 {by_rest.p99_ms:6.2f} ms   GraphQL {by_graphql.per_second:7,.0f}/s p50 {by_graphql.p50_ms:6.2f} "
            f"p99 {by_graphql.p99_ms:6.2f} ms   {by_graphql.p50_ms / by_rest.p50_ms:.2f}x",
            flush=True,
        )


def answered(status: int, body: bytes) -> bool:
    """Whether it is an answer without errors."""
    return status == 200 and b'"errors":[' not in body


def post(port: int, path: str, body: Any) -> Any:
    """Send one request and return the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", path, json.dumps(body), {"X-User-ID": "bench", "Content-Type": "application/json"})
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


async def delivery(port: int) -> None:
    """How long after it was journaled an event reaches each of many listeners to one execution."""
    actions = [
        {"action_id": f"step{number}", "action_type": "notification", "config": {"message": "x"}}
        | ({"depends_on": [f"step{number - 1}"]} if number else {})
        for number in range(HELD_STEPS)
    ]
    # The first step fails twice, so that everybody listens before anything else happens.
    first = {
        "action_id": "late",
        "action_type": "service_call",
        "config": {"service": "late", "endpoint": "/"},
        "on_error": "continue",
        "retry": {"max_attempts": 2, "initial_delay_seconds": 6, "backoff": "fixed", "jitter": False,
                  "retry_on": ["SERVICE_NOT_REGISTERED"]},
    }  # fmt: skip
    actions[0]["depends_on"] = ["late"]
    workflow = post(port, "/workflows", {"name": "Watched", "actions": [first, *actions]})
    execution_id = post(port, f"/workflows/{workflow['workflow_id']}/execute", {})["execution_id"]
    delays: list[float] = []

    async def listen(number: int) -> None:
        address = f"ws://127.0.0.1:{port}/graphql"
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"X-User-ID": "bench"}}))
            await socket.recv()
            for count in range(OPERATIONS_PER_SOCKET):
                payload = {"query": EVENTS, "variables": {"id": execution_id}}
                await socket.send(json.dumps({"type": "subscribe", "id": f"{number}-{count}", "payload": payload}))
            live = OPERATIONS_PER_SOCKET
            while live:
                message = json.loads(await socket.recv())
                if message["type"] == "complete":
                    live -= 1
                elif message["payload"]["data"]["executionEvents"]["sequence"] > HELD_STEPS:
                    at = message["payload"]["data"]["executionEvents"]["at"]
                    delays.append(time.time() - _seconds(at))

    await asyncio.gather(*(listen(number) for number in range(LISTENERS // OPERATIONS_PER_SOCKET)))
    delays.sort()
    p50, p99 = (delays[len(delays) * percent // 100] * 1e3 for percent in (50, 99))
    print(f"{LISTENERS} listeners to one execution: {len(delays):,} events, p50 {p50:.0f} ms, p99 {p99:.0f} ms")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def bare_milliseconds() -> float:
    """A page of 50 objects of 8 plain fields through stock Strawberry, without a server and a database."""

    @strawberry.type
    class Thing:
        a: str = "a"
        b: str = "b"
        c: str = "c"
        d: int = 1
        e: int = 2
        f: bool = True
        g: float = 1.0
        h: str | None = None

    @strawberry.type
    class Query:
        @strawberry.field
        def things(self) -> list[Thing]:
            return [Thing() for _ in range(PAGE)]

    schema = strawberry.Schema(query=Query)

    async def run() -> float:
        query = "{ things { a b c d e f g h } }"
        await schema.execute(query)
        began = time.perf_counter()
        for _ in range(100):
            await schema.execute(query)
        return (time.perf_counter() - began) * 10

    return uvloop.run(run())


if __name__ == "__main__":
    main()
