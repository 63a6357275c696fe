"""Every form of control flow comes to the same end, wherever in its journal the process is killed, once or twice."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from random import Random

import pytest

from tests.simulation.flow_forms import FLOW
from tests.simulation.forms import FORMS as PLAIN_FORMS
from tests.simulation.positions import Kill, Told, run_form, told
from tests.simulation.promises.invariants import violations
from tests.simulation.rerun_forms import DONE_OVER
from tests.sizes import some_of, tried

FORMS = PLAIN_FORMS | FLOW | DONE_OVER

MAX_PAIRS = tried(2, 4)
"""Where there are more pairs of positions than this, so many of them are drawn."""


@cache
def calm(name: str) -> tuple[Told, int]:
    """What a form gives where nothing goes wrong, and in how many commits."""
    world, appointed = run_form(FORMS[name])
    assert violations(world) == []
    return told(world), appointed.commits


def faults(name: str, kills: Sequence[Kill]) -> Iterator[str]:
    """What differs from the calm run, and which promises were broken."""
    world, appointed = run_form(FORMS[name], kills)
    yield from violations(world)
    wanted, found = calm(name)[0], told(world)
    if found != wanted:
        yield f"gave {found}, and not {wanted}"
    if not appointed.deaths:  # a second one may come too late: what was lost is written with what follows
        yield "nobody was killed"


@pytest.mark.parametrize("name", FORMS)
def test_a_form_comes_to_the_end_that_it_is_to_show(name: str) -> None:
    result, commits = calm(name)
    assert result.status is FORMS[name].status
    assert commits > 1


@pytest.mark.parametrize("name", FORMS)
def test_a_form_survives_a_kill_at_every_commit(name: str) -> None:
    kills = [Kill(commit, is_written) for commit in range(1, calm(name)[1] + 1) for is_written in (True, False)]
    broken = [f"{kill}: {fault}" for kill in some_of(kills, 3) for fault in faults(name, [kill])]
    assert broken == []


@pytest.mark.parametrize("name", FORMS)
def test_a_form_survives_two_kills(name: str) -> None:
    random = Random(name)  # noqa: S311 - to be repeatable is its purpose
    pairs = list(combinations(range(1, calm(name)[1] + 1), 2))
    drawn = random.sample(pairs, MAX_PAIRS) if len(pairs) > MAX_PAIRS else pairs
    broken = []
    for pair in drawn:
        kills = [Kill(commit, random.random() < 0.5) for commit in pair]
        broken += [f"{kills}: {fault}" for fault in faults(name, kills)]
    assert broken == []
