"""The workflow of one action that most measurements execute, and how they tell that it was carried out."""

import http.client
import json
from typing import Any

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


def create_workflow(port: int, workflow: Any = WORKFLOW) -> str:
    """Create a workflow, the measured one unless another is given, and return its id."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"X-User-ID": "bench", "Content-Type": "application/json"}
    connection.request("POST", "/workflows", json.dumps(workflow), headers)
    workflow_id: str = json.load(connection.getresponse())["workflow_id"]
    connection.close()
    return workflow_id


def answered(status: int, body: bytes) -> bool:
    """Whether there was an answer that is no refusal, nor an operation that failed."""
    return status == 200 and not body.startswith(b'{"errors"')


def completed(status: int, body: bytes) -> bool:
    """Whether the execution was carried out to its end, as either edge says it."""
    return status == 200 and (b'"status":"completed"' in body or b'"status":"COMPLETED"' in body)
