"""What people have elsewhere runs here: for each of fifteen systems a workflow of its usual constructs."""

import json
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.calls import Json, create, ended, graphql, start
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

PEERS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((Path(__file__).parent / "peers").iterdir())}

SIGNAL = """
mutation ($input: SendSignalInput!) { sendSignal(input: $input) { userErrors { message } } }
"""


class Answers:
    """Answers the calls of one path, each as it is written; the last answer is given again and again."""

    def __init__(self, answers: list[Json]) -> None:
        self._answers = chain(answers, repeat(answers[-1]))

    async def __call__(self, _service: ScriptedService, send: Any) -> None:
        answer = next(self._answers)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": answer.get("status", 200), "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer.get("body", {})).encode()})


async def test_what_people_have_elsewhere_runs_here(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    assert len(PEERS) == 15
    found = {name: await run_of(client, scripted, peer) for name, peer in PEERS.items()}
    assert found == {name: (peer["expected"], peer.get("called", found[name][1])) for name, peer in PEERS.items()}


async def run_of(client: httpx.AsyncClient, scripted: ScriptedService, peer: Json) -> tuple[Json, list[str]]:
    """What came of one, as far as something is expected, and the paths that it called in their order."""
    scripted.requests.clear()
    scripted.answers.clear()
    scripted.answers.update({path: Answers(answers) for path, answers in peer["answers"].items()})
    for other in peer.get("before", ()):
        await created(client, other)
    workflow = await created(client, peer["workflow"])
    assert workflow.get("warnings") is None, workflow["warnings"]
    execution_id = await start(client, workflow["workflow_id"], **peer.get("parameters", {}))
    for signal, payload in peer.get("signals", {}).items():
        sent = await graphql(client, SIGNAL, input={"executionId": execution_id, "name": signal, "payload": payload})
        assert sent["sendSignal"]["userErrors"] == []
    execution = await ended(client, execution_id)
    return _seen(execution, peer["expected"]), [request["path"] for request in scripted.requests]


async def created(client: httpx.AsyncClient, workflow: Json) -> Json:
    """A workflow that is saved as it is written."""
    fields = {key: value for key, value in workflow.items() if key not in ("name", "actions")}
    return await create(client, workflow["name"], *workflow["actions"], **fields)


def _seen(execution: Json, expected: Json) -> Json:
    """What is expected of an execution, as it is."""
    error = execution.get("error") or {}
    found = {**execution, "own_code": error.get("own_code"), "message": error.get("message")}
    found["response_of"] = {name: execution["result"][name]["response"] for name in expected.get("response_of", {})}
    return {key: found.get(key) for key in expected}
