"""Builds the schema, with its guard and its one way of presenting errors."""

from typing import Any, cast

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError

from schema.arguments import take_nulls_as_left_out
from schema.built_inputs import build_by_plan
from schema.context import GraphQLContext
from schema.errors import present
from schema.mutations.root import Mutation
from schema.options import GraphQLOptions
from schema.queries import Query
from schema.subscriptions import Subscription
from schema.test_environment import TestEnvironmentMutation
from schema.transport.collected import KnownOperations
from schema.transport.fast_execution import FastExecutionContext
from schema.transport.guard import Guard, is_hidden_from
from schema.transport.reading import DocumentReader
from schema.transport.shared_answers import SharedAnswers
from schema.transport.unquoted import without_values
from schema.types.scalars import SCALARS

DESCRIPTION = (
    "Define workflows, execute them, and watch every step live. What is not found is null. What you can mend about a "
    "mutation is in the `userErrors` of its answer, all else in `errors`; both have a stable `code`. Lists are pages: "
    "`first` and `after` go forward, `last` and `before` backward. Times are in UTC, and durations in seconds where "
    "their name does not say otherwise."
)


class OrchestratorSchema(strawberry.Schema):
    """The schema; errors are presented, not logged: a client's typo is no event of ours."""

    def __init__(self, options: GraphQLOptions) -> None:
        def guard() -> SchemaExtension:
            return Guard(self.reader, options)

        super().__init__(
            query=Query,
            mutation=TestEnvironmentMutation if options.test_environment else Mutation,
            subscription=Subscription,
            extensions=[guard],
            execution_context_class=FastExecutionContext,
            config=StrawberryConfig(scalar_map=SCALARS),
        )
        # Strawberry has no argument for it. Documentation begins with it.
        self._schema.description = DESCRIPTION
        self._schema.extensions[SharedAnswers.__name__] = SharedAnswers()
        self._options = options
        take_nulls_as_left_out(self._schema)
        build_by_plan(self._schema)
        self.forget_documents()

    def create_extensions_runner(
        self, execution_context: ExecutionContext, extensions: list[SchemaExtension]
    ) -> SchemaExtensionsRunner:
        """See `strawberry.Schema.create_extensions_runner`: the guard runs itself."""
        del execution_context  # it has been given that already
        [guard] = extensions
        return cast(SchemaExtensionsRunner, guard)

    def forget_documents(self) -> None:
        """Read every document anew: nothing else of what operations do stays in a schema."""
        self.reader = DocumentReader(self._schema)
        KnownOperations.forget(self._schema)

    def is_hidden_from(self, context: GraphQLContext) -> bool:
        """Whether the caller is to learn nothing of the schema."""
        return is_hidden_from(context, self._options)

    async def execute(self, query: str | None, *args: Any, **more: Any) -> ExecutionResult:
        """Answer one operation. See `strawberry.Schema.execute`; `operation_name` comes by its name."""
        refused = self._unreadable(query, more.get("operation_name"))
        if refused is not None:
            await _excuse(more.get("context_value"))
            return refused
        return await super().execute(query, *args, **more)

    async def stream(self, query: str | None, *args: Any, **more: Any) -> StreamResult:
        """Answer one operation bit by bit. See `strawberry.Schema.stream`; `operation_name` comes by its name."""
        refused = self._unreadable(query, more.get("operation_name"))
        if refused is not None:
            await _excuse(more.get("context_value"))
            return _one(refused)
        return await super().stream(query, *args, **more)

    def _unreadable(self, query: str | None, operation_name: str | None) -> PreExecutionError | None:
        """Why no operation can be found in `query`, if so. What a guard raises this early, a stream would lose."""
        try:
            self.reader.read(query or "").operation(operation_name)
        except GraphQLError as error:
            without_values(error, query)
            present(error)
            return PreExecutionError(data=None, errors=[error])
        return None

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Give each error its code, and log those alone that are bugs."""
        query = None if execution_context is None else execution_context.query
        for error in errors:
            without_values(error, query)
            present(error)


async def _excuse(context: GraphQLContext | None) -> None:
    """A text that is no operation costs as little as one that is refused."""
    if context is not None:
        await context.ctx.excuse()


async def _one(result: PreExecutionError) -> StreamResult:
    yield result


def build_schema(*, test_environment: bool) -> OrchestratorSchema:
    """The executable schema with the default limits, with the mutations of the test environment or without."""
    return OrchestratorSchema(GraphQLOptions(test_environment=test_environment))
