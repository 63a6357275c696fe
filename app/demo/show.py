"""The demo: runs the documented workflow on real documents and shows each step live, by subscription."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from rich.text import Text
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.demo.stage import Stage, stage
from app.terminal.console import TerminalConsole
from app.terminal.terminal import console
from resolvers.workflows.template_library import find_template

USER = {"X-User-ID": "demo-user"}
TEMPLATE = "document_analysis"

EXECUTE = """
mutation Execute($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { execution { id } userErrors { message path } }
}
"""
WATCH = """
subscription Watch($id: ID!) {
  executionEvents(executionId: $id) { sequence type at actionId data }
}
"""
RESULT = """
query Result($id: ID!) {
  execution(id: $id) { status durationSeconds error { code message } result }
}
"""


def run_demo(*, port: int, documents: Path | None, keep: bool, data_dir: Path | None = None) -> None:
    """Run the demo on `documents`, or on the examples; with `keep` serve on until interrupted.

    What it makes is in `data_dir` afterwards, and without one is deleted.
    """
    asyncio.run(_run(console(soft_wrap=True), port, documents, keep, data_dir))


async def _run(shown: TerminalConsole, port: int, documents: Path | None, keep: bool, data_dir: Path | None) -> None:
    async with stage(documents, port, data_dir) as served:
        shown.print(f"Orchestrator on {served.orchestrator}, with source_agent and analysis_service registered")
        async with httpx.AsyncClient(base_url=served.orchestrator, headers=USER) as client:
            workflow = await _create_workflow(client)
            shown.print(f"Created '{workflow['name']}' as {workflow['workflow_id']} (POST /workflows)")
            for document_url in served.document_urls:
                await _analyse(shown, client, served, workflow["workflow_id"], document_url)
        if keep:
            shown.print()
            shown.print(f"Serving on: open {served.orchestrator}/graphql in a browser; Ctrl-C ends it.")
            await asyncio.Event().wait()


async def _create_workflow(client: httpx.AsyncClient) -> dict[str, Any]:
    response = await client.post("/workflows", json=find_template(TEMPLATE).workflow)
    response.raise_for_status()
    created: dict[str, Any] = response.json()
    return created


async def _analyse(
    shown: TerminalConsole, client: httpx.AsyncClient, served: Stage, workflow_id: str, document_url: str
) -> None:
    shown.rule(Text(document_url, style="bold"), align="left")
    asked = {"id": workflow_id, "parameters": {"document_url": document_url}}
    started = (await _query(client, EXECUTE, {"input": asked}))["executeWorkflow"]
    if started["userErrors"]:
        raise RuntimeError(f"the demo's own workflow was refused: {started['userErrors']}")
    execution_id = started["execution"]["id"]
    shown.print(f"{execution_id}, live over graphql-transport-ws:")
    async for event in _watch(served.orchestrator, execution_id):
        shown.print(f"  {event['sequence']}  {event['at'][11:23]}  {event['type']:<20} {event['actionId'] or ''}")
    execution = (await _query(client, RESULT, {"id": execution_id}))["execution"]
    _show_result(shown, execution)


async def _query(client: httpx.AsyncClient, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    response = await client.post("/graphql", json={"query": query, "variables": variables})
    answer = response.json()
    if "errors" in answer:
        raise RuntimeError(f"GraphQL refused the demo's query: {answer['errors']}")
    data: dict[str, Any] = answer["data"]
    return data


async def _watch(base_url: str, execution_id: str) -> AsyncIterator[dict[str, Any]]:
    """Yield the events of an execution as they happen, until it has ended."""
    url = base_url.replace("http", "ws", 1) + "/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(_text({"type": "connection_init", "payload": USER}))
        await socket.recv()
        payload = {"query": WATCH, "variables": {"id": execution_id}}
        await socket.send(_text({"type": "subscribe", "id": "1", "payload": payload}))
        async for text in socket:
            message = msgspec.json.decode(text)
            if message["type"] != "next":
                return
            yield message["payload"]["data"]["executionEvents"]


def _show_result(shown: TerminalConsole, execution: dict[str, Any]) -> None:
    shown.print(f"{execution['status']} in {execution['durationSeconds'] * 1e3:.0f} ms")
    if execution["error"]:
        shown.print(f"  {execution['error']['code']}: {execution['error']['message']}", style="red")
        return
    report = execution["result"]["analyze_content"]["response"]
    sizes, readability = report["sizes"], report["readability"]
    shown.print(f"  quality score {report['quality_score']}", style="bold")
    shown.print(f"  {sizes['words']} words in {sizes['sentences']} sentences, {sizes['paragraphs']} paragraphs")
    shown.print(f"  reading level: {readability['level']} (reading ease {readability['flesch_reading_ease']})")
    for issue in report["issues"]:
        shown.print(f"  line {issue['line']}: {issue['severity']}: {issue['message']}", style="yellow")
    if not report["issues"]:
        shown.print("  no issues", style="green")


def _text(message: dict[str, Any]) -> str:
    return msgspec.json.encode(message).decode()
