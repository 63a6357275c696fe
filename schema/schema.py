"""Builds the schema, with its limits and its one way of presenting errors."""

from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, ParserCache, QueryDepthLimiter, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.errors import present
from schema.mutations import Mutation
from schema.queries import Query
from schema.scalars import SCALARS
from schema.subscriptions import Subscription
from schema.test_environment import TestEnvironmentMutation

MAX_DEPTH = 10
MAX_ALIASES = 15
MAX_TOKENS = 1_000


class OrchestratorSchema(strawberry.Schema):
    """The schema; errors are presented, not logged: a client's typo is no event of ours."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Give each error its code, and log those alone that are bugs."""
        del execution_context  # the signature is Strawberry's
        for error in errors:
            present(error)


def build_schema(*, test_environment: bool) -> OrchestratorSchema:
    """The executable schema, with the mutations of the test environment or without.

    The limiters are built once, or the validation cache could not work.
    """
    depth, aliases = QueryDepthLimiter(max_depth=MAX_DEPTH), MaxAliasesLimiter(max_alias_count=MAX_ALIASES)
    extensions: list[Any] = [
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: depth,
        lambda: aliases,
        ParserCache,
        ValidationCache,
    ]
    return OrchestratorSchema(
        query=Query,
        mutation=TestEnvironmentMutation if test_environment else Mutation,
        subscription=Subscription,
        extensions=extensions,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
