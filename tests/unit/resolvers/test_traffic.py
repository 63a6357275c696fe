"""The last minute, the histogram and the connections are counted as they were, by a clock that the test turns."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server.measuring import OTHER_METHOD, UNANSWERED, UNMATCHED, measured
from resolvers.operations.traffic import BUCKETS, WINDOW_SECONDS, Durations, LastMinute, Traffic

START = 1_000.25


class VirtualTimer:
    """A timer that the test turns."""

    def __init__(self) -> None:
        self.seconds = START

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer() -> VirtualTimer:
    return VirtualTimer()


@pytest.fixture
def traffic(timer: VirtualTimer) -> Traffic:
    return Traffic(timer)


def test_nothing_asked_is_nothing_counted() -> None:
    assert LastMinute(START).rates(START + 5) == (0.0, 0.0)


def test_a_young_service_counts_since_its_start() -> None:
    minute = LastMinute(START)
    for second in range(10):
        minute.add(START + second, 0.2)
    assert minute.rates(START + 10) == (1.0, pytest.approx(0.2))


def test_the_first_second_is_not_divided_by_nothing() -> None:
    minute = LastMinute(START)
    minute.add(START, 0.1)
    assert minute.rates(START) == (1.0, 0.1)


def test_a_steady_rate_is_told_at_any_moment() -> None:
    minute = LastMinute(0.0)
    for tick in range(2_000):
        minute.add(tick / 10, 0.05)
    for now in (199.9, 200.0, 200.4):
        per_second, mean = minute.rates(now)
        assert per_second == pytest.approx(10, rel=0.02)
        assert mean == pytest.approx(0.05)


def test_what_is_older_than_a_minute_is_forgotten() -> None:
    minute = LastMinute(0.0)
    minute.add(100.5, 1.0)
    assert minute.rates(100.5 + WINDOW_SECONDS - 1)[1] == 1.0
    assert minute.rates(100.5 + WINDOW_SECONDS) == (0.0, 0.0)


def test_a_bucket_is_emptied_before_it_is_used_again() -> None:
    minute = LastMinute(0.0)
    for _ in range(5):
        minute.add(100, 1.0)
    minute.add(100 + WINDOW_SECONDS, 3.0)
    assert minute.rates(100 + WINDOW_SECONDS)[1] == 3.0


@given(st.lists(st.floats(0, 500), max_size=60))
def test_the_window_holds_exactly_its_seconds(moments: list[float]) -> None:
    minute = LastMinute(0.0)
    for moment in sorted(moments):
        minute.add(moment, 1.0)
    now = 500.0
    inside = [moment for moment in moments if int(moment) > int(now) - WINDOW_SECONDS]
    assert minute.rates(now)[0] == pytest.approx(len(inside) / (WINDOW_SECONDS - 1))


def test_a_bound_belongs_to_the_bucket_below_it() -> None:
    durations = Durations()
    for seconds in (0.0, BUCKETS[0], BUCKETS[0] * 1.01, BUCKETS[-1], BUCKETS[-1] + 1):
        durations.add(seconds)
    assert (durations.counts[0], durations.counts[1], durations.counts[-2:]) == (2, 1, [1, 1])
    assert durations.total_seconds == pytest.approx(2 * BUCKETS[-1] + 1 + BUCKETS[0] * 2.01)


def test_the_figures_are_per_second_and_in_milliseconds(traffic: Traffic, timer: VirtualTimer) -> None:
    timer.seconds += 10
    for _ in range(25):
        traffic.answered("GET", "/workflows", 200, timer.seconds - 0.1253)
    traffic.connections = 3
    figures = traffic.figures()
    assert figures.active_connections == 3
    assert (figures.requests_per_second, figures.average_response_time_ms) == (2.5, 125.3)


async def _nothing() -> Any:
    raise AssertionError("nobody reads the body")


async def _ask(traffic: Traffic, app: Any, **scope: Any) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await measured(app, traffic)({"type": "http", "method": "GET", **scope}, _nothing, send)  # type: ignore[typeddict-item]  # as much of a scope as is read
    return sent


@pytest.mark.asyncio
async def test_a_request_takes_until_its_answer_begins(traffic: Traffic, timer: VirtualTimer) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["path_template"] = "/workflows/{workflow_id}"
        timer.seconds += 0.02
        await send({"type": "http.response.start", "status": 201, "headers": []})
        assert traffic.connections == 1
        timer.seconds += 100
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    assert len(await _ask(traffic, app)) == 2
    assert traffic.connections == 0
    assert traffic.answers == {("GET", 201): 1}
    assert traffic.durations["GET", "/workflows/{workflow_id}"].total_seconds == pytest.approx(0.02)


@pytest.mark.asyncio
async def test_a_request_without_an_answer_is_the_servers_500(traffic: Traffic) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        await _ask(traffic, app)
    assert (traffic.connections, traffic.answers) == (0, {("GET", UNANSWERED): 1})
    assert list(traffic.durations) == [("GET", UNMATCHED)]


@pytest.mark.asyncio
async def test_invented_methods_and_paths_are_one_series(traffic: Traffic) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})

    for number in range(50):
        await _ask(traffic, app, method=f"METHOD{number}", path=f"/{number}")
    assert traffic.answers == {(OTHER_METHOD, 404): 50}
    assert list(traffic.durations) == [(OTHER_METHOD, UNMATCHED)]


@pytest.mark.asyncio
async def test_a_socket_is_a_connection_and_no_request(traffic: Traffic) -> None:
    opened, released = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        opened.set()
        await released.wait()

    socket = asyncio.create_task(_ask(traffic, app, type="websocket"))
    await opened.wait()
    assert traffic.connections == 1
    released.set()
    await socket
    assert (traffic.connections, traffic.answers) == (0, {})


@pytest.mark.asyncio
async def test_the_lifespan_is_nobodys_connection(traffic: Traffic) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert traffic.connections == 0

    await _ask(traffic, app, type="lifespan")
