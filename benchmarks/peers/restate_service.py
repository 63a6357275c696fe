"""What Restate executes: one durable step, and a chain of three calls, each a step that is journaled."""

import os

import aiohttp
import restate

TARGET = os.environ["BENCH_TARGET"]
bench = restate.Service("Bench")
session: aiohttp.ClientSession | None = None


async def _call(number: int) -> str:
    global session
    session = session or aiohttp.ClientSession()
    async with session.post(TARGET, json={"number": number}) as answer:
        return await answer.text()


@bench.handler()
async def one(ctx: restate.Context, request: dict[str, str]) -> dict[str, str]:
    """One step that says something."""

    async def echo() -> str:
        return request["input"]

    return {"status": "completed", "echo": await ctx.run_typed("echo", echo)}


@bench.handler()
async def chain(ctx: restate.Context, _request: dict[str, str]) -> dict[str, str]:
    """Three calls one after the other."""
    for number in range(3):
        await ctx.run_typed(f"call_{number}", _call, number=number)
    return {"status": "completed"}


app = restate.app([bench])
