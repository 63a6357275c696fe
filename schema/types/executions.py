"""Executions, their actions, logs and events as GraphQL types."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import msgspec
import strawberry
from strawberry.scalars import JSON

from models import attempts, entities, logs, words
from models.entities import ActionResult, Event, ExecutionDetail, ExecutionSummary
from resolvers.executions.graphs import Graph as DrawnGraph
from resolvers.executions.graphs import graph
from resolvers.executions.timeline import timeline
from schema.arguments import After, AfterSequence, First
from schema.context import GraphQLInfo
from schema.types.callbacks import CallbackDelivery, delivery_type
from schema.types.connections import window
from schema.types.enums import ActionStatus, EventType, ExecutionStatus, WaitReason
from schema.types.failures import ExecutionError, ExecutionFault, error_type, fault_type
from schema.types.graphs import ActionTimeline, Graph, graph_type, timeline_type
from schema.types.logs import MAX_LOG_LINES, LogConnection, LogLine, log_connection, log_line
from schema.types.node import Node
from schema.types.viewer import ExecutionPermissions, execution_permissions

if TYPE_CHECKING:
    from schema.types.workflows import Workflow


@strawberry.type(description="How far an execution has come.")
class Progress:
    """The documented progress."""

    completed_actions: int = strawberry.field(description="Actions that succeeded or were skipped.")
    total_actions: int = strawberry.field(description="All actions of the workflow.")
    current_action: str | None = strawberry.field(description="The running action that started first.")
    percentage: float = strawberry.field(description="0.0 to 100.0.")


@strawberry.type(description="One attempt of an action.")
class Attempt:
    """As the journal tells it."""

    number: int = strawberry.field(description="Counted from 1.")
    started_at: datetime = strawberry.field(description="When it started.")
    completed_at: datetime | None = strawberry.field(description="When it ended; null while it runs or was cut off.")
    error: ExecutionError | None = strawberry.field(description="Why it failed, where it failed.")
    next_attempt_at: datetime | None = strawberry.field(description="When the next one is due, if it is repeated.")


@strawberry.type(description="An action that is not running, and why.")
class WaitingAction:
    """By the scheduler's own predicates."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    wait_reason: WaitReason = strawberry.field(description="What it waits for.")
    depends_on: list[str] = strawberry.field(description="The actions that must end first.")
    until: datetime | None = strawberry.field(description="When it may go on, where that is known.")


@strawberry.type(description="What became of an action for one item of its list.")
class ActionItem:
    """One item of a `for_each`."""

    index: int = strawberry.field(description="The item's place in the list, counted from 0.")
    status: ActionStatus = strawberry.field(description="Where it stands.")
    attempt: int = strawberry.field(description="The latest attempt, counted from 1; 0 before the first one.")
    started_at: datetime = strawberry.field(description="When the latest attempt started.")
    completed_at: datetime | None = strawberry.field(description="When it ended.")
    response: JSON | None = strawberry.field(description="What it returned.")
    error: ExecutionError | None = strawberry.field(description="Why it failed, where it failed.")


@strawberry.type(description="How far an action has come that runs for each item of a list.")
class ActionItems:
    """The items of a `for_each`."""

    total: int = strawberry.field(description="All items.")
    results: strawberry.Private[Sequence[entities.ItemResult]]

    @strawberry.field(description="Those that succeeded.")
    def succeeded(self) -> int:
        """Count."""
        return sum(result.status is words.ActionStatus.SUCCESS for result in self.results)

    @strawberry.field(description="Those that failed.")
    def failed(self) -> int:
        """Count."""
        return sum(result.status is words.ActionStatus.FAILED for result in self.results)

    @strawberry.field(description="The items that have begun, in their order, at most 100 at a time.")
    def nodes(
        self,
        first: Annotated[int, strawberry.argument(description="So many: at most 100.")] = 100,
        after_index: Annotated[int, strawberry.argument(description="Those with a higher index.")] = -1,
        status: Annotated[ActionStatus | None, strawberry.argument(description="Only those that stand there.")] = None,
    ) -> list[ActionItem]:
        """Choose."""
        chosen = (result for result in self.results if result.index > after_index and status in (None, result.status))
        return [_action_item(result) for result in islice(chosen, max(0, min(first, 100)))]


@strawberry.type(description="One action of one execution.")
class ActionRun:
    """What became of an action so far; an action that was not started is not listed."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    status: ActionStatus = strawberry.field(description="Where it stands.")
    attempt: int = strawberry.field(description="The latest attempt, counted from 1.")
    started_at: datetime = strawberry.field(description="When the latest attempt started.")
    completed_at: datetime | None = strawberry.field(description="When it ended.")
    response: JSON | None = strawberry.field(description="What it returned.")
    error: ExecutionError | None = strawberry.field(description="Why it failed, where it failed.")
    run: strawberry.Private[ActionResult]
    made: strawberry.Private[Callable[[], Mapping[str, Sequence[attempts.Attempt]]]]

    @strawberry.field(description="Every attempt, in order; those of single items are not among them.")
    def attempts(self) -> list[Attempt]:
        """Derive."""
        return [_attempt(attempt) for attempt in self.made().get(self.action_id, ())]

    @strawberry.field(description="What became of each item, where it runs for each of a list (`forEach`).")
    def items(self) -> ActionItems | None:
        """Choose."""
        results, total = self.run.items, self.run.total_items
        return None if total is None else ActionItems(total=total, results=results)


@strawberry.type(description="One entry of an execution's journal: the truth of what happened.")
class ExecutionEvent:
    """Append-only; numbered without a gap."""

    sequence: int = strawberry.field(description="Counts from 1 without a gap: the cursor to resume after.")
    type: EventType = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    action_id: str | None = strawberry.field(description="The action that it happened to, if to one.")
    data: JSON = strawberry.field(
        description="What goes with it, as the journal has it: `response`, `error`, `attempt`, `due_at`, ... Its keys "
        "and words are those of the REST API, in snake_case and lower case."
    )


@strawberry.type(description="One run of a workflow.")
class Execution(Node):
    """What was asked for and what became of it."""

    status: ExecutionStatus = strawberry.field(description="Where it stands.")
    workflow_version: str = strawberry.field(description="The version that it runs on, whatever came after.")
    created_by: str = strawberry.field(description="Who started it.")
    callback_url: str | None = strawberry.field(description="Where its end is to be reported.")
    created_at: datetime = strawberry.field(description="When it was accepted.")
    started_at: datetime | None = strawberry.field(description="When it left the queue.")
    completed_at: datetime | None = strawberry.field(description="When it ended.")
    duration_seconds: float | None = strawberry.field(description="From acceptance to the end.")
    queue_seconds: float | None = strawberry.field(description="From acceptance to the start.")
    run_seconds: float | None = strawberry.field(description="From the start to the end.")
    progress: Progress = strawberry.field(description="How far it has come.")
    error: ExecutionError | None = strawberry.field(description="Why it failed, where it failed.")
    fault: ExecutionFault | None = strawberry.field(
        description="Why it is set aside, or cannot be read any more; null: nothing is wrong with it."
    )
    entity: strawberry.Private[ExecutionSummary]

    @strawberry.field(description="The workflow that it runs; still there after the workflow was deleted.")
    async def workflow(
        self, info: GraphQLInfo
    ) -> Annotated["Workflow", strawberry.lazy("schema.types.workflows")] | None:
        """Load."""
        from schema.types.workflows import workflow_type  # the two types refer to each other

        found = await info.context.workflows.load(self.entity.workflow_id)
        return workflow_type(found) if found else None

    @strawberry.field(
        description="The execution that started it by an action of type `sub_workflow`; null: nobody's. Those that it "
        "started itself are in `executions(filter: {parentId: ...})`."
    )
    async def parent(
        self, info: GraphQLInfo
    ) -> Annotated["Execution", strawberry.lazy("schema.types.executions")] | None:
        """Load."""
        found = None if self.entity.parent_id is None else await info.context.executions.load(self.entity.parent_id)
        return execution_type(found) if found else None

    @strawberry.field(
        description="The parameters, with defaults filled in; null where the caller may not see payloads."
    )
    async def parameters(self, info: GraphQLInfo) -> JSON | None:
        """Load, where a list has left them out."""
        found = self.entity.parameters
        if found is msgspec.UNSET:
            found = await info.context.parameters.load(self.entity.id)
        return None if found is None else JSON(dict(found))

    @strawberry.field(
        description="`{action_id: {status, response, error}}` once the execution has ended, else null; its words are "
        "those of the REST API, in lower case."
    )
    async def result(self, info: GraphQLInfo) -> JSON | None:
        """Load."""
        detail = await self._detail(info)
        return None if detail.result is None else JSON(detail.result)

    @strawberry.field(
        description="The end that it is heading for while its clean-up runs, its status being RUNNING; else null."
    )
    async def stopping(self, info: GraphQLInfo) -> ExecutionStatus | None:
        """Load, where that is possible."""
        if self.entity.status is not ExecutionStatus.RUNNING:
            return None
        return (await self._detail(info)).stopping

    @strawberry.field(description="The outputs of its workflow once it has completed; null where there are none.")
    async def outputs(self, info: GraphQLInfo) -> JSON | None:
        """Load, where there may be some."""
        if self.entity.status is not ExecutionStatus.COMPLETED:
            return None
        found = (await self._detail(info)).outputs
        return None if found is None else JSON(dict(found))

    @strawberry.field(
        description="The actions that were started, in the order of the definition, and then those of the clean-up."
    )
    async def actions(self, info: GraphQLInfo) -> list[ActionRun] | None:
        """Load."""
        detail = await self._detail(info)
        made = cache(partial(attempts.attempts_of, detail.events))
        return [_action_run(action, made) for action in detail.actions]

    @strawberry.field(description="The actions that are still to run, and why each is not running yet.")
    async def waiting(self, info: GraphQLInfo) -> list[WaitingAction] | None:
        """Load."""
        return [_waiting_action(action) for action in (await self._detail(info)).waiting]

    @strawberry.field(description="The newest lines of the log, oldest first.")
    async def logs(
        self,
        info: GraphQLInfo,
        last: Annotated[int, strawberry.argument(description="So many lines: at most 1000.")] = 200,
    ) -> list[LogLine] | None:
        """Load."""
        lines = list(logs.log_lines((await self._detail(info)).events))
        newest = lines[-min(last, MAX_LOG_LINES) :] if last > 0 else []
        return [log_line(line) for line in newest]

    @strawberry.field(description="The whole log, oldest first, a slice at a time.")
    async def log_lines(self, info: GraphQLInfo, first: First = None, after: After = None) -> LogConnection | None:
        """Load a slice."""
        lines = list(logs.log_lines((await self._detail(info)).events))
        return log_connection(lines, window(first, after, None, None))

    @strawberry.field(description="The journal after a sequence, at most 100 entries at a time.")
    async def events(
        self,
        info: GraphQLInfo,
        after: AfterSequence = 0,
        first: Annotated[int, strawberry.argument(description="So many entries: at most 100.")] = 100,
    ) -> list[ExecutionEvent] | None:
        """Load."""
        events = [event for event in (await self._detail(info)).events if event.sequence > after]
        return [event_type(event) for event in events[: max(0, min(first, 100))]]

    @strawberry.field(description="The deliveries of its callback; none before its end, or without a `callbackUrl`.")
    async def callback_deliveries(self, info: GraphQLInfo) -> list[CallbackDelivery] | None:
        """Load."""
        found = await info.context.callback_deliveries.load(self.entity.id)
        return [delivery_type(delivery) for delivery in found or ()]

    @strawberry.field(description="The graph of its version, each action with its status.")
    async def dag(self, info: GraphQLInfo) -> Graph | None:
        """Draw."""
        return graph_type(await self._drawn(info))

    @strawberry.field(description="What each action did when, as spans for a Gantt chart.")
    async def timeline(self, info: GraphQLInfo) -> list[ActionTimeline] | None:
        """Derive."""
        detail = await self._detail(info)
        return timeline_type(timeline(await self._drawn(info), detail.events))

    @strawberry.field(description="What the caller may do with it.")
    def viewer_can(self, info: GraphQLInfo) -> ExecutionPermissions:
        """Ask the rules."""
        return execution_permissions(info.context.ctx.user, self.entity)

    async def _drawn(self, info: GraphQLInfo) -> DrawnGraph:
        detail = await self._detail(info)
        definition = await info.context.definitions.load((self.entity.workflow_id, self.entity.revision))
        if definition is None:
            raise RuntimeError(f"execution {self.entity.id} has no version {self.entity.version}")
        return graph(definition, {action.action_id: action.status for action in detail.actions})

    async def _detail(self, info: GraphQLInfo) -> ExecutionDetail:
        if isinstance(self.entity, ExecutionDetail):
            return self.entity
        found = await info.context.executions.load(self.entity.id)
        if found is None:
            raise RuntimeError(f"execution {self.entity.id} was listed but cannot be read")
        return found


EVENT_TYPES = frozenset(words.EventType)


def execution_type(execution: ExecutionSummary) -> Execution:
    """The GraphQL type of an execution."""
    progress = execution.progress
    started, completed = execution.started_at, execution.completed_at
    return Execution(
        id=strawberry.ID(execution.id),
        status=execution.status,
        workflow_version=execution.version,
        created_by=execution.created_by,
        callback_url=execution.callback_url,
        created_at=execution.created_at,
        started_at=started,
        completed_at=completed,
        duration_seconds=execution.duration_seconds,
        queue_seconds=(started - execution.created_at).total_seconds() if started else None,
        run_seconds=(completed - started).total_seconds() if started and completed else None,
        progress=Progress(
            completed_actions=progress.completed_actions,
            total_actions=progress.total_actions,
            current_action=progress.current_action,
            percentage=progress.percentage,
        ),
        error=error_type(execution.error),
        fault=fault_type(execution.fault),
        entity=execution,
    )


def event_type(event: Event) -> ExecutionEvent:
    """The GraphQL type of a journal entry."""
    return ExecutionEvent(
        sequence=event.sequence,
        type=words.EventType(event.type) if event.type in EVENT_TYPES else words.EventType.UNKNOWN,
        at=event.at,
        action_id=event.action_id,
        data=JSON(dict(event.data)),
    )


def _action_run(action: ActionResult, made: Callable[[], Mapping[str, Sequence[attempts.Attempt]]]) -> ActionRun:
    return ActionRun(
        action_id=action.action_id,
        status=action.status,
        attempt=action.attempt,
        started_at=action.started_at,
        completed_at=action.completed_at,
        response=None if action.response is None else JSON(action.response),
        error=error_type(action.error),
        run=action,
        made=made,
    )


def _attempt(attempt: attempts.Attempt) -> Attempt:
    return Attempt(
        number=attempt.number,
        started_at=attempt.started_at,
        completed_at=attempt.completed_at,
        error=error_type(attempt.error),
        next_attempt_at=attempt.next_attempt_at,
    )


def _action_item(item: entities.ItemResult) -> ActionItem:
    return ActionItem(
        index=item.index,
        status=item.status,
        attempt=item.attempt,
        started_at=item.started_at,
        completed_at=item.completed_at,
        response=None if item.response is None else JSON(item.response),
        error=error_type(item.error),
    )


def _waiting_action(action: entities.WaitingAction) -> WaitingAction:
    return WaitingAction(
        action_id=action.action_id,
        wait_reason=action.reason,
        depends_on=list(action.depends_on),
        until=action.until,
    )
