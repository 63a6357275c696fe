"""The call of a service, as the peers make it that execute Python."""

import os
from functools import cache

import aiohttp


@cache
def session() -> aiohttp.ClientSession:
    """The connections of this process."""
    return aiohttp.ClientSession()


async def call(number: int) -> str:
    """What the service answers."""
    async with session().post(os.environ["BENCH_TARGET"], json={"number": number}) as answer:
        return await answer.text()
