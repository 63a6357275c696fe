"""The demo's source agent and analysis service, driven over HTTP in process and over loopback sockets."""

import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar

from app.demo.analysis_service import create_analysis_service
from app.demo.fetched_text import MAX_BYTES
from app.demo.source_agent import create_source_agent
from tests.support.edges.demo_calls import DOCUMENTS, client_for, post

ORIGIN = "http://docs.example"

Upstream = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


@asynccontextmanager
async def served(app: Litestar) -> AsyncIterator[str]:
    """Serve on a loopback port and yield the origin; connections queue from the start, so nothing waits."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, ws="none", log_level="error"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def fetch(url: str, folder: Path = DOCUMENTS, **options: Any) -> httpx.Response:
    return await post(create_source_agent(folder, **options), "/fetch", json={"url": url})


async def fetch_from(upstream: Upstream, url: str = f"{ORIGIN}/page") -> httpx.Response:
    transport = httpx.MockTransport(upstream)  # type: ignore[arg-type]  # it accepts both kinds of handler
    return await fetch(url, transport=transport, allowed_origins=frozenset({ORIGIN}), deadline_seconds=0.2)


@pytest.mark.asyncio
@pytest.mark.parametrize("app", [create_source_agent(DOCUMENTS), create_analysis_service(None)])
async def test_health(app: Litestar) -> None:
    async with client_for(app) as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})


# --- source agent: files -------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_fetch_answers_a_file_with_its_metadata() -> None:
    data = (DOCUMENTS / "field-guide.html").read_bytes()
    answer = await fetch("field-guide.html")
    assert answer.status_code == 200
    assert answer.json() == {
        "content": data.decode(),
        "metadata": {
            "url": "field-guide.html",
            "media_type": "text/html",
            "encoding": "utf-8",
            "size": len(data),
            "lines": data.count(b"\n"),
            "title": "A field guide to clouds",
            "sha256": hashlib.sha256(data).hexdigest(),
        },
    }


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url", ["part/my file.md", "file:part/my%20file.md", "part/../alias.md", "./part//my file.md", "FILE:alias.md"]
)
async def test_fetch_reads_inside_the_folder(folder: Path, url: str) -> None:
    answer = await fetch(url, folder)
    assert (answer.status_code, answer.json()["metadata"]["url"]) == (200, "part/my file.md")


@pytest.mark.asyncio
async def test_fetch_reads_an_absolute_address_inside_the_folder(folder: Path) -> None:
    for url in ((folder / "part" / "my file.md").as_uri(), f"file://localhost{folder}/alias.md"):
        answer = await fetch(url, folder)
        assert (answer.status_code, answer.json()["content"]) == (200, "# Inside\n")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url",
    [
        "../secret.txt",
        "../not-there.txt",
        "part/../../secret.txt",
        "/etc/passwd",
        "//etc/passwd",
        "file:///etc/passwd",
        "file:../secret.txt",
        "file:%2e%2e/secret.txt",
        "escape.txt",
        "escape/secret.txt",
        "loop",
    ],
)
async def test_fetch_refuses_every_way_out_of_the_folder(folder: Path, url: str) -> None:
    answer = await fetch(url, folder)
    assert answer.status_code == 403
    assert answer.json()["detail"] == f"{url} is outside the documents folder; copy the document into it"


@pytest.mark.asyncio
@pytest.mark.parametrize("url", ["gone.md", "part/gone.md", "alias.md/x", "file:gone.md", "n" * 5000])
async def test_fetch_says_what_is_missing(folder: Path, url: str) -> None:
    answer = await fetch(url, folder)
    assert (answer.status_code, answer.json()["detail"]) == (404, f"{url} does not exist")


@pytest.mark.asyncio
async def test_fetch_reads_up_to_two_mebibytes(folder: Path) -> None:
    (folder / "full.txt").write_bytes(b"a" * MAX_BYTES)
    (folder / "over.txt").write_bytes(b"a" * (MAX_BYTES + 1))
    assert (await fetch("full.txt", folder)).json()["metadata"]["size"] == MAX_BYTES
    answer = await fetch("over.txt", folder)
    assert (answer.status_code, answer.json()["detail"]) == (413, "The source is larger than 2097152 bytes")


@pytest.mark.asyncio
async def test_fetch_refuses_what_is_not_text(folder: Path) -> None:
    (folder / "null").write_bytes(b"text\x00text")
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    os.mkfifo(folder / "pipe")
    for url in ("null", "image.png", "part", "pipe", "."):
        assert (await fetch(url, folder)).status_code == 415, url


@pytest.mark.asyncio
async def test_fetch_honours_a_byte_order_mark(folder: Path) -> None:
    (folder / "wide.txt").write_text("# Größe\n", encoding="utf-16")
    (folder / "marked.txt").write_text("# Größe\n", encoding="utf-8-sig")
    for name, encoding in (("wide.txt", "utf-16"), ("marked.txt", "utf-8")):
        body = (await fetch(name, folder)).json()
        assert (body["content"], body["metadata"]["encoding"]) == ("# Größe\n", encoding)
        assert body["metadata"]["title"] == "Größe"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"url": ""}, "must not be empty"),
        ({"url": "a\x00b"}, "null character"),
        ({"url": "ftp://docs.example/a"}, "scheme 'ftp' is not supported"),
        ({"url": "javascript:alert(1)"}, "scheme 'javascript' is not supported"),
        ({"url": "file://elsewhere/a"}, "names the host 'elsewhere'"),
        ({"url": "file://[a"}, "not a valid URL"),
        ({"url": "http://"}, "not an http or https URL with a host"),
        ({"url": "http://[::1"}, "not a valid URL"),
        ({"url": "http://docs.example:99999/"}, "a valid port"),
        ({"url": "http://docs.example:0/"}, "a valid port"),
        ({"url": "http://ada:pw@docs.example/"}, "user name or password"),
        ({"url": 7}, "url: Expected `str`, got `int`"),
        ({}, "body: Object missing required field `url`"),
        ([], "body: Expected `object`, got `array`"),
    ],
)
async def test_fetch_explains_a_bad_url(body: object, message: str) -> None:
    answer = await post(create_source_agent(DOCUMENTS), "/fetch", json=body)
    assert answer.status_code == 422
    assert message in answer.json()["detail"]


@pytest.mark.asyncio
async def test_malformed_and_oversized_bodies_are_refused() -> None:
    app = create_source_agent(DOCUMENTS)
    for content, status, detail in (
        (b"{", 400, "truncated"),
        (b'{"url":"\xff"}', 400, "body: not valid UTF-8"),
        (b'{"url":"\\ud800"}', 400, "truncated"),
        (b'{"x":' + b"[" * 50_000 + b"]" * 50_000 + b',"url":"a"}', 400, "body: nested too deeply"),
        (b"", 422, "body: a JSON object is required"),
    ):
        answer = await post(app, "/fetch", content=content)
        assert answer.status_code == status
        assert detail in answer.json()["detail"]
    assert (await fetch("a" * 200_000)).status_code == 413


# --- source agent: web ---------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://docs.example:8080/", "https://docs.example/", "http://docs.example.evil/"]
)
async def test_no_request_leaves_for_an_origin_that_is_not_allowed(url: str) -> None:
    asked: list[httpx.Request] = []

    def upstream(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, text="secret")

    answer = await fetch_from(upstream, url)
    assert (answer.status_code, asked) == (403, [])
    assert "is not an allowed origin; start the source agent with it" in answer.json()["detail"]
    assert (await fetch(f"{ORIGIN}/page")).status_code == 403


@pytest.mark.asyncio
@pytest.mark.parametrize("url", ["http://docs.example/page", "http://DOCS.example:80/page"])
async def test_fetch_answers_a_page_with_its_metadata(url: str) -> None:
    def upstream(request: httpx.Request) -> httpx.Response:
        assert request.headers["accept-encoding"] == "identity"
        content = "<html><title>Café</title>".encode("iso8859-1")
        return httpx.Response(200, content=content, headers={"content-type": "Text/HTML; charset=ISO-8859-1"})

    answer = await fetch_from(upstream, url)
    assert answer.status_code == 200
    body = answer.json()
    assert body["content"] == "<html><title>Café</title>"
    assert {key: body["metadata"][key] for key in ("url", "media_type", "encoding", "size", "title")} == {
        "url": "http://docs.example/page",
        "media_type": "text/html",
        "encoding": "iso8859-1",
        "size": 25,
        "title": "Café",
    }


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("response", "status", "message"),
    [
        (httpx.Response(404), 404, "does not exist"),
        (httpx.Response(410), 404, "does not exist"),
        (httpx.Response(500), 502, "answered 500"),
        (httpx.Response(302, headers={"location": "http://127.0.0.1/"}), 502,
         "answered 302; redirects are not followed, fetch 'http://127.0.0.1/' itself"),
        (httpx.Response(200, content=b"x", headers={"content-type": "image/png"}), 415, "image/png"),
        (httpx.Response(200, content=b"\xff", headers={"content-type": "text/plain"}), 415, "not valid utf-8"),
        (httpx.Response(200, content=b"x", headers={"content-type": "text/plain; charset=punycode"}), 415,
         "unknown encoding 'punycode'"),
        (httpx.Response(200, stream=httpx.ByteStream(b"x"), headers={"content-encoding": "br"}), 415,
         "compressed"),
        (httpx.Response(200, content=b"a" * (MAX_BYTES + 1)), 413, "larger than"),
    ],
)  # fmt: skip
async def test_what_upstream_answers_becomes_a_status(response: httpx.Response, status: int, message: str) -> None:
    answer = await fetch_from(lambda _request: response)
    assert answer.status_code == status
    assert message in answer.json()["detail"]


@pytest.mark.asyncio
async def test_an_endless_page_is_cut_off_at_the_cap() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"a" * 65_536

    assert (await fetch_from(lambda _request: httpx.Response(200, content=endless()))).status_code == 413
    assert sent <= MAX_BYTES + 65_536


@pytest.mark.asyncio
async def test_a_page_that_never_ends_in_time_is_given_up() -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.Event().wait()

    async def silent(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    for upstream in (lambda _request: httpx.Response(200, content=stalled()), silent):
        answer = await fetch_from(upstream)
        assert answer.status_code == 504
        assert answer.json()["detail"] == "http://docs.example:80 did not deliver within 0.2 seconds"


@pytest.mark.asyncio
async def test_an_unreachable_origin_is_a_bad_gateway() -> None:
    # Bound but not listening: the port is taken, and every connection to it is refused.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{silent.getsockname()[1]}"
        answer = await fetch(f"{origin}/", allowed_origins=frozenset({origin}))
    assert answer.status_code == 502
    assert answer.json()["detail"].startswith(f"{origin} could not be read: ")


@pytest.mark.parametrize("origin", ["docs.example", "ftp://docs.example", "http://docs.example/path", "http://a@b"])
def test_an_origin_must_be_one(origin: str) -> None:
    with pytest.raises(ValueError, match=r"URL|origin"):
        create_source_agent(DOCUMENTS, allowed_origins=frozenset({origin}))


def test_both_services_need_an_existing_folder(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        create_source_agent(tmp_path / "gone")
    with pytest.raises(NotADirectoryError):
        create_analysis_service(tmp_path / "gone")


# --- both together, over sockets -----------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_served_document_is_fetched_and_analysed_over_loopback() -> None:
    # The agent serves as its own web source: its health answer is a JSON text like any other.
    async with served(create_source_agent(DOCUMENTS)) as web, served(create_analysis_service(DOCUMENTS)) as analysis:
        agent = create_source_agent(DOCUMENTS, allowed_origins=frozenset({web}))
        async with served(agent) as source, httpx.AsyncClient(trust_env=False) as client:
            page = await client.post(f"{source}/fetch", json={"url": f"{web}/health"})
            assert (page.status_code, page.json()["content"]) == (200, '{"status":"healthy"}')
            document = await client.post(f"{source}/fetch", json={"url": "release-notes.md"})
            body = {"content": document.json()["content"], "type": "comprehensive"}
            report = await client.post(f"{analysis}/analyze", json=body)
    assert report.json()["title"] == document.json()["metadata"]["title"]
    assert report.json()["issues"] == []
