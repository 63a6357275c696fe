"""Compressed bodies are read within the limit of all bodies, and what cannot be read says so, on both edges alike."""

import gzip
import zlib
from pathlib import Path

import httpx
import pytest

from app.asgi import MAX_BODY_BYTES
from app.settings.settings import Settings
from tests.support.calls import Json

pytestmark = pytest.mark.asyncio

QUERY = b'{"query": "{ workflows { totalCount } }"}'
GOOD = {"/workflows": b'{"name": "w"}', "/graphql": QUERY}
BOMB = gzip.compress(bytes(20_000_000))
"""Far less than the limit as it comes, and far more unpacked."""


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Nothing here depends on the database, so one will do."""
    return Settings(data_dir=data_dir)


async def sent(client: httpx.AsyncClient, path: str, body: bytes, encoding: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return await client.post(path, content=body, headers=headers)


def refusal(answered: httpx.Response) -> tuple[str, str]:
    """The code and the text of a refusal of either edge."""
    body: Json = answered.json()
    if "errors" in body:
        return body["errors"][0]["extensions"]["code"], body["errors"][0]["message"]
    return body["error_code"], body["detail"]


@pytest.mark.parametrize("path", list(GOOD))
@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", "identity"])
async def test_a_body_in_gzip_is_read(client: httpx.AsyncClient, path: str, encoding: str) -> None:
    body = GOOD[path] if encoding == "identity" else gzip.compress(GOOD[path])
    answered = await sent(client, path, body, encoding)
    assert answered.status_code in (200, 201), answered.text
    assert "errors" not in answered.json()


@pytest.mark.parametrize("path", list(GOOD))
@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "br, gzip", "rot13"])
async def test_another_encoding_is_refused_with_the_one_that_is_taken(
    client: httpx.AsyncClient, path: str, encoding: str
) -> None:
    refused = await sent(client, path, zlib.compress(GOOD[path]), encoding)
    assert (refused.status_code, refused.headers["accept-encoding"]) == (415, "gzip")
    code, text = refusal(refused)
    assert (code, f"'{encoding}'" in text, "gzip" in text) == ("UNSUPPORTED_MEDIA_TYPE", True, True)


@pytest.mark.parametrize("path", list(GOOD))
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (GOOD["/workflows"], 400, "MALFORMED_REQUEST"),
        (gzip.compress(QUERY)[:-5], 400, "MALFORMED_REQUEST"),
        (gzip.compress(QUERY) + b"more", 400, "MALFORMED_REQUEST"),
        (gzip.compress(QUERY) * 2, 400, "MALFORMED_REQUEST"),
        (BOMB, 413, "PAYLOAD_TOO_LARGE"),
        (gzip.compress(b" " * (MAX_BODY_BYTES + 1)), 413, "PAYLOAD_TOO_LARGE"),
        (bytes(MAX_BODY_BYTES + 1), 413, "PAYLOAD_TOO_LARGE"),
    ],
    ids=["no gzip", "cut off", "more behind", "two streams", "bomb", "one byte too many", "too large as it comes"],
)
async def test_what_cannot_be_unpacked_is_refused(
    client: httpx.AsyncClient, path: str, body: bytes, status: int, code: str
) -> None:
    refused = await sent(client, path, body, "gzip")
    assert (refused.status_code, refusal(refused)[0]) == (status, code), refused.text


async def test_nothing_is_unpacked_for_a_stranger(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "X-User-ID": ""}
    assert (await client.post("/workflows", content=BOMB, headers=headers)).status_code == 401


async def test_an_empty_body_is_none_in_whatever_encoding(client: httpx.AsyncClient) -> None:
    for encoding in ("gzip", "br"):
        assert (await client.get("/workflows", headers={"Content-Encoding": encoding})).status_code == 200
        assert refusal(await sent(client, "/workflows", b"", encoding))[0] == "VALIDATION_ERROR"
