"""429 and 503 with Retry-After: no call comes before its time, and without it the back-off grows."""

import asyncio
import itertools
import time
from typing import Any

import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm.load import connect
from tests.sizes import sized
from tests.support.calls import create, ended, start
from tests.support.processes import Processes, service_call
from tests.support.scripted_service import ScriptedService

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(60, 300))]

ASKED_SECONDS = sized((1, 1), (4, 2))
INITIAL_SECONDS = sized(0.05, 0.25)
FAILURES_WITHOUT_RETRY_AFTER = 3
ATTEMPTS = len(ASKED_SECONDS) + FAILURES_WITHOUT_RETRY_AFTER + 1
LATENESS_SECONDS = 1.5


def answers() -> list[tuple[int, list[tuple[bytes, bytes]]]]:
    """What the service answers, in order: it asks for time, then fails without a word, then works."""
    first, second = (b"%d" % seconds for seconds in ASKED_SECONDS)
    asking = [(429, [(b"retry-after", first)]), (503, [(b"retry-after", second)])]
    return [*asking, *[(503, [])] * FAILURES_WITHOUT_RETRY_AFTER, (200, [])]


async def test_no_call_comes_before_its_time_and_the_back_off_grows(
    scripted: ScriptedService, processes: Processes, figures: Figures
) -> None:
    arrived: list[float] = []
    script = iter(answers())

    async def busy(_: ScriptedService, send: Any) -> None:
        arrived.append(time.monotonic())
        status, headers = next(script)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    scripted.answers["/busy"] = busy
    orchestrator = await asyncio.to_thread(processes.orchestrator, {"scripted": scripted.url})
    retry = {
        "max_attempts": ATTEMPTS,
        "backoff": "exponential",
        "initial_delay_seconds": INITIAL_SECONDS,
        "backoff_rate": 2,
        "jitter": False,
    }
    async with connect(orchestrator.url) as client:
        workflow = await create(client, "Busy", service_call("busy", "scripted", "/busy", retry=retry))
        final = await ended(client, await start(client, workflow["workflow_id"]))
    waited = [later - earlier for earlier, later in itertools.pairwise(arrived)]
    figures(waited_seconds=[round(seconds, 2) for seconds in waited], asked_seconds=list(ASKED_SECONDS))
    assert final["status"] == "completed"
    growing = [INITIAL_SECONDS * 2**number for number in range(len(ASKED_SECONDS), ATTEMPTS - 1)]
    for seconds, least in zip(waited, [*ASKED_SECONDS, *growing], strict=True):
        assert least <= seconds < least + LATENESS_SECONDS
    keys = {request["headers"]["idempotency-key"] for request in scripted.requests}
    assert len(keys) == 1
