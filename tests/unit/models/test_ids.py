"""Identifiers have the documented form and never repeat (decision X11)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from models import ids
from models.ids import BUFFERED, new_id


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        (ids.WORKFLOW_PREFIX, "wf_"),
        (ids.EXECUTION_PREFIX, "exec_"),
        (ids.ACTIVITY_PREFIX, "act_"),
        (ids.ERROR_PREFIX, "err_"),
        (ids.REQUEST_PREFIX, "req_"),
    ],
)
def test_an_id_is_its_prefix_and_sixteen_hexadecimal_digits(prefix: str, expected: str) -> None:
    assert prefix == expected
    assert re.fullmatch(f"{expected}[0-9a-f]{{16}}", new_id(prefix))


def test_ids_do_not_repeat() -> None:
    made = [new_id("wf_") for _ in range(5 * BUFFERED)]
    assert len(set(made)) == len(made)


def test_ids_do_not_repeat_over_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = pool.map(lambda _: [new_id("") for _ in range(2 * BUFFERED)], range(16))
    made = [made for batch in batches for made in batch]
    assert len(set(made)) == len(made) == 32 * BUFFERED


def test_all_digits_occur_at_all_places() -> None:
    made = [new_id("") for _ in range(BUFFERED)]
    assert all(set(column) == set("0123456789abcdef") for column in zip(*made, strict=True))
