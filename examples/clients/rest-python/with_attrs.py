"""By openapi-python-client: creates a workflow, executes it, reads its status and cancels it."""

import sys
from datetime import datetime
from typing import TypeVar

from generated.orchestrator_attrs import Client
from generated.orchestrator_attrs.api.executions import cancel_execution, execute_workflow, read_execution
from generated.orchestrator_attrs.api.workflows import create_workflow
from generated.orchestrator_attrs.models import CreateWorkflow, Error, ExecuteWorkflow

Answer = TypeVar("Answer")


def answered(answer: Answer | Error | None) -> Answer:
    """The answer, unless it is an error."""
    assert answer is not None and not isinstance(answer, Error), answer
    return answer


def main(url: str) -> None:
    """Create, execute, read, cancel."""
    client = Client(base_url=url, headers={"X-User-ID": "ada"})
    greeting = CreateWorkflow.from_dict(
        {
            "name": f"Greetings {datetime.now().isoformat()}",
            "parameters": [{"name": "names", "type": "array", "required": True}],
            "actions": [
                {"action_id": "pause", "action_type": "wait", "config": {"seconds": 3600}},
                {
                    "action_id": "greet",
                    "action_type": "notification",
                    "config": {"message": "Hello, {{name}}!"},
                    "depends_on": ["pause"],
                    "for_each": {"in": "{{names}}", "as": "name"},
                },
            ],
        }
    )
    workflow = answered(create_workflow.sync(client=client, body=greeting))
    print("created", workflow.status.value, len(workflow.actions))
    given = ExecuteWorkflow.from_dict({"parameters": {"names": ["Grace", "Linus"]}})
    accepted = answered(execute_workflow.sync(workflow.workflow_id, client=client, body=given))
    status = answered(read_execution.sync(accepted.execution_id, client=client))
    print("executed", status.progress.completed_actions, "of", status.progress.total_actions)
    cancelled = answered(cancel_execution.sync(accepted.execution_id, client=client))
    print("is", cancelled.status.value)
    refused = execute_workflow.sync(workflow.workflow_id, client=client)
    assert isinstance(refused, Error) and isinstance(refused.detail, list), refused
    print("refused", refused.error_code.value, ".".join(map(str, refused.detail[0].loc)))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5080")
