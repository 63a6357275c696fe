"""Completed one-action executions per second through POST execute, beside a bare ASGI hello in the same run."""

import http.client
import json
import tempfile
from pathlib import Path

from benchmarks.load import Figures, measure, request_bytes
from benchmarks.servers import bare_server, orchestrator_server

CONNECTIONS = 32
SECONDS = 5.0
ROUNDS = 3

WORKFLOW = {
    "name": "One action",
    "parameters": [{"name": "input", "type": "string", "required": True}],
    "actions": [
        {
            "action_id": "echo",
            "action_type": "notification",
            "name": "Echo",
            "config": {"message": "{{input}}"},
        }
    ],
}
EXECUTION = {"parameters": {"input": "Hello"}, "async_execution": False}


def main() -> None:
    """Measure both in turn, so that a machine whose speed drifts is fair to both, and print each round."""
    with tempfile.TemporaryDirectory() as folder, bare_server() as bare, orchestrator_server(Path(folder)) as ours:
        execute = request_bytes("POST", f"/workflows/{create_workflow(ours)}/execute", EXECUTION)
        single = measure(ours, execute, connections=1, seconds=SECONDS / 2, accept=completed)
        print(f"one at a time: p50 {single.p50_ms:.2f} ms, p99 {single.p99_ms:.2f} ms")
        for _ in range(ROUNDS):
            hello = measure(bare, execute, connections=CONNECTIONS, seconds=SECONDS, accept=answered)
            runs = measure(ours, execute, connections=CONNECTIONS, seconds=SECONDS, accept=completed)
            report(hello, runs)


def create_workflow(port: int) -> str:
    """Create the measured workflow and return its id."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"X-User-ID": "bench", "Content-Type": "application/json"}
    connection.request("POST", "/workflows", json.dumps(WORKFLOW), headers)
    workflow_id: str = json.load(connection.getresponse())["workflow_id"]
    connection.close()
    return workflow_id


def answered(status: int, _body: bytes) -> bool:
    """Whether the bare server answered."""
    return status == 200


def completed(status: int, body: bytes) -> bool:
    """Whether the execution was carried out to its end."""
    return status == 200 and b'"status":"completed"' in body


def report(hello: Figures, runs: Figures) -> None:
    """Print one round."""
    print(
        f"executions/s {runs.per_second:,.0f} (p50 {runs.p50_ms:.1f} ms, p99 {runs.p99_ms:.1f} ms)   "
        f"bare hello/s {hello.per_second:,.0f}   ratio {runs.per_second / hello.per_second:.3f}"
    )


if __name__ == "__main__":
    main()
