"""An event loop on virtual time, on which a whole process can die as under kill -9."""

import asyncio
from asyncio import base_events
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from heapq import heappop, heappush
from itertools import count
from typing import Any

MAX_STEPS = 400_000


class Deadlock(Exception):
    """Nothing is ready and no timer is set: what was waited for can never come."""


class Runaway(Exception):
    """Far more steps than a world of this size needs: something spins."""


class Mortal:
    """One simulated process: all that runs in its context. Once killed, none of its code ever runs again."""

    def __init__(self, loop: "VirtualLoop", name: str) -> None:
        self.name = name
        self.is_dead = False
        self.when_dead: list[Callable[[], None]] = []
        self._loop = loop
        self._tasks: list[asyncio.Task[Any]] = []
        self._context = copy_context()
        self._context.run(_mortal.set, self)

    def create_task(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a task of this process; the tasks that it starts in turn belong to the process too."""
        return self._loop.create_task(coroutine, context=self._context.copy())

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Keep a task of this process alive until its funeral: garbage collection would run its `finally` blocks."""
        self._tasks.append(task)

    def kill(self) -> None:
        """Stop at once: nothing that is scheduled happens, no `except` and no `finally` runs."""
        if not self.is_dead:
            self.is_dead = True
            self._loop.drop_handles_of_the_dead()
            for callback in self.when_dead:
                self._loop.outlive(0, callback)

    def bury(self) -> None:
        """Free what a killed process left behind. What its `finally` blocks do now reaches nobody."""
        while self._tasks:
            task = self._tasks.pop()
            if task.done():
                continue
            task._log_destroy_pending = False
            self._context.run(_close, task.get_coro())


_mortal: ContextVar[Mortal | None] = ContextVar("mortal", default=None)


def _close(coroutine: Any) -> None:
    for _ in range(20):
        try:
            coroutine.close()
        except Exception:  # noqa: S112 - a `finally` that awaits needs another push
            continue
        return
    raise AssertionError(f"{coroutine} cannot be closed")


class VirtualLoop(base_events.BaseEventLoop):
    """Jumps to the next timer when nothing is ready; runs everything in one deterministic order, in one thread."""

    def __init__(self, max_steps: int = MAX_STEPS) -> None:
        super().__init__()
        self.steps = 0
        self.complaints: list[str] = []
        self._max_steps = max_steps
        self._now = 0.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()
        self._clock_resolution = 1e-6  # a float still tells such times apart after years
        self.set_exception_handler(lambda _loop, context: self._complain(context))
        self.set_task_factory(_make_task)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now

    def _run_once(self) -> None:
        """One turn: the base class's, without the sockets that there are not, and with timers that C code can order."""
        self.steps += 1
        if self.steps > self._max_steps:
            raise Runaway(f"more than {self._max_steps} turns, at {self._now:.3f} s")
        ready, timers = self._ready, self._timers
        while timers and timers[0][2]._cancelled:
            heappop(timers)
        if not ready and not self._stopping:
            if not timers:
                raise Deadlock(f"nothing can happen any more at {self._now:.3f} s")
            self._now = max(self._now, timers[0][0])
        end = self._now + self._clock_resolution
        while timers and timers[0][0] < end:
            ready.append(heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def run_in_executor(self, executor: object, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":
        """Do at once what is meant for a thread: how long that takes is no part of the simulated world."""
        del executor  # there are no threads here
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """See the base class; the dead schedule nothing."""
        handle = asyncio.Handle(callback, args, self, context)
        if _of(context) is _DEAD:
            handle.cancel()
        else:
            self._ready.append(handle)
        return handle

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """See the base class; the dead schedule nothing, and of what is due at one time the first is done first."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        if _of(context) is _DEAD:
            handle.cancel()
        else:
            heappush(self._timers, (when, next(self._numbers), handle))
        return handle

    def outlive(self, delay: float, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback` after `delay` seconds, even where the process that asks for it is dead by then."""
        Context().run(self.call_later, delay, callback, *args)

    def drop_handles_of_the_dead(self) -> None:
        """Cancel what processes that were killed had scheduled."""
        for handle in (*self._ready, *(handle for _, _, handle in self._timers)):
            if _of(handle._context) is _DEAD:
                handle.cancel()

    def _complain(self, context: dict[str, Any]) -> None:
        self.complaints.append(f"{context.get('message')}: {context.get('exception')!r}")

    def _write_to_self(self) -> None:
        """There are no other threads to be woken by."""

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """A generator that a killed process left behind is not run to its end."""


_DEAD = object()


def _of(context: Context | None) -> object:
    mortal = _mortal.get() if context is None else context.get(_mortal)
    return _DEAD if mortal is not None and mortal.is_dead else mortal


def _make_task(
    loop: asyncio.AbstractEventLoop, coroutine: Any, context: Context | None = None, **options: Any
) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, context=context, **options)
    mortal = _mortal.get() if context is None else context.get(_mortal)
    if mortal is not None:
        mortal.adopt(task)
    return task
