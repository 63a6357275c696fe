"""Workflows and their executions as GraphQL types: each refers to the other, so they stand together."""

from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

import msgspec
import strawberry
from strawberry.scalars import JSON

from models.commands.filters import ExecutionFilter
from models.entities.executions import ExecutionDetail, ExecutionSummary
from models.entities.workflows import VersionNotFound, WorkflowDetail, WorkflowSummary, revision_of
from models.entities.workflows import WorkflowVersion as VersionEntity
from models.errors import ExecutionNotFound
from resolvers.executions.graphs import Graph as DrawnGraph
from resolvers.executions.graphs import graph
from resolvers.executions.timeline import timeline
from resolvers.workflows.sources.source_writing import written
from resolvers.workflows.usage import NEVER_USED, Usage
from schema.arguments import After, Before, First, Last, VersionWord
from schema.context import GraphQLInfo
from schema.loaded import loaded
from schema.mirrors import Mirror
from schema.types.access.viewer import (
    ExecutionPermissions,
    WorkflowPermissions,
    execution_permissions,
    workflow_permissions,
)
from schema.types.callbacks import CallbackDelivery, delivery_type
from schema.types.connections import Connection, connection, window
from schema.types.definitions import LIMIT, RETENTION, ConcurrencyLimit, WorkflowRetention
from schema.types.enums import ExecutionStatus, WorkflowStatus
from schema.types.executions import (
    PAUSE,
    PROGRESS,
    ActionRun,
    ExecutionPause,
    Progress,
    action_runs,
)
from schema.types.failures import ExecutionError, ExecutionFault, error_type, fault_type
from schema.types.filter_inputs import ExecutionFilterInput, chosen
from schema.types.graphs import ActionTimeline, Graph, graph_type, timeline_type
from schema.types.history.definition_parts import DefinitionParts
from schema.types.history.estimates import ExecutionEstimate, estimate_type
from schema.types.history.journal_parts import JournalParts
from schema.types.history.versions import WorkflowVersion, load_definition, version_type
from schema.types.node import Node
from schema.types.overviews.in_a_line import InALine
from schema.types.overviews.waits import WaitingAction, waiting_action_type
from schema.types.statistics import WorkflowStatistics, workflow_statistics_type

ITS_ID = attrgetter("entity.id")


@strawberry.type(description="A workflow: parameters and a graph of actions.")
class Workflow(Node, DefinitionParts):
    """What is executed is always one immutable version of it."""

    name: str = strawberry.field(description="Unique among its owner's workflows.")
    description: str | None = strawberry.field(description="What it is for.")
    status: WorkflowStatus = strawberry.field(description="Only an active workflow can be executed.")
    version: str = strawberry.field(description="1.0, then 1.1 with the first changed definition.")
    created_by: str = strawberry.field(description="Its owner.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    tags: list[str] = strawberry.field(description="Its tags.")
    timeout_seconds: int | None = strawberry.field(description="The total time of an execution; null: 3600.")
    queue_timeout_seconds: int | None = strawberry.field(
        description="How long an execution may wait for its start; null: as long as it takes."
    )
    concurrency: ConcurrencyLimit | None = strawberry.field(
        description="How many of its executions may run at once; null: any number."
    )
    retention: WorkflowRetention | None = strawberry.field(description="How long runs are kept; null: as is set.")
    entity: strawberry.Private[WorkflowSummary]

    @strawberry.field(description="The workflow as a file has it, in YAML: `saveWorkflowText` takes it.")
    async def source(self, info: GraphQLInfo) -> str | None:
        """Write."""
        return written(self.entity, await self.definition(info))

    @strawberry.field(description="How often it was executed.")
    @loaded(lambda loaders: loaders.usage, ITS_ID)
    def execution_count(found: Usage | None) -> int | None:
        """Show."""
        return found.execution_count if found else 0

    @strawberry.field(description="When it was last executed.")
    @loaded(lambda loaders: loaders.usage, ITS_ID)
    def last_execution(found: Usage | None) -> datetime | None:
        """Show."""
        return found.last_execution if found else None

    @strawberry.field(description="Its executions, newest first.")
    async def executions(
        self,
        info: GraphQLInfo,
        filter: Annotated[ExecutionFilterInput | None, strawberry.argument(description="Which of them.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> "Connection[Execution] | None":
        """Load a slice, together with those of the other workflows."""
        loaders = info.context
        asked = chosen(ExecutionFilter, filter).model_dump_json(exclude_defaults=True)
        place = window(first, after, last, before).model_dump_json(exclude_defaults=True)
        found = await loaders.executions_of.load((self.entity.id, asked, place))
        if found is None:
            raise RuntimeError(f"no answer for the executions of workflow {self.entity.id}")

        async def count() -> int:
            return await loaders.execution_counts.load((self.entity.id, asked)) or 0

        return connection(found, execution_type, count)

    @strawberry.field(
        description="Its versions, newest first. Each execution has the one that it runs in its `definition`."
    )
    async def versions(
        self, info: GraphQLInfo, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[WorkflowVersion] | None:
        """Load a slice, together with those of the other workflows."""
        place = window(first, after, last, before).model_dump_json(exclude_defaults=True)
        found = await info.context.versions_of.load((self.entity.id, place))
        if found is None:
            raise RuntimeError(f"no answer for the versions of workflow {self.entity.id}")

        async def count() -> int:
            return self.entity.revision + 1

        return connection(found, version_type, count)

    @strawberry.field(description="One of its versions; null where there is none.")
    async def at_version(self, info: GraphQLInfo, version: VersionWord) -> WorkflowVersion | None:
        """Load."""
        try:
            revision = revision_of(self.entity.id, version, self.entity.revision)
        except VersionNotFound:
            return None
        found = await info.context.versions.load((self.entity.id, revision))
        return version_type(found) if found else None

    @strawberry.field(description="Its running totals.")
    async def statistics(self, info: GraphQLInfo) -> WorkflowStatistics | None:
        """Load."""
        usage = await info.context.usage.load(self.entity.id)
        return workflow_statistics_type(self.entity.id, usage or NEVER_USED)

    @strawberry.field(description="What the caller may do with it.")
    def viewer_can(self, info: GraphQLInfo) -> WorkflowPermissions:
        """Ask the rules."""
        return workflow_permissions(info.context.ctx.user, self.entity)

    async def definition(self, info: GraphQLInfo) -> dict[str, Any]:
        """Load, where it is not there."""
        if isinstance(self.entity, WorkflowDetail):
            return self.entity.definition
        return await load_definition(info, self.entity.id, self.entity.revision)


WORKFLOW = Mirror(Workflow, WorkflowSummary, "concurrency", "retention", "entity")


def workflow_type(workflow: WorkflowSummary) -> Workflow:
    """The GraphQL type of a workflow."""
    limit = None if workflow.concurrency is None else LIMIT.of(workflow.concurrency)
    retention = None if workflow.retention is None else RETENTION.of(workflow.retention)
    return WORKFLOW.of(workflow, concurrency=limit, retention=retention, entity=workflow)


@strawberry.type(description="One run of a workflow.")
class Execution(InALine, JournalParts):
    """What was asked for and what became of it."""

    status: ExecutionStatus = strawberry.field(description="Where it stands.")
    workflow_version: str = strawberry.field(description="The version that it runs on, whatever came after.")
    created_by: str = strawberry.field(description="Who started it.")
    callback_url: str | None = strawberry.field(description="Where its end is to be reported.")
    labels: JSON = strawberry.field(description='Its labels: an object of texts such as `{"team": "billing"}`.')
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
    @loaded(lambda loaders: loaders.workflows, attrgetter("entity.workflow_id"))
    def workflow(found: WorkflowSummary | None) -> Workflow | None:
        """Show."""
        return workflow_type(found) if found else None

    @strawberry.field(description="The version of its workflow that it runs, whatever came after.")
    @loaded(lambda loaders: loaders.versions, attrgetter("entity.workflow_id", "entity.revision"))
    def definition(found: VersionEntity | None) -> WorkflowVersion | None:
        """Show."""
        return version_type(found) if found else None

    @strawberry.field(
        description="The execution that started it by an action of type `sub_workflow`; null: nobody's. Those that it "
        "started itself are in `executions(filter: {parentId: ...})`."
    )
    @loaded(lambda loaders: loaders.executions, attrgetter("entity.parent_id"))
    def parent(found: ExecutionDetail | None) -> "Execution | None":
        """Show."""
        return execution_type(found) if found else None

    @strawberry.field(description="The execution that it does over, of which it reuses what holds; else null.")
    @loaded(lambda loaders: loaders.executions, attrgetter("entity.rerun_of"))
    def rerun_of(found: ExecutionDetail | None) -> "Execution | None":
        """Show."""
        return execution_type(found) if found else None

    @strawberry.field(description="Why it does another one over, where that was said.")
    async def rerun_reason(self, info: GraphQLInfo) -> str | None:
        """Load, where there may be one."""
        return None if self.entity.rerun_of is None else (await self.detail(info)).rerun_reason

    @strawberry.field(description="The executions that do this one over, newest first.")
    async def reruns(
        self, info: GraphQLInfo, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> "Connection[Execution] | None":
        """Load a slice, together with those of the other executions."""
        place = window(first, after, last, before).model_dump_json(exclude_defaults=True)
        found = await info.context.reruns.load((self.entity.id, place))
        if found is None:
            raise RuntimeError(f"no answer for the reruns of execution {self.entity.id}")

        async def count() -> int:
            return await info.context.rerun_counts.load(self.entity.id) or 0

        return connection(found, execution_type, count)

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
        detail = await self.detail(info)
        return None if detail.result is None else JSON(detail.result)

    @strawberry.field(
        description="The end that it is heading for while its clean-up runs, its status being RUNNING or PAUSED; else "
        "null."
    )
    async def stopping(self, info: GraphQLInfo) -> ExecutionStatus | None:
        """Load, where that is possible."""
        if self.entity.status not in (ExecutionStatus.RUNNING, ExecutionStatus.PAUSED):
            return None
        return (await self.detail(info)).stopping

    @strawberry.field(description="Who paused it, while it is; `resumeExecution` has it go on.")
    async def pause(self, info: GraphQLInfo) -> ExecutionPause | None:
        """Load, where it is."""
        if self.entity.status is not ExecutionStatus.PAUSED:
            return None
        found = (await self.detail(info)).pause
        return None if found is None else PAUSE.of(found)

    @strawberry.field(description="The outputs of its workflow once it has completed; null where there are none.")
    async def outputs(self, info: GraphQLInfo) -> JSON | None:
        """Load, where there may be some."""
        if self.entity.status is not ExecutionStatus.COMPLETED:
            return None
        found = (await self.detail(info)).outputs
        return None if found is None else JSON(dict(found))

    @strawberry.field(
        description="The actions that were started, in the order of the definition, and then those of the clean-up."
    )
    async def actions(self, info: GraphQLInfo) -> list[ActionRun] | None:
        """Load."""
        return action_runs(await self.detail(info))

    @strawberry.field(
        description="When it is likely to end, from its start on, what it waits for included; null: it does not run, "
        "or fewer than 5 of the newest executions of its workflow completed. What is read of these stands for 30 s."
    )
    async def eta(self, info: GraphQLInfo) -> ExecutionEstimate | None:
        """Load the past, together with those of the other workflows."""
        if self.entity.status is not ExecutionStatus.RUNNING:
            return None
        past = await info.context.pasts.load(self.entity.workflow_id)
        return estimate_type(self.entity, past, info.context.ctx.services.clock.now())

    @strawberry.field(description="The actions that are still to run, and why each is not running yet.")
    async def waiting(self, info: GraphQLInfo) -> list[WaitingAction] | None:
        """Load."""
        return [waiting_action_type(self.id, action) for action in (await self.detail(info)).waiting]

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
        detail = await self.detail(info)
        return timeline_type(timeline(await self._drawn(info), detail.events))

    @strawberry.field(description="What the caller may do with it.")
    def viewer_can(self, info: GraphQLInfo) -> ExecutionPermissions:
        """Ask the rules."""
        return execution_permissions(info.context.ctx.user, self.entity)

    async def _drawn(self, info: GraphQLInfo) -> DrawnGraph:
        detail = await self.detail(info)
        definition = await load_definition(info, self.entity.workflow_id, self.entity.revision)
        return graph(
            definition,
            {action.action_id: action.status for action in detail.actions},
            {action.action_id: action.reused_from for action in detail.actions},
        )

    async def detail(self, info: GraphQLInfo) -> ExecutionDetail:
        """What its journal adds up to. Raises `ExecutionNotFound`."""
        if isinstance(self.entity, ExecutionDetail):
            return self.entity
        found = await info.context.executions.load(self.entity.id)
        if found is None:
            raise ExecutionNotFound(self.entity.id)  # it was deleted since it was listed
        return found


EXECUTION = Mirror(
    Execution,
    ExecutionSummary,
    workflow_version=lambda execution: execution.version,
    queue_seconds=lambda execution: _seconds(execution.created_at, execution.started_at),
    run_seconds=lambda execution: _seconds(execution.started_at, execution.completed_at),
    progress=lambda execution: PROGRESS.of(execution.progress),
    error=lambda execution: error_type(execution.error),
    fault=lambda execution: fault_type(execution.fault),
)


def execution_type(execution: ExecutionSummary) -> Execution:
    """The GraphQL type of an execution."""
    return EXECUTION.of(execution, entity=execution)


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    return (until - since).total_seconds() if since and until else None
