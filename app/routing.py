"""What the routes of a service depend on of its settings, and nothing else of them."""

import msgspec

from app.settings.settings import Environment, Settings
from models.words import NodeKind


class Routing(msgspec.Struct, frozen=True):
    """Services of one process share their routes where this is the same. `served_at` is an address or a path."""

    is_worker: bool
    in_test: bool
    trusts_user_header: bool
    below: str
    served_at: str
    graphql_max_cost: int
    graphql_timeout_seconds: float
    trusted_documents: tuple[tuple[str, str], ...] | None
    only_trusted: bool
    allowed_origins: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> "Routing":
        """What is in the settings."""
        trusted = settings.graphql_trusted_documents
        return cls(
            is_worker=settings.node_kind is NodeKind.WORKER,
            in_test=settings.environment is Environment.TEST,
            trusts_user_header=settings.trusts_user_header,
            below=settings.below,
            served_at=settings.public_url or settings.below,
            graphql_max_cost=settings.graphql_max_cost,
            graphql_timeout_seconds=settings.graphql_timeout_seconds,
            trusted_documents=None if trusted is None else tuple(trusted.items()),
            only_trusted=settings.graphql_only_trusted,
            allowed_origins=settings.allowed_origins,
        )
