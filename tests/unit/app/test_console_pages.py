"""The console's files: found by name only, sent compressed, and honest when they were never built."""

import gzip
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from app.console.pages import CONTENT_SECURITY_POLICY, Asset, ConsolePages
from app.pages.console_routes import docs_route
from app.pages.page_sign_in import everybody

SCRIPT = b"console.info('a script long enough to be worth compressing')" * 40
GZIPPED = gzip.compress(SCRIPT, mtime=0)
BROTLIED = b"stands for what a brotli encoder would have written"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    assets = tmp_path / "dist" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_bytes(b"<!doctype html><title>GraphiQL</title>")
    (tmp_path / "dist" / "docs.html").write_bytes(b"<!doctype html><title>REST API</title>")
    (tmp_path / "dist" / ".sources.sha256").write_text("not to be served")
    (tmp_path / "secret.txt").write_text("not to be served")
    (assets / "index-1a2b.js").write_bytes(SCRIPT)
    (assets / "index-1a2b.js.gz").write_bytes(GZIPPED)
    (assets / "index-1a2b.js.br").write_bytes(BROTLIED)
    (assets / "index-1a2b.css").write_bytes(b"body {}")
    (assets / "icon-3c4d.svg").write_bytes(b"<svg/>")
    (assets / "codicon-5e6f.ttf").write_bytes(b"font")
    (assets / "notes.unknown").write_bytes(b"?")
    return tmp_path / "dist"


@pytest.fixture
def pages(built: Path) -> ConsolePages:
    return ConsolePages.load(built)


def test_pages_are_the_built_ones(pages: ConsolePages) -> None:
    assert pages.index == b"<!doctype html><title>GraphiQL</title>"
    assert pages.docs == b"<!doctype html><title>REST API</title>"


@pytest.mark.parametrize(
    ("accept_encoding", "body", "encoding"),
    [
        ("gzip, deflate, br, zstd", BROTLIED, "br"),
        ("br;q=0.1, gzip;q=1.0", BROTLIED, "br"),
        ("gzip, deflate", GZIPPED, "gzip"),
        ("GZIP", GZIPPED, "gzip"),
        ("br;q=0, gzip", GZIPPED, "gzip"),
        ("br; q=0.000, gzip;q=0", SCRIPT, None),
        ("identity", SCRIPT, None),
        ("not-gzip, brotli", SCRIPT, None),
        ("", SCRIPT, None),
        (";;,=,q", SCRIPT, None),
    ],
)
def test_asset_comes_in_the_smallest_form_the_client_takes(
    pages: ConsolePages, accept_encoding: str, body: bytes, encoding: str | None
) -> None:
    asset = pages.asset("index-1a2b.js", accept_encoding)

    assert asset == Asset(body, "text/javascript; charset=utf-8", encoding)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("index-1a2b.css", "text/css; charset=utf-8"),
        ("icon-3c4d.svg", "image/svg+xml"),
        ("codicon-5e6f.ttf", "font/ttf"),
        ("notes.unknown", "application/octet-stream"),
    ],
)
def test_small_asset_comes_as_it_is(pages: ConsolePages, name: str, media_type: str) -> None:
    asset = pages.asset(name, "gzip, br")

    assert asset is not None
    assert (asset.media_type, asset.encoding) == (media_type, None)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../index.html",
        "../.sources.sha256",
        "../../secret.txt",
        "..\\index.html",
        "%2e%2e/index.html",
        "/etc/passwd",
        "index-1a2b.js/",
        "./index-1a2b.js",
        "index-1a2b.js\0",
        "index-1a2b.js.gz",
        "index-1a2b.js.br",
        "INDEX-1A2B.JS",
        "never-built.js",
    ],
)
def test_only_the_exact_name_of_an_asset_is_answered(pages: ConsolePages, name: str) -> None:
    assert pages.asset(name, "gzip") is None


def test_assets_are_read_when_they_are_asked_for(pages: ConsolePages, built: Path) -> None:
    (built / "assets" / "icon-3c4d.svg").write_bytes(b"<svg>later</svg>")

    asset = pages.asset("icon-3c4d.svg", "")

    assert asset is not None
    assert asset.body == b"<svg>later</svg>"


def test_asset_that_was_removed_since_is_not_found(pages: ConsolePages, built: Path) -> None:
    (built / "assets" / "icon-3c4d.svg").unlink()

    assert pages.asset("icon-3c4d.svg", "") is None


def test_without_a_build_the_page_says_which_command_makes_one(tmp_path: Path) -> None:
    pages = ConsolePages.load(tmp_path / "dist")

    for page, name in ((pages.index, b"GraphiQL"), (pages.docs, b"The REST API's page")):
        assert name + b" has not been built" in page
        assert b"python hatch_build.py" in page
    assert pages.asset("index-1a2b.js", "gzip") is None


def test_a_build_that_lacks_one_page_still_serves_the_other(built: Path) -> None:
    (built / "docs.html").unlink()

    pages = ConsolePages.load(built)

    assert pages.index == b"<!doctype html><title>GraphiQL</title>"
    assert b"has not been built" in pages.docs
    assert pages.asset("index-1a2b.js", "gzip") is not None


@pytest.mark.asyncio
async def test_docs_are_served_under_the_policy_whatever_the_client_accepts(pages: ConsolePages) -> None:
    app: Any = Litestar([docs_route(pages, everybody)], openapi_config=None, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/docs", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.content) == (200, pages.docs)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["cache-control"] == "no-store"


def test_policy_allows_no_other_host_and_no_inline_script() -> None:
    directives = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))

    assert directives["default-src"] == "'self'"
    assert "script-src" not in directives
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "'unsafe-eval'" not in CONTENT_SECURITY_POLICY
