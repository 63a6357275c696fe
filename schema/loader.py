"""Reads what many fields ask for in one moment in one go, and keeps nothing of it."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import TypeVar
from weakref import ref

from strawberry.dataloader import DataLoader

from models.errors import AnswerTooLarge, InvalidInput, OrchestratorError, PermissionDenied
from resolvers.context import Context

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

REFUSALS = (InvalidInput, PermissionDenied)
"""What is wrong with one of the things that are asked for, and with no other."""

Read = Callable[[Context, Sequence[K]], Awaitable[Mapping[K, V | AnswerTooLarge]]]


class Loader(DataLoader[K, V | None]):
    """What `read` finds by each key, or None. A socket's operations share it: one that ends harms no other."""

    def __init__(self, ctx: Context, read: Read[K, V]) -> None:
        this = ref(self)  # or it would keep itself, and all of the request with it

        async def load(keys: list[K]) -> list[V | BaseException | None]:
            loader = this()
            if loader is not None:
                loader.batch = None  # what it has brought would stay with it until the next one
            found = await _each(read, ctx, list(dict.fromkeys(keys)))
            return [found.get(key) for key in keys]

        super().__init__(load_fn=load, cache=False)

    def load(self, key: K) -> Awaitable[V | None]:
        """See `DataLoader.load`. A batch that nobody waits for any more is given up, perhaps before it has begun."""
        if self.batch is not None and all(task.future.cancelled() for task in self.batch.tasks):
            self.batch = None
        return super().load(key)


async def _each(read: Read[K, V], ctx: Context, keys: Sequence[K]) -> Mapping[K, V | OrchestratorError]:
    """What is found by each key. The keys are read in halves where one is refused, until that one is alone."""
    try:
        return await read(ctx, keys)
    except REFUSALS as refusal:
        if len(keys) == 1:
            return dict.fromkeys(keys, refusal)
        half = len(keys) // 2
        return {**await _each(read, ctx, keys[:half]), **await _each(read, ctx, keys[half:])}
