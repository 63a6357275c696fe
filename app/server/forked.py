"""Runs one service as several processes that share a listening socket."""

import logging
import os
import signal
import time
from collections.abc import Callable
from typing import NoReturn

from app.server.stop_signals import STOPS, StopSignals, later
from models.log_context import facts

log = logging.getLogger("orchestrator.server")

FAILED = 1
TOO_SOON_SECONDS = 5.0
"""A process that exits sooner after its start than this would only exit again: then the whole command ends."""


def run_forked(count: int, serve: Callable[[], None], signals: StopSignals) -> int:
    """Run `serve` in `count` processes until SIGINT or SIGTERM, which they get too; one that dies is replaced.

    Returns the exit status: 0 where all of them ended well, that of one that ended too soon, or else 1.
    """
    started: dict[int, float] = {}
    stopping = False

    def start() -> None:
        with later():  # or one that comes before the process is known would not get to it
            if not stopping:
                started[_forked(serve, signals)] = time.monotonic()

    def stop(number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True
        for process in started:
            os.kill(process, number)

    for number in STOPS:
        signal.signal(number, stop)
    if signals.came:
        stopping = True
    for _ in range(count):
        start()
    ended = 0
    while started:
        process, status = os.wait()
        age = time.monotonic() - started.pop(process)
        if stopping:
            ended = ended or (FAILED if status else 0)
        elif os.WIFEXITED(status) and age < TOO_SOON_SECONDS:
            log.error(
                "A process exited %.1f s after its start: so would the next one", age, extra=facts(exited=process)
            )
            stop(signal.SIGTERM, None)
            ended = os.WEXITSTATUS(status) or FAILED
        else:
            log.warning("A process died and is replaced", extra=facts(exited=process, **way_of_end(status)))
            start()
    return ended


def way_of_end(status: int) -> dict[str, str | int]:
    """How a process ended: the signal that ended it, by its name, or its exit code."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return {"exit_code": code}
    known = {number.value: number.name for number in signal.Signals}
    return {"signal": known.get(-code, str(-code))}


def _forked(serve: Callable[[], None], signals: StopSignals) -> int:
    process = os.fork()
    if process == 0:
        _serve_and_exit(serve, signals)
    return process


def _serve_and_exit(serve: Callable[[], None], signals: StopSignals) -> NoReturn:
    status = FAILED
    signals.hold()  # the server takes them, and raises them once more when it has drained
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    try:
        serve()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else FAILED
    finally:
        os._exit(status)  # what the parent has set up to do at its exit is not done by each child
