"""By openapi-generator: creates a workflow, executes it, reads its status and cancels it."""

import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "generated" / "openapi-generator"))

from orchestrator_pydantic import (
    ActionDefinition,
    ApiClient,
    ApiException,
    Configuration,
    CreateWorkflow,
    ExecuteWorkflow,
    ExecutionsApi,
    ForEach,
    ForEachIn,
    ParameterDefinition,
    ParameterType,
    WorkflowsApi,
)


def main(url: str) -> None:
    """Create, execute, read, cancel."""
    pause = ActionDefinition(action_id="pause", action_type="wait", config={"seconds": 3600})
    greet = ActionDefinition(
        action_id="greet",
        action_type="notification",
        config={"message": "Hello, {{name}}!"},
        depends_on=["pause"],
        for_each=ForEach(var_in=ForEachIn("{{names}}"), var_as="name"),
    )
    greeting = CreateWorkflow(
        name=f"Greetings {datetime.now().isoformat()}",
        parameters=[ParameterDefinition(name="names", type=ParameterType.ARRAY, required=True)],
        actions=[pause, greet],
    )
    with ApiClient(Configuration(host=url, api_key={"userId": "ada"})) as client:
        workflows, executions = WorkflowsApi(client), ExecutionsApi(client)
        workflow = workflows.create_workflow(greeting)
        print("created", workflow.status, len(workflow.actions))
        given = ExecuteWorkflow(parameters={"names": ["Grace", "Linus"]})
        execution_id = executions.execute_workflow(workflow.workflow_id, execute_workflow=given).execution_id
        status = executions.read_execution(execution_id)
        print("executed", status.progress.completed_actions, "of", status.progress.total_actions)
        print("is", executions.cancel_execution(execution_id).status)
        try:
            executions.execute_workflow(workflow.workflow_id)
        except ApiException as refused:
            fault = refused.data.detail.actual_instance[0]
            print("refused", refused.data.error_code, ".".join(map(str, fault.loc)))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5080")
