"""Many nodes of one cluster, in this process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec

from app.composition import running_services
from app.settings.settings import Settings
from models.words import NodeKind
from resolvers.context import Context
from tests.support.engine_calls import (
    ADA,
)


@asynccontextmanager
async def nodes(settings: Settings, *kinds_: NodeKind, **more: Any) -> AsyncIterator[list[Context]]:
    """Nodes of one cluster."""
    async with AsyncExitStack() as stack:
        made = [
            await stack.enter_async_context(running_services(msgspec.structs.replace(settings, node_kind=kind, **more)))
            for kind in kinds_
        ]
        yield [Context(ADA, services) for services in made]
