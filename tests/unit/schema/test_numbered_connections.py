"""A list that is read as a whole is paged through from either end, in either order, without a gap or a repetition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands.filters import Direction
from models.errors import InvalidInput
from resolvers.keyset import Window
from schema.types.connections import Connection, numbered_connection

NUMBERS = st.lists(st.integers(1, 60), unique=True).map(sorted)


def page(numbers: list[int], direction: Direction, **asked: int | str | None) -> Connection[int]:
    return numbered_connection(numbers, numbers, Window.model_validate(asked), lambda number: number, direction)


@given(NUMBERS, st.integers(1, 7), st.sampled_from(Direction))
def test_forward_all_is_seen_once_in_its_order(numbers: list[int], size: int, direction: Direction) -> None:
    seen: list[int] = []
    after = None
    while True:
        found = page(numbers, direction, first=size, after=after)
        assert found.page_info.has_previous_page is bool(seen)
        seen += found.nodes
        if not found.page_info.has_next_page:
            break
        after = found.page_info.end_cursor
    assert seen == (numbers if direction is Direction.ASC else numbers[::-1])


@given(NUMBERS, st.integers(1, 7), st.sampled_from(Direction))
def test_backward_as_well(numbers: list[int], size: int, direction: Direction) -> None:
    seen: list[int] = []
    before = None
    while True:
        found = page(numbers, direction, last=size, before=before)
        assert found.page_info.has_next_page is bool(seen)
        seen = found.nodes + seen
        if not found.page_info.has_previous_page:
            break
        before = found.page_info.start_cursor
    assert seen == (numbers if direction is Direction.ASC else numbers[::-1])


@given(NUMBERS, st.integers(0, 61), st.integers(0, 61), st.sampled_from(Direction))
def test_between_two_cursors_is_what_lies_there(
    numbers: list[int], after: int, before: int, direction: Direction
) -> None:
    found = page(numbers, direction, first=100, after=str(after), before=str(before))
    if direction is Direction.ASC:
        assert found.nodes == [number for number in numbers if after < number < before]
    else:
        assert found.nodes == [number for number in numbers[::-1] if before < number < after]
    assert [edge.cursor for edge in found.edges()] == [str(number) for number in found.nodes]


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("argument", ["after", "before"])
def test_what_is_no_cursor_is_refused_by_the_name_of_its_argument(direction: Direction, argument: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        page([1], direction, **{argument: "x"})
    assert caught.value.faults[0].loc == (argument,)
