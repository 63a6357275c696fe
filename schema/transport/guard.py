"""Stands before and around every operation of every transport: reading, limits, cost, strangers, the deadline."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from models.answer_budget import AnswerBudget, answer_budget, begin_answer
from models.error_codes import ErrorCode
from models.errors import RateLimited, Unauthenticated
from resolvers.context import Context
from schema.context import GraphQLContext
from schema.errors import expected
from schema.options import GraphQLOptions
from schema.transport.deadline import deadline
from schema.transport.limits import refusal
from schema.transport.reading import DocumentReader, ReadDocument, ReadOperation

OPEN_FIELDS = frozenset({"__typename", "health", "systemMetrics"})
"""What a stranger may ask for in production. Everything else is answered alike, so that it tells nothing."""

COST_OF_A_UNIT = 500
"""A request has paid for so much of its operation's cost; each further part, once begun, is a unit of the quota."""

MAX_EVENT_COST = COST_OF_A_UNIT
"""What an event of a subscription may cost: nobody asks for it, and every listener's is worked out anew."""

UNTOLD = 1_000_000_000
"""No higher cost is told: fragments within fragments can reach numbers that no client reads."""


class Guard(SchemaExtension):
    """One operation's way in. Made anew for each, on the reader that all share.

    It is the only extension, and runs itself (see `SchemaExtensionsRunner`): Strawberry would look for the hooks of
    extensions in each operation, and again in each event of a subscription.
    """

    _document: ReadDocument
    _operation: ReadOperation

    def __init__(self, reader: DocumentReader, options: GraphQLOptions) -> None:
        self._reader = reader
        self._options = options
        self._results: dict[str, Any] = {}
        self._budget: AnswerBudget | None = None
        self._credit = COST_OF_A_UNIT
        """What is left of the unit that a subscription has paid last."""

    def operation(self) -> AbstractAsyncContextManager[None]:
        """There is nothing to do around all of it."""
        return nullcontext()

    @asynccontextmanager
    async def parsing(self) -> AsyncIterator[None]:
        """Read the document and pick the operation."""
        context = self.execution_context
        self._document = self._reader.read(context.query or "")
        self._operation = self._document.operation(context.operation_name)  # what was sent: no document is set yet
        context.graphql_document = self._document.document
        yield

    @asynccontextmanager
    async def validation(self) -> AsyncIterator[None]:
        """Refuse what is over a limit or against the schema, and what costs more than the caller has left."""
        refusals = self._refusals() or await self._unpaid()
        if refusals:
            await self._caller.excuse()
        self.execution_context.pre_execution_errors = refusals
        yield

    @asynccontextmanager
    async def executing(self) -> AsyncIterator[None]:
        """Limit the time. A subscription has none: each of its events is read in a moment."""
        seconds = self._options.timeout_seconds
        self._budget = begin_answer()
        if self._operation.type is OperationType.SUBSCRIPTION:
            yield
            return
        if self._operation.type is OperationType.MUTATION:
            seconds += self._caller.services.sync_wait_seconds
        async with deadline(seconds):
            yield

    def on_stream_result(  # type: ignore[override]  # this is the runner's, which the hook of that name is not
        self, result: Any
    ) -> AbstractAsyncContextManager[None]:
        """Charge for each event of a subscription. Raises `RateLimited` after one that could not be paid for."""
        is_event = self._operation.type is OperationType.SUBSCRIPTION and result.data is not None
        return _Charged(self, result.data) if is_event else nullcontext()

    def count(self, data: Mapping[str, Any]) -> None:
        """Take what an event has cost from what is left of the unit that was paid last."""
        budget = answer_budget()  # the next event may be another task's
        self._credit -= max(1, self._operation.actual_cost(data, budget.weight if budget else 0))

    async def pay(self) -> None:
        """Pay for as many more units as are needed. Raises `RateLimited`."""
        if self._credit < 0:
            units = units_of(-self._credit)
            self._credit += units * COST_OF_A_UNIT
            await self._caller.charge(units)

    async def get_extensions_results(self, context: ExecutionContext) -> dict[str, Any]:
        """What an answer says under `extensions`."""
        return {**await self.get_results(), **context.extensions_results}

    async def get_results(self) -> dict[str, Any]:
        """The cost, once: an event of a subscription does not repeat it."""
        results, self._results = self._results, {}
        data = None if self.execution_context.result is None else self.execution_context.result.data
        is_one = results and self._operation.type is not OperationType.SUBSCRIPTION
        if is_one and self._budget is not None and data is not None:
            actual = self._operation.actual_cost(data, self._budget.weight)
            results["cost"] |= {"actual": actual, "requests": units_of(actual)}
            await self._caller.settle(units_of(actual))  # what was cut off has used all that it might have
        return results

    @property
    def _caller(self) -> Context:
        context: GraphQLContext = self.execution_context.context
        return context.ctx

    def _refusals(self) -> list[GraphQLError]:
        errors = self._document.errors
        if is_hidden_from(self.execution_context.context, self._options) and (
            errors or not _asks_only(self._document, OPEN_FIELDS)
        ):
            return [
                expected(Unauthenticated("Authentication required: send Authorization: Bearer <token> or X-API-Key"))
            ]
        if errors:
            return errors
        requested, limit = min(self._operation.cost(self._variables()), UNTOLD), self._options.max_cost
        if self._operation.type is OperationType.SUBSCRIPTION:
            limit = min(limit, MAX_EVENT_COST)
        self._results = {"cost": {"requested": requested, "limit": limit, "requests": units_of(requested)}}
        if requested > limit:
            what = "objects as its cost: ask for smaller pages"
            return [refusal(ErrorCode.OPERATION_TOO_COSTLY, what, requested, limit)]
        return []

    async def _unpaid(self) -> list[GraphQLError]:
        """Take what the operation may cost beyond the unit that every request costs; the rest comes back after it."""
        try:
            await self._caller.charge(units_of(self._results["cost"]["requested"]), paid=1)
        except RateLimited as error:
            return [expected(error)]
        return []

    def _variables(self) -> Mapping[str, Any]:
        return self.execution_context.variables or {}


class _Charged(AbstractAsyncContextManager[None]):
    """An event is counted before it is told, and paid for when it was."""

    def __init__(self, guard: Guard, data: Mapping[str, Any]) -> None:
        self._guard = guard
        self._data = data

    async def __aenter__(self) -> None:
        self._guard.count(self._data)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self._guard.pay()


def is_hidden_from(context: GraphQLContext, options: GraphQLOptions) -> bool:
    """Whether the caller is nobody that is known, and is to learn nothing of the schema (FAULTS S2)."""
    return not options.test_environment and context.ctx.viewer is None


def units_of(cost: int) -> int:
    """The units of the quota that an operation takes: one for each started 500 of its cost, at least one."""
    return max(1, -(-cost // COST_OF_A_UNIT))


def _asks_only(read: ReadDocument, names: frozenset[str]) -> bool:
    """Whether nothing in a document asks for other fields: not even what is not meant to be carried out, which is valid
    or not as well, and so would tell of the schema.
    """
    return all(
        isinstance(definition, OperationDefinitionNode)
        and all(
            isinstance(node, FieldNode) and node.name.value in names for node in definition.selection_set.selections
        )
        for definition in read.document.definitions
    )
