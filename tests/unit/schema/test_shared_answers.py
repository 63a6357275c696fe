"""The answer to an event is made once for who asked alike, and for nobody who might be told something else."""

import asyncio
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, parse

from models.answer_budget import answer_budget, begin_answer
from resolvers.context import Viewer
from schema.told import is_told_once, told_once
from schema.transport.shared_answers import MOST_BYTES, SharedAnswers, SharedEvent, Subscribed
from schema.transport.transport import body, encode

ADA = Viewer("ada", "default", "editor")  # type: ignore[arg-type]  # a role is its word
BOB = Viewer("bob", "default", "viewer")  # type: ignore[arg-type]  # a role is its word


def operation(text: str = "subscription { tick }") -> OperationDefinitionNode:
    [definition] = parse(text).definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition


class Maker:
    """Makes answers and counts them: at once, or where they are not plain when `go` is set."""

    def __init__(self, *, is_plain: bool = True, weight: int = 1, errors: list[GraphQLError] | None = None) -> None:
        self.is_plain = is_plain
        self.made = 0
        self.go = asyncio.Event()
        self._weight = weight
        self._errors = errors

    def __call__(self, _told: object) -> "Maker":
        return self

    def execute_operation(self, _serially: bool | None) -> Any:
        begin_answer().written = self._weight
        return self._result() if self.is_plain else self._later()

    async def _later(self) -> ExecutionResult:
        await self.go.wait()
        return self._result()

    def _result(self) -> ExecutionResult:
        self.made += 1
        return ExecutionResult({"tick": self.made}, self._errors)


async def told(shared: SharedAnswers, asked: Subscribed, event: object, maker: Maker) -> ExecutionResult:
    answer = SharedEvent(shared, asked, event, maker).execute_operation()
    found = answer if isinstance(answer, ExecutionResult) else await answer
    assert isinstance(found, ExecutionResult)
    return found


@pytest.mark.asyncio
async def test_a_plain_answer_is_one_for_all_who_ask_alike_and_paid_for_by_each() -> None:
    shared, maker, event, asked = SharedAnswers(), Maker(weight=70), object(), operation()
    first = await told(shared, Subscribed.of(asked, {"a": 1}, ADA), event, maker)
    begin_answer()
    assert await told(shared, Subscribed.of(asked, {"a": 1}, BOB), event, maker) is first
    budget = answer_budget()
    assert budget is not None
    assert (budget.weight, maker.made) == (70, 1)
    others = ((object(), asked, {"a": 1}), (event, operation(), {"a": 1}), (event, asked, {"a": 2}))
    for number, (other_event, other_operation, variables) in enumerate(others, start=2):
        await told(shared, Subscribed.of(other_operation, variables, ADA), other_event, maker)
        assert maker.made == number


@pytest.mark.asyncio
async def test_one_that_resolvers_make_is_for_the_same_rights_alone() -> None:
    shared, maker, event, asked = SharedAnswers(), Maker(is_plain=False), object(), operation()
    maker.go.set()
    firsts = await asyncio.gather(*(told(shared, Subscribed.of(asked, {}, ADA), event, maker) for _ in range(3)))
    assert [first is firsts[0] for first in firsts] == [True, True, True]
    assert await told(shared, Subscribed.of(asked, {}, BOB), event, maker) is not firsts[0]
    assert maker.made == 2


@pytest.mark.asyncio
async def test_who_leaves_while_it_is_made_harms_no_other() -> None:
    shared, maker, event, asked = SharedAnswers(), Maker(is_plain=False), object(), Subscribed.of(operation(), {}, ADA)
    leaving, staying = (asyncio.create_task(told(shared, asked, event, maker)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    maker.go.set()
    assert (await staying).data == {"tick": 1}


@pytest.mark.asyncio
@pytest.mark.parametrize("is_plain", [True, False])
@pytest.mark.parametrize("odd", [{"errors": [GraphQLError("no")]}, {"weight": MOST_BYTES + 1}])
async def test_one_with_an_error_or_too_large_is_made_for_each(is_plain: bool, odd: dict[str, Any]) -> None:
    shared, event, asked = SharedAnswers(), object(), Subscribed.of(operation(), {}, ADA)
    maker = Maker(is_plain=is_plain, **odd)
    maker.go.set()
    answers = [await told(shared, asked, event, maker) for _ in range(2)]
    assert [answer.data for answer in answers] == [{"tick": 1}, {"tick": 2}]


@pytest.mark.asyncio
async def test_it_is_encoded_once() -> None:
    shared, maker, event, asked = SharedAnswers(), Maker(), object(), Subscribed.of(operation(), {}, ADA)
    bodies: list[Any] = [body(await told(shared, asked, event, maker)) for _ in range(2)]  # type: ignore[arg-type]  # all that is read of a result
    assert bodies[0]["data"] is bodies[1]["data"]
    assert encode(bodies[1]) == b'{"data":{"tick":1}}'


class Shown:
    """A GraphQL object."""


def test_what_many_are_told_is_one_object_for_as_long_as_somebody_is() -> None:
    entity, made = object(), []

    def make(_entity: object) -> Shown:
        made.append("one more")
        return Shown()

    shown = told_once(entity, Shown, make)
    assert told_once(entity, Shown, make) is shown
    assert (is_told_once(shown), is_told_once(Shown()), is_told_once([])) == (True, False, False)
    del shown
    told_once(entity, Shown, make)
    assert len(made) == 2
