"""The end of a credential, by which whatever it opened ends too (FAULTS S4, S14)."""

import asyncio
from collections.abc import Mapping

from engine.journal.broadcast import life_of
from models.errors import Unauthenticated, Unavailable
from resolvers.context import EdgeGate, Viewer

RECHECK_SECONDS = 30.0
"""A key may be revoked by another node or by the command line, and a key of tokens withdrawn: nobody calls then."""

EXPIRED = "The credential has expired"


async def lapse(gate: EdgeGate, headers: Mapping[str, str], viewer: Viewer | None) -> str:
    """Return why the credential in `headers` is no longer good, as soon as it is not; never for a stranger.

    It is presented again, as with every request: when its key was revoked or rotated, twice a minute whatever
    happens, and when it expires. While the database is away nobody can revoke anything.
    """
    if viewer is None:
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return await never
    with gate.services.broadcast.listen(life_of(viewer.key_id or "")) as woken:
        while True:
            woken.clear()
            try:
                viewer = await gate.authenticate(headers) or viewer
            except Unauthenticated as refusal:
                return refusal.message
            except Unavailable:
                pass
            left = RECHECK_SECONDS
            if viewer.expires_at is not None:
                left = min(left, (viewer.expires_at - gate.clock.now()).total_seconds())
            if left <= 0:
                return EXPIRED
            await gate.wait(woken, left)
