"""What there is to see of an execution as GraphQL types: its progress, its actions and their attempts, its events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from engine.actions.protocol import idempotency_key
from models import words
from models.entities import attempts, executions
from models.entities.executions import ActionResult, Event, ExecutionDetail
from models.ids import ACTION_RUN_PREFIX
from resolvers.executions import timeline
from resolvers.executions.inputs import Inputs
from schema.arguments import After, Before, First, Last
from schema.context import GraphQLInfo
from schema.mirrors import Mirror
from schema.spellings import renamed
from schema.types.connections import Connection, numbered_connection, window
from schema.types.enums import ActionStatus, EventType
from schema.types.failures import ExecutionError, error_type
from schema.types.graphs import SPAN, Span
from schema.types.node import Node

HTTP = "What the service answered beside that, where it called one and that answered; null too without its payload."
REUSED_FROM = "The execution that did this, where it was an earlier one whose result is reused; null: this one."


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
    reused_from: strawberry.ID | None = strawberry.field(description=REUSED_FROM)


@strawberry.type(description="By whom an execution is paused.")
class ExecutionPause:
    """As the journal tells it."""

    at: datetime = strawberry.field(description="Since when.")
    user_id: str = strawberry.field(description="By whom.")
    reason: str | None = strawberry.field(description="Why, where that was said.")


@strawberry.type(description="By whom an action has its result.")
class ActionResolution:
    """Where somebody gave it by hand."""

    user_id: str = strawberry.field(description="By whom.")
    reason: str = strawberry.field(description="Why.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="What a service answered, beside the body.")
class ActionHttp:
    """As it is kept with the result."""

    status: int = strawberry.field(description="The status.")
    headers: JSON = strawberry.field(
        description="The headers that are kept, by their names in lower case: none that may be a credential."
    )


class Made:
    """What the journal tells of each attempt, and of each item: derived once, where it is asked for."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    @cached_property
    def attempts(self) -> Mapping[attempts.Slot, Sequence[attempts.Attempt]]:
        """Every attempt, by the action or the item."""
        return attempts.attempts_of(self._events)

    @cached_property
    def spans(self) -> Mapping[str, Mapping[int, Sequence[timeline.Span]]]:
        """What was done for each item."""
        return timeline.item_spans(self._events)


@strawberry.type(description="What became of an action for one item of its list.")
class ActionItem:
    """One item of a `for_each`."""

    index: int = strawberry.field(description="The item's place in the list, counted from 0.")
    status: ActionStatus = strawberry.field(description="Where it stands.")
    attempt: int = strawberry.field(description="The latest attempt, counted from 1; 0 before the first one.")
    started_at: datetime = strawberry.field(description="When the latest attempt started.")
    completed_at: datetime | None = strawberry.field(description="When it ended.")
    response: JSON | None = strawberry.field(description="What it returned.")
    http: ActionHttp | None = strawberry.field(description=HTTP)
    error: ExecutionError | None = strawberry.field(description="Why it failed, where it failed.")
    resolved_by: ActionResolution | None = strawberry.field(
        description="Who gave it its result by hand; null: nobody did."
    )
    reused_from: strawberry.ID | None = strawberry.field(description=REUSED_FROM)
    action_id: strawberry.Private[str]
    made: strawberry.Private[Made]

    @strawberry.field(description="Every attempt for it, in order.")
    def attempts(self) -> list[Attempt]:
        """Derive."""
        return _attempts(self.made, self.action_id, self.index)

    @strawberry.field(
        description="What was done for it when, in order; one ends where the next begins. It is queued from the moment "
        "when its action began; without a span where it is reused."
    )
    def spans(self) -> list[Span]:
        """Derive."""
        return [SPAN.of(span) for span in self.made.spans.get(self.action_id, {}).get(self.index, ())]


@strawberry.type(description="How far an action has come that runs for each item of a list.")
class ActionItems:
    """The items of a `for_each`."""

    total: int = strawberry.field(description="All items.")
    begun: strawberry.Private[Sequence[executions.ItemResult]]
    action_id: strawberry.Private[str]
    made: strawberry.Private[Made]

    @strawberry.field(description="Those that succeeded.")
    def succeeded(self) -> int:
        """Count."""
        return sum(result.status is words.ActionStatus.SUCCESS for result in self.begun)

    @strawberry.field(description="Those that failed.")
    def failed(self) -> int:
        """Count."""
        return sum(result.status is words.ActionStatus.FAILED for result in self.begun)

    @strawberry.field(description="Those that were skipped.")
    def skipped(self) -> int:
        """Count."""
        return sum(result.status is words.ActionStatus.SKIPPED for result in self.begun)

    @strawberry.field(description="The items that have begun, in their order, a slice at a time.")
    def results(
        self,
        status: Annotated[ActionStatus | None, strawberry.argument(description="Only those that stand there.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ActionItem] | None:
        """Choose a slice."""
        chosen = [result for result in self.begun if status in (None, result.status)]
        indices = [result.index for result in chosen]
        return numbered_connection(chosen, indices, window(first, after, last, before), self._item)

    @strawberry.field(
        description="The items that have begun, in their order, at most 100 at a time.",
        deprecation_reason=renamed("results"),
    )
    def nodes(
        self,
        first: Annotated[int, strawberry.argument(description="So many: at most 100.")] = 100,
        after_index: Annotated[int, strawberry.argument(description="Those with a higher index.")] = -1,
        status: Annotated[ActionStatus | None, strawberry.argument(description="Only those that stand there.")] = None,
    ) -> list[ActionItem]:
        """Choose."""
        chosen = (result for result in self.begun if result.index > after_index and status in (None, result.status))
        return [self._item(result) for result in islice(chosen, max(0, min(first, 100)))]

    def _item(self, item: executions.ItemResult) -> ActionItem:
        return ACTION_ITEM.of(
            item,
            error=error_type(item.error),
            http=_http(item),
            resolved_by=_resolution(item),
            action_id=self.action_id,
            made=self.made,
        )


@strawberry.type(description="One action of one execution.")
class ActionRun(Node):
    """What became of an action so far; an action that was not started is not listed."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    status: ActionStatus = strawberry.field(description="Where it stands.")
    attempt: int = strawberry.field(description="The latest attempt, counted from 1.")
    started_at: datetime = strawberry.field(description="When the latest attempt started.")
    completed_at: datetime | None = strawberry.field(description="When it ended.")
    response: JSON | None = strawberry.field(description="What it returned.")
    http: ActionHttp | None = strawberry.field(description=HTTP)
    error: ExecutionError | None = strawberry.field(description="Why it failed, where it failed.")
    resolved_by: ActionResolution | None = strawberry.field(
        description="Who gave it its result by hand; null: nobody did."
    )
    reused_from: strawberry.ID | None = strawberry.field(description=REUSED_FROM)
    is_given: bool = strawberry.field(description="Whether its result was given by hand, by `rerunExecution`.")
    idempotency_key: str | None = strawberry.field(
        description="What its calls send as `Idempotency-Key`, the same for each attempt: of its present iteration, "
        "where it is repeated; the engine's own, or that of its configuration. Null: it has not begun, or each of its "
        "items has one."
    )
    run: strawberry.Private[ActionResult]
    inputs: strawberry.Private[Inputs]
    made: strawberry.Private[Made]

    @strawberry.field(description="Every attempt, in order; those of single items are not among them.")
    def attempts(self) -> list[Attempt]:
        """Derive."""
        return _attempts(self.made, self.action_id, None)

    @strawberry.field(
        description="The configuration that its latest attempt was given, with all templates filled in from what "
        "there was at that moment, and secrets as `[secret:name]`. Null: it has not begun, it runs for each of a list, "
        "or the caller may not see payloads."
    )
    async def input(self, info: GraphQLInfo) -> JSON | None:
        """Fill in."""
        found = await self.inputs.of(info.context.ctx, self.action_id)
        return None if found is None else JSON(found)

    @strawberry.field(description="What became of each item, where it runs for each of a list (`forEach`).")
    def items(self) -> ActionItems | None:
        """Choose."""
        results, total = self.run.items, self.run.total_items
        if total is None:
            return None
        return ActionItems(total=total, begun=results, action_id=self.action_id, made=self.made)


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


PAUSE = Mirror(ExecutionPause, executions.Pause)
PROGRESS = Mirror(Progress, executions.Progress)
ATTEMPT = Mirror(Attempt, attempts.Attempt, "error")
RESOLUTION = Mirror(ActionResolution, executions.ResolvedBy)
ACTION_ITEM = Mirror(ActionItem, executions.ItemResult, "error", "http", "resolved_by", "action_id", "made")
ACTION_RUN = Mirror(
    ActionRun, ActionResult, "id", "error", "http", "run", "made", "inputs", "idempotency_key", "resolved_by"
)
EVENT = Mirror(ExecutionEvent, Event, "type", "data")
EVENT_TYPES = frozenset(words.EventType)


def event_type(event: Event) -> ExecutionEvent:
    """The GraphQL type of a journal entry."""
    known = words.EventType(event.type) if event.type in EVENT_TYPES else words.EventType.UNKNOWN
    return EVENT.of(event, type=known, data=JSON(dict(event.data)))


def action_run_type(
    execution_id: str,
    action: ActionResult,
    made: Made,
    inputs: Inputs,
) -> ActionRun:
    """The GraphQL type of an action of an execution, with what its journal tells of attempts and items."""
    key = idempotency_key(execution_id, action.action_id, None, action.iteration)
    is_single = action.attempt > 0 and action.total_items is None
    return ACTION_RUN.of(
        action,
        id=strawberry.ID(f"{ACTION_RUN_PREFIX}{execution_id}:{action.action_id}"),
        error=error_type(action.error),
        http=_http(action),
        run=action,
        made=made,
        inputs=inputs,
        idempotency_key=(action.own_key or key) if is_single else None,
        resolved_by=_resolution(action),
    )


def action_runs(detail: ExecutionDetail) -> list[ActionRun]:
    """The GraphQL types of the actions of an execution."""
    made, inputs = Made(detail.events), Inputs(detail)
    return [action_run_type(detail.id, action, made, inputs) for action in detail.actions]


def _http(result: ActionResult | executions.ItemResult) -> ActionHttp | None:
    found = result.http
    return None if found is None else ActionHttp(status=found["status"], headers=JSON(found["headers"]))


def _attempts(made: Made, action_id: str, item: int | None) -> list[Attempt]:
    return [ATTEMPT.of(one, error=error_type(one.error)) for one in made.attempts.get((action_id, item), ())]


def _resolution(result: ActionResult | executions.ItemResult) -> ActionResolution | None:
    return None if result.resolved_by is None else RESOLUTION.of(result.resolved_by)
