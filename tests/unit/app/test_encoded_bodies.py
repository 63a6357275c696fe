"""A gzip bomb costs the memory of what is read of it, however it comes in pieces."""

import gzip
from random import Random
from typing import Any

import pytest

from app.server.encoded_bodies import PIECE_BYTES, with_encoded_bodies
from models.errors import MalformedRequest, PayloadTooLarge

pytestmark = pytest.mark.asyncio

SCOPE: Any = {"type": "http", "headers": [(b"content-encoding", b"gzip")]}
LIMIT = 1_000_000


async def read(packed: bytes, size: int, at_most: int = 1_000_000_000) -> list[bytes]:
    """The pieces of a body that comes in chunks of `size`, until `at_most` bytes are read."""
    chunks = [packed[start : start + size] for start in range(0, len(packed), size)]
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    pieces: list[bytes] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        raise AssertionError(message)

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        more = True
        while more and sum(map(len, pieces)) < at_most:
            message = await receive()
            pieces.append(message["body"])
            more = message["more_body"]

    await with_encoded_bodies(app, LIMIT)(SCOPE, receive, send)
    return pieces


@pytest.mark.parametrize("size", [1, 7, 1_000, 65_536, 10_000_000])
@pytest.mark.parametrize("length", [0, 1, 257, PIECE_BYTES, PIECE_BYTES + 1, 300_000])
async def test_every_byte_comes_out_once_however_they_come_in(size: int, length: int) -> None:
    for body in (bytes(length), Random(length).randbytes(length)):  # noqa: S311 - what does not compress
        if len(packed := gzip.compress(body)) / size < 2_000:
            assert b"".join(await read(packed, size)) == body


async def test_who_stops_reading_has_unpacked_one_piece_more_at_most() -> None:
    pieces = await read(gzip.compress(bytes(50_000_000)), 65_536, at_most=PIECE_BYTES * 3)
    assert [len(piece) for piece in pieces] == [PIECE_BYTES] * 3


async def test_a_body_that_unpacks_to_nothing_has_a_limit_too() -> None:
    # Blocks without a byte in them: the header of gzip, and then as many as one likes.
    endless = gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * (LIMIT // 5)
    with pytest.raises(PayloadTooLarge):
        await read(endless, 65_536)


async def test_what_is_cut_off_is_no_shorter_body() -> None:
    with pytest.raises(MalformedRequest, match="cut off"):
        await read(gzip.compress(b"{}")[:-1], 4)
