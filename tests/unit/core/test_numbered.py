"""A numbered mapping is what the same dictionary would be, and one that was made from another leaves that as it was."""

from hypothesis import given
from hypothesis import strategies as st

from engine.core.numbered import SHELF, Numbered

NUMBERS = st.one_of(st.integers(0, 3), st.integers(SHELF - 2, SHELF + 2), st.integers(0, 10_000))


@given(entries=st.lists(st.tuples(NUMBERS, st.text(max_size=2))), absent=NUMBERS)
def test_it_is_what_a_dictionary_would_be(entries: list[tuple[int, str]], absent: int) -> None:
    numbered: Numbered[str] = Numbered()
    wanted: dict[int, str] = {}
    for number, value in entries:
        before, copy = numbered, dict(wanted)
        numbered = numbered.having(number, value)
        wanted[number] = value
        assert before == copy
    assert numbered == wanted
    assert len(numbered) == len(wanted)
    assert sorted(numbered) == sorted(wanted)
    assert (absent in numbered, numbered.get(absent)) == (absent in wanted, wanted.get(absent))
