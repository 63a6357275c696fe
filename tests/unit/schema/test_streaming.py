"""What a stream reads from is closed with it, whatever it is about at that moment."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from schema.transport.streaming import Events, written

pytestmark = pytest.mark.asyncio

FORM = Events()


async def never() -> bytes:
    """A credential that stays good."""
    await asyncio.Event().wait()
    return b""


class Source:
    """Results, and whether they were closed; a new one comes when `ready` is set."""

    def __init__(self, *, heeds: bool = True) -> None:
        self.ready = asyncio.Event()
        self.closed = asyncio.Event()
        self._heeds = heeds
        self.results = self._results()  # held, so that it is closed by its reader or not at all

    async def _results(self) -> AsyncGenerator[bytes, None]:
        """Never end by themselves."""
        try:
            while True:
                try:
                    await self.ready.wait()
                except asyncio.CancelledError:
                    if self._heeds:
                        raise
                yield b"{}"
        finally:
            self.closed.set()


async def begun(source: Source) -> AsyncGenerator[bytes, None]:
    """The chunks, of which the opening and a result were taken."""
    chunks = written(source.results, FORM, never)
    assert await anext(chunks) == FORM.opening
    source.ready.set()
    assert await anext(chunks) == FORM.result(b"{}")
    source.ready.clear()
    return chunks


async def test_a_stream_that_is_closed_between_two_chunks_closes_its_source() -> None:
    source = Source()
    await (await begun(source)).aclose()
    assert source.closed.is_set()


@pytest.mark.parametrize("heeds", [True, False])
@pytest.mark.parametrize("has_come", [True, False])
async def test_a_stream_that_is_cancelled_while_it_waits_closes_its_source(heeds: bool, has_come: bool) -> None:
    """The next result may have come just then, and a source may make an error of a cancel: both end with a result."""
    source = Source(heeds=heeds)
    chunks = await begun(source)
    waiting = asyncio.ensure_future(anext(chunks))
    for _ in range(3):
        await asyncio.sleep(0)
    if has_come:
        source.ready.set()
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(5):
        await source.closed.wait()


async def test_the_last_word_ends_a_stream_and_closes_its_source() -> None:
    source, lapsed = Source(), asyncio.Event()

    async def last_word() -> bytes:
        await lapsed.wait()
        return b'{"errors":[]}'

    chunks = written(source.results, FORM, last_word)
    assert await anext(chunks) == FORM.opening
    lapsed.set()
    assert [chunk async for chunk in chunks] == [FORM.result(b'{"errors":[]}'), FORM.closing]
    assert source.closed.is_set()
