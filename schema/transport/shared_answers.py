"""Answers to events that many watch: each is made, and encoded, once for all who asked alike with the same rights."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any, Protocol

import msgspec
from graphql import ExecutionResult, GraphQLSchema, OperationDefinitionNode
from graphql.pyutils import AwaitableOrValue

from models.answer_budget import answer_budget, begin_answer
from models.latest import Latest
from models.log_context import task_for_all
from resolvers.context import Viewer

MOST_KEPT = 32
MOST_BYTES = 65_536
"""Of one that is kept: larger ones are made for each who is told."""


class SharedData(dict[str, Any]):
    """The data of an answer that is shared; nobody changes it."""

    def __init__(self, data: dict[str, Any], weight: int) -> None:
        super().__init__(data)
        self.weight = weight
        self.encoded: msgspec.Raw | None = None


class Subscribed(msgspec.Struct, frozen=True):
    """What somebody subscribed to. Who asks for the same operation with the same `words` and `rights` is told the same.

    Without resolvers of its own an answer is the same whatever the rights: what is told is chosen by them already.
    """

    operation: OperationDefinitionNode
    words: bytes
    rights: Hashable

    @classmethod
    def of(cls, operation: OperationDefinitionNode, variables: Mapping[str, Any], viewer: Viewer) -> "Subscribed":
        """What `viewer` subscribed to with these `variables`."""
        words = msgspec.json.encode(variables, enc_hook=repr)
        return cls(operation, words, (viewer.tenant, viewer.user_id, viewer.role, viewer.scope))


class _Kept(msgspec.Struct, frozen=True):
    """An answer, there or on its way, and what has to live on so that nothing else gets the identity in its key."""

    told: object
    operation: OperationDefinitionNode
    answer: "ExecutionResult | asyncio.Task[ExecutionResult]"


class SharedAnswers:
    """Those to the latest events. One with an error is not shared: it tells of each who meets it."""

    def __init__(self) -> None:
        self._kept: Latest[Hashable, _Kept] = Latest(MOST_KEPT)

    @classmethod
    def of(cls, schema: GraphQLSchema) -> "SharedAnswers | None":
        """Those of a schema, if its answers are shared."""
        found: SharedAnswers | None = schema.extensions.get(cls.__name__)
        return found

    def answer(self, event: "SharedEvent") -> AwaitableOrValue[Any]:
        """The answer to an event, made where it is not there."""
        told, asked = event.told, event.asked
        common = (id(told), id(asked.operation), asked.words)
        own = (*common, asked.rights)
        kept = self._kept.get(own) or self._kept.get(common)
        if kept is None:
            executor = event.build(told)
            made = executor.execute_operation(False)
            if isinstance(made, ExecutionResult):
                return self._keep(common if executor.is_plain else own, told, asked, made)
            task = task_for_all(self._finish(own, told, asked, made))
            task.add_done_callback(_consume_exception)
            kept = _Kept(told, asked.operation, task)
            self._kept.put(own, kept)
        return _taken(kept.answer) if isinstance(kept.answer, ExecutionResult) else _awaited(kept.answer)

    async def _finish(
        self, key: Hashable, told: object, asked: Subscribed, made: Awaitable[ExecutionResult]
    ) -> ExecutionResult:
        try:
            return self._keep(key, told, asked, await made)
        except BaseException:
            self._kept.forget(key)
            raise

    def _keep(self, key: Hashable, told: object, asked: Subscribed, result: ExecutionResult) -> ExecutionResult:
        budget = answer_budget()
        weight = 0 if budget is None else budget.weight
        if result.errors or result.data is None or weight > MOST_BYTES:
            self._kept.forget(key)
            return result
        shared = ExecutionResult(SharedData(result.data, weight), None)
        self._kept.put(key, _Kept(told, asked.operation, shared))
        return shared


class EventExecutor(Protocol):
    """What makes the answer to one event."""

    def execute_operation(self, serially: bool | None) -> AwaitableOrValue[Any]:
        """See `graphql.execution.Executor`."""
        ...

    @property
    def is_plain(self) -> bool:
        """Whether no resolver had a part in the answer, once it is made."""
        ...


class SharedEvent(msgspec.Struct, frozen=True):
    """An event that somebody is `told`, in the place of an executor: one is built only where there is no answer yet."""

    shared: SharedAnswers
    asked: Subscribed
    told: object
    build: Callable[[object], EventExecutor]

    def execute_operation(self, _serially: bool | None = None) -> AwaitableOrValue[Any]:
        """See `graphql.execution.Executor`."""
        return self.shared.answer(self)


async def _awaited(task: "asyncio.Task[ExecutionResult]") -> ExecutionResult:
    return _taken(await asyncio.shield(task))


def _taken(result: ExecutionResult) -> ExecutionResult:
    """Whoever takes an answer pays for it as if it had been made for him."""
    if isinstance(result.data, SharedData):
        begin_answer().written = result.data.weight
    return result


def _consume_exception(task: "asyncio.Task[ExecutionResult]") -> None:
    """Whoever waited may have gone."""
    if not task.cancelled():
        task.exception()
