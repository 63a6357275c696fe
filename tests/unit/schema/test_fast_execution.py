"""The short way through plain fields answers as the standard executor does, whatever is in them."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum
from operator import attrgetter
from typing import Any

import pytest
import strawberry
from graphql import DocumentNode, parse
from strawberry.extensions import SchemaExtension
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from schema.loaded import loaded
from schema.loader import Loader
from schema.transport.fast_execution import FastExecutionContext
from schema.transport.transport import encode
from schema.types.scalars import SCALARS


@strawberry.enum
class Colour(Enum):
    """Two of them."""

    RED = "r"
    BLUE = "b"


@strawberry.type
class Inner:
    """An object in an object."""

    word: str


async def found(_ctx: Any, keys: Sequence[str]) -> dict[str, str]:
    """Something for each key but one, noted in `ASKED`."""
    ASKED.append(list(keys))
    return {key: f"found by {key}" for key in keys if key != "nobody"}


ASKED: list[list[str]] = []


class Context:
    """What holds the loader."""

    def __init__(self) -> None:
        self.inner: Loader[str, str] = Loader(None, found)  # type: ignore[arg-type]  # nobody asks who it is for


@strawberry.type
class Item:
    """A field of each kind."""

    text: str
    maybe: str | None
    number: int
    real: float
    truth: bool
    at: datetime
    colour: Colour
    words: list[str]
    colours: list[Colour | None]
    data: JSON | None
    inner: Inner
    key: strawberry.ID

    @strawberry.field
    @loaded(lambda context: context.inner, attrgetter("maybe"))  # type: ignore[attr-defined]  # it is the one below
    def other(found: str | None) -> Inner | None:
        """What is found by a key that may be null."""
        return Inner(word=found) if found else None

    @strawberry.field
    @loaded(lambda context: context.inner, attrgetter("text"))  # type: ignore[attr-defined]  # its context is the one of this module
    def always(found: str | None) -> str:
        """Where nothing is found this is a fault."""
        return found  # type: ignore[return-value]  # a null where none may be is what is tested

    @strawberry.field
    async def later(self) -> str:
        """A resolver with work to do."""
        await asyncio.sleep(0)
        return f"later {self.text}"

    @strawberry.field
    def now(self, shout: bool = False) -> str:
        """A resolver with an argument."""
        return self.text.upper() if shout else self.text


def item(**changes: Any) -> Item:
    values: dict[str, Any] = {
        "text": "a",
        "maybe": None,
        "number": 1,
        "real": 1.5,
        "truth": True,
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "colour": Colour.RED,
        "words": ["x", "y"],
        "colours": [Colour.BLUE, None],
        "data": {"a": [1, None]},
        "inner": Inner(word="w"),
        "key": strawberry.ID("k"),
    }
    return Item(**{**values, **changes})


ODD = {
    "fine": {},
    "null where none may be": {"text": None},
    "text of another type": {"text": 5},
    "text that is no text": {"text": ["a"]},
    "number too large": {"number": 2**40},
    "number as text": {"number": "7"},
    "truth as number": {"truth": 1},
    "an infinite number": {"real": float("inf")},
    "a whole number as a real one": {"real": 3},
    "a moment that is none": {"at": "yesterday"},
    "an unknown colour": {"colour": "green"},
    "a null in a list": {"words": ["x", None]},
    "a tuple for a list": {"words": ("x", "y")},
    "an exception": {"maybe": ValueError("no")},
    "no data": {"data": None},
}


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    def items(self, which: str) -> list[Item | None]:
        """A good one before and after an odd one."""
        return [item(), item(**ODD[which]), item(text="c")]

    @strawberry.field
    def listed(self, which: str) -> list[Item]:
        """Some of a kind."""
        return [item(**changes) for changes in LISTS[which]]

    @strawberry.field
    async def one(self, which: str) -> Item:
        """One alone: a null goes up to the root."""
        return item(**ODD[which])


@strawberry.type
class Subscription:
    """The live root."""

    @strawberry.subscription
    async def ticks(self, count: int) -> AsyncGenerator[Item, None]:
        """So many items."""
        for number in range(count):
            yield item(number=number)


CONFIG = StrawberryConfig(scalar_map=SCALARS)
STANDARD = strawberry.Schema(query=Query, subscription=Subscription, config=CONFIG)
FAST = strawberry.Schema(
    query=Query, subscription=Subscription, config=CONFIG, execution_context_class=FastExecutionContext
)
FIELDS = """
  later again: text text now(shout: true) maybe number real ...More inner { word __typename } __typename
"""
MORE = """
fragment More on Item {
  truth at colour words colours data key skipped: text @skip(if: true) inner { word }
}
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("which", ODD)
@pytest.mark.parametrize("root", ["items", "one"])
async def test_both_executors_give_the_same_answer_in_the_same_order(which: str, root: str) -> None:
    query = f"query ($which: String!) {{ {root}(which: $which) {{ {FIELDS} }} }} {MORE}"
    standard = await STANDARD.execute(query, variable_values={"which": which})
    fast = await FAST.execute(query, variable_values={"which": which})
    assert fast.data == standard.data
    assert encode(fast.data) == encode(standard.data)  # the order too
    errors = [[error.formatted for error in result.errors or ()] for result in (fast, standard)]
    assert errors[0] == errors[1]
    assert bool(errors[0]) is (fast.errors is not None)


class Remembering(SchemaExtension):
    """Has each text read once, as the service does."""

    def on_parse(self) -> Iterator[None]:
        """Give the document."""
        query = self.execution_context.query or ""
        self.execution_context.graphql_document = DOCUMENTS.setdefault(query, parse(query))
        yield


DOCUMENTS: dict[str, DocumentNode] = {}


def knowing() -> strawberry.Schema:
    """A schema whose operations are the same at each execution."""
    return strawberry.Schema(
        query=Query,
        subscription=Subscription,
        config=CONFIG,
        execution_context_class=FastExecutionContext,
        extensions=[Remembering],
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("fields", [FIELDS, "text always inner { word } ... on Item { other { word } number }"])
async def test_an_operation_that_is_known_answers_as_at_first(fields: str) -> None:
    schema = knowing()
    more = MORE if "More" in fields else ""
    query = f"query ($which: String!) {{ items(which: $which) {{ {fields} }} }} {more}"
    for which in (*ODD, *ODD):
        asked: dict[str, Any] = {"variable_values": {"which": which}, "context_value": Context()}
        standard, fast = await STANDARD.execute(query, **asked), await schema.execute(query, **asked)
        assert encode(fast.data) == encode(standard.data)
        assert [str(error) for error in fast.errors or ()] == [str(error) for error in standard.errors or ()]


@pytest.mark.asyncio
async def test_what_is_selected_by_a_variable_is_collected_anew() -> None:
    schema = knowing()
    inside = "number ... on Item @include(if: $all) { text } inner { word @skip(if: $all) __typename }"
    query = f'query ($all: Boolean!) {{ one(which: "fine") {{ {inside} }} }}'
    for is_all in (True, False, True):
        asked: dict[str, Any] = {"variable_values": {"all": is_all}}
        assert (await schema.execute(query, **asked)).data == (await STANDARD.execute(query, **asked)).data


def fields_taken_by_the_standard_executor(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the fields that take the long way, in order."""
    taken: list[str] = []
    standard = FastExecutionContext.execute_field

    def remember(self: Any, parent_type: Any, source: Any, details: Any, *rest: Any) -> Any:
        taken.append(details[0].node.name.value)
        return standard(self, parent_type, source, details, *rest)

    monkeypatch.setattr(FastExecutionContext, "execute_field", remember)
    return taken


LISTS = {
    "all found": [{}, {"text": "b"}, {"text": "a", "maybe": "a"}],
    "a null key": [{"maybe": None}, {"maybe": "b"}],
    "a null where none may be": [{"text": "nobody"}, {}],
    "another odd field": [{"number": 2**40}, {}],
    "an exception": [{"maybe": ValueError("no")}, {}],
    "none": [],
}


@pytest.mark.asyncio
@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("fields", ["always text other { word } number", "other { word __typename } key", "always now"])
async def test_a_list_loads_what_its_objects_are_asked_for_together(which: str, fields: str) -> None:
    query = f"query ($which: String!) {{ listed(which: $which) {{ {fields} }} }}"
    results = []
    for schema in (STANDARD, FAST):
        result = await schema.execute(query, variable_values={"which": which}, context_value=Context())
        results.append((encode(result.data), [error.formatted for error in result.errors or ()]))
    assert results[0] == results[1]


@pytest.mark.asyncio
async def test_a_list_asks_for_each_key_once_and_runs_no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = fields_taken_by_the_standard_executor(monkeypatch)
    ASKED.clear()
    query = '{ listed(which: "all found") { always text other { word } } }'
    result = await FAST.execute(query, context_value=Context())
    assert result.errors is None
    assert taken == ["listed"]
    assert [sorted(keys) for keys in ASKED] == [["a", "b"], ["a"]]


@pytest.mark.asyncio
async def test_plain_fields_take_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = fields_taken_by_the_standard_executor(monkeypatch)
    result = await FAST.execute(f'{{ items(which: "null where none may be") {{ {FIELDS} }} }} {MORE}')
    assert result.errors is not None
    assert [name for name in taken if name not in ("later", "now")] == ["items", "text"]


@pytest.mark.asyncio
async def test_a_long_subscription_keeps_nothing_of_its_events() -> None:
    live = await FAST.subscribe("subscription { ticks(count: 300) { number text inner { word } } }")
    sizes, numbers = [], []
    async for result in live:  # type: ignore[union-attr]  # it is a stream, and no refusal
        numbers.append(result.data["ticks"]["number"])
        if len(numbers) in (50, 290):
            gc.collect()
            sizes.append(len(gc.get_objects()))
    assert numbers == list(range(300))
    assert sizes[1] - sizes[0] < 200
