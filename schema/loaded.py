"""Fields that show what a loader finds by a key: a list finds those of all its items at once."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from schema.context import GraphQLContext, GraphQLInfo
from schema.loader import Loader

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")

Resolver = Callable[..., Any]


class Loaded(msgspec.Struct, Generic[K, V], frozen=True):
    """How a field is had: its loader, the key of an object (None: there is nothing to find), and how it is shown."""

    loader: Callable[[GraphQLContext], Loader[K, V]]
    key: Callable[[Any], K | None]
    shown: Callable[[V | None], Any]

    async def of(self, context: GraphQLContext, items: Sequence[Any]) -> list[Any]:
        """The value of the field for each of some objects, of which each key is looked for once."""
        keys = [self.key(item) for item in items]
        sought = list(dict.fromkeys(key for key in keys if key is not None))
        found = await self.loader(context).load_many(sought)
        shown = {key: self.shown(one) for key, one in zip(sought, found, strict=True)}
        nothing = self.shown(None)
        return [nothing if key is None else shown[key] for key in keys]


def loaded(
    loader: Callable[[GraphQLContext], Loader[K, V]], key: Callable[[Any], K | None]
) -> Callable[[Callable[[V | None], T]], Resolver]:
    """Make of a function that shows what was found, or that nothing was, the resolver of a field."""

    def decorate(show: Callable[[V | None], T]) -> Resolver:
        how = Loaded(loader, key, show)

        async def resolver(self: Any, info: GraphQLInfo) -> Any:
            [value] = await how.of(info.context, [self])
            return value

        resolver.__module__, resolver.__name__, resolver.__doc__ = show.__module__, show.__name__, show.__doc__
        resolver.__annotations__ = {"info": GraphQLInfo, "return": show.__annotations__["return"]}
        _OF_RESOLVERS[resolver] = how
        return resolver

    return decorate


def loaded_field(resolver: Resolver) -> Loaded[Any, Any] | None:
    """How a field is had whose resolver was made here, else None."""
    return _OF_RESOLVERS.get(resolver)


_OF_RESOLVERS: dict[Resolver, Loaded[Any, Any]] = {}
