"""Creates a workflow, executes it and prints each step live: `python main.py [url]`."""

import asyncio
import sys
from datetime import datetime

from generated import ActionInput, CreateWorkflowInput, ExecuteWorkflowInput, Orchestrator

SIGNED_IN = {"X-User-ID": "ada"}
ACTIONS = [ActionInput(action_id="greet", action_type="notification", config={"message": "Hello from Python"})]


async def main(url: str) -> None:
    """Create, execute, watch."""
    socket = {"ws_url": url.replace("http", "ws", 1), "ws_connection_init_payload": SIGNED_IN}
    async with Orchestrator(url, headers=SIGNED_IN, **socket) as client:
        name = f"Typed greeting {datetime.now().isoformat()}"
        created = (await client.create_workflow(CreateWorkflowInput(name=name, actions=ACTIONS))).create_workflow
        assert created.workflow, created.user_errors
        execution = ExecuteWorkflowInput(id=created.workflow.id)
        started = (await client.execute_workflow(execution)).execute_workflow
        assert started.execution, started.user_errors
        async for message in client.watch_execution(started.execution.id):
            event = message.execution_events
            print(event.sequence, event.type_.value, event.action_id or "")


if __name__ == "__main__":
    asyncio.run(main(f"{sys.argv[1] if len(sys.argv) > 1 else 'http://127.0.0.1:5080'}/graphql"))
