"""Thousands of small worlds, each with its own troubles: every promise is kept in all of them."""

import os

import pytest

from tests.simulation.promises.invariants import violations
from tests.simulation.world import simulate
from tests.sizes import tried

SEEDS = int(os.environ.get("SIMULATION_SEEDS", tried(300, 2_000)))
CHUNK = 50


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_promise_is_kept_whatever_goes_wrong(first: int) -> None:
    for seed in range(first, min(first + CHUNK, SEEDS)):
        broken = violations(simulate(seed))
        if broken:
            lines = "\n  ".join(broken)
            pytest.fail(f"seed {seed} breaks:\n  {lines}\nreplay it: .venv/bin/python -m tests.simulation {seed}")


@pytest.mark.parametrize("seed", [7, 54])
def test_a_seed_gives_the_same_world_every_time(seed: int) -> None:
    assert simulate(seed).witness.trace == simulate(seed).witness.trace
