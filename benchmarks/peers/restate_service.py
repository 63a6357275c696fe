"""What Restate executes: one durable step, and a chain of three calls, each a step that is journaled."""

import restate
from called import call

bench = restate.Service("Bench")


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
        await ctx.run_typed(f"call_{number}", call, number=number)
    return {"status": "completed"}


app = restate.app([bench])
