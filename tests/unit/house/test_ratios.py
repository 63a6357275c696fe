"""When a measurement beside a bare server says that something has become slower."""

import pytest

from benchmarks.ratios import falls

COMMITTED = {"execute": 0.10, "list": 0.05}


@pytest.mark.parametrize(
    ("found", "slower"),
    [
        ({"execute": 0.10, "list": 0.05}, []),
        ({"execute": 0.20, "list": 0.041}, []),
        ({"execute": 0.079, "list": 0.05}, ["execute"]),
        ({"execute": 0.10}, ["list"]),
    ],
)
def test_what_falls_by_more_than_a_fifth_is_told(found: dict[str, float], slower: list[str]) -> None:
    assert [told.partition(":")[0] for told in falls(found, COMMITTED)] == slower
