"""What the composition root says about the GraphQL edge."""

from collections.abc import Mapping

import msgspec

DEFAULT_MAX_COST = 20_000
DEFAULT_TIMEOUT_SECONDS = 30.0


class GraphQLOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the edge."""

    test_environment: bool
    """With the mutations of the test environment. Without, strangers are told nothing about the schema."""
    max_cost: int = DEFAULT_MAX_COST
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    """How long a query may take. A mutation may also wait for an execution for as long as the service lets it."""
    trusted_documents: Mapping[str, str] | None = None
    """Documents by the SHA-256 of their text, in hexadecimal."""
    only_trusted: bool = False
    """Refuse every other document."""
    allowed_origins: frozenset[str] = frozenset()
    """Sites besides the service's own whose pages may call it; `*` for all."""
