"""The arithmetic of the benchmark of many nodes, and the clock and the processors of its simulation."""

import pytest

from benchmarks.cluster.discrete_events import Events, Processors, Thread
from benchmarks.cluster.figures import Sample, window
from benchmarks.cluster.simulation import Costs, Scenario, simulate_cluster, simulate_measured


def test_what_runs_shares_the_cores_and_never_has_more_than_one() -> None:
    events = Events()
    ends: dict[str, float] = {}
    cores = Processors(events, 1.0)
    cores.run(1.0, lambda: ends.setdefault("long", events.now))
    cores.run(0.5, lambda: ends.setdefault("short", events.now))
    events.after(0.5, lambda: cores.run(0.25, lambda: ends.setdefault("late", events.now)))
    events.run_until(10)
    # Halves until 0.5, thirds until the two short ones have had their 0.25 more, and then all for the long one.
    assert ends == pytest.approx({"short": 1.25, "late": 1.25, "long": 1.75})
    assert cores.used == pytest.approx(1.75)

    roomy = Processors(events, 4.0)
    roomy.run(1.0, lambda: ends.setdefault("alone", events.now))
    events.run_until(20)
    assert ends["alone"] == pytest.approx(11.0)


def test_a_thread_does_one_thing_after_the_other() -> None:
    events = Events()
    ends: list[float] = []
    thread = Thread(Processors(events, 2.0))
    for _ in range(3):
        thread.run(1.0, lambda: ends.append(events.now))
    events.run_until(10)
    assert ends == pytest.approx([1.0, 2.0, 3.0])
    assert thread.used == pytest.approx(3.0)


def test_a_window_is_where_all_workers_were_at_work() -> None:
    samples = [
        Sample(float(at), workers=at * 0.5, database=at * 0.25, others=0.0, wal_bytes=at * 100) for at in (0, 30)
    ]
    early = [(moment / 10, "first") for moment in range(200)]  # from 0 to 20
    late = [(10 + moment / 10, "second") for moment in range(200)]  # from 10 to 30
    found = window(samples, sorted(early + late), portion=0.1)
    assert found.seconds == pytest.approx(17.9 - 12.0)
    assert found.executions == pytest.approx(20, rel=0.02)
    assert (found.workers, found.database, found.wal_bytes) == pytest.approx((0.5, 0.25, 100))
    with pytest.raises(RuntimeError, match="not at work at the same time"):
        window(samples, [*early, *((moment + 100, worker) for moment, worker in late)])


WAITING = Scenario("waiting", service_seconds=0.5, concurrency=8)
COMPUTING = Scenario("computing", service_seconds=0.0, concurrency=256)
COSTS = Costs(api=0.003, accepting_database=0.0002, worker=0.001, database=0.0005, commit=0.002)


def test_waiting_work_is_limited_by_places_and_grows_with_workers() -> None:
    one, two = (simulate_measured(WAITING, COSTS, workers, cores=2) for workers in (1, 2))
    assert 13 < one < 16
    assert two == pytest.approx(2 * one, rel=0.02)


def test_computing_work_is_limited_by_the_first_processor_that_has_no_more() -> None:
    alone = simulate_measured(COMPUTING, COSTS, 1, cores=2)
    assert 900 < alone <= 1_000
    crowded = simulate_measured(COMPUTING, COSTS, 4, cores=2)
    assert crowded == pytest.approx(2 / (COSTS.worker + COSTS.database), rel=0.05)
    many = simulate_cluster(COMPUTING, COSTS, workers=24, apis=80, cores=2)
    assert many.per_second == pytest.approx(2 / (COSTS.database + COSTS.accepting_database), rel=0.15)
    assert many.limit == "database"
    starved = simulate_cluster(COMPUTING, COSTS, workers=2, apis=3, cores=8)
    assert starved.per_second == pytest.approx(3 / COSTS.api, rel=0.05)
    assert starved.limit == "API CPU"
