"""The arguments that many fields share, each with its description."""

from typing import Annotated, TypeVar

import strawberry

T = TypeVar("T")

Given = Annotated[T, strawberry.argument(description="What the operation needs.")]
First = Annotated[
    int | None, strawberry.argument(description="So many items from the beginning or after `after`: 0 to 100, or 50.")
]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="So many items from the end or before `before`: 0 to 100.")
]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]
WorkflowId = Annotated[strawberry.ID, strawberry.argument(description="The workflow's id, such as `wf_1234…`.")]
ExecutionId = Annotated[strawberry.ID, strawberry.argument(description="The execution's id, such as `exec_1234…`.")]
NodeId = Annotated[strawberry.ID, strawberry.argument(description="Any id that the service gave out.")]
AfterSequence = Annotated[
    int, strawberry.argument(description="Only what comes after this sequence; 0 is the beginning.")
]
