"""Answers which built file, in which compression, a browser gets for a name; knows no web framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# GraphiQL's editor sets style attributes, and the style sheets carry fonts and icons; all else is a file of this
# host, the workers included. `self` covers the WebSocket of this host too.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

# The console sets no style attribute by text, and no style element: nothing but files of this host.
STRICT_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

# What the name of an encoded file ends with; the smallest encoding first, the file as it is last.
ENDINGS: Mapping[str | None, str] = {"br": ".br", "gzip": ".gz", None: ""}

# Not from the `mimetypes` module, whose answers depend on the machine.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}

ROOT_OF_FILES = b"/__root__/"
ROOT_OF_PAGES = b'<meta name="root-path" content="" />'
USER_ID_TRUSTED = b'<meta name="user-id" content="trusted" />'
USER_ID_REFUSED = b'<meta name="user-id" content="refused" />'

NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{page} has not been built</title>
<h1>{page} has not been built</h1>
<p>The API works; only this browser page is missing from this installation.</p>
<p>In a checkout, <code>python hatch_build.py</code> builds it. Then restart the service.</p>
</html>
"""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire; `encoding` is for the `Content-Encoding` header."""

    body: bytes
    media_type: str
    encoding: str | None


@dataclass(frozen=True, slots=True)
class ConsolePages:
    """The built pages. Their assets are megabytes, so they stay on disk until a browser asks for one.

    `console` is the operator's console, at any address below its root.
    `index` is GraphiQL for the GraphQL API, `docs` is Swagger UI for the REST API.
    `assets` holds, for each name that may be asked for, the file of each encoding, the smallest first.
    """

    console: bytes
    index: bytes
    docs: bytes
    assets: Mapping[str, Mapping[str | None, Path]]

    @classmethod
    def load(cls, folder: Path) -> "ConsolePages":
        """Read the pages and the names of their assets."""
        console = read_page(folder / "ui.html", "The console")
        index = read_page(folder / "index.html", "GraphiQL")
        docs = read_page(folder / "docs.html", "The REST API's page")
        try:
            files = {file.name: file for file in (folder / "assets").iterdir() if file.is_file()}
        except FileNotFoundError:
            files = {}
        forms = {
            name: {encoding: files[name + end] for encoding, end in ENDINGS.items() if name + end in files}
            for name in files
            if not name.endswith((".br", ".gz"))
        }
        return cls(console, index, docs, forms)

    def console_below(self, root_path: str, trusts_user_id: bool) -> bytes:
        """The console, which is told below which path the service lies, and whether a user id is a credential."""
        root = quote(root_path).encode()
        page = self.console.replace(ROOT_OF_FILES, root + b"/")
        page = page.replace(ROOT_OF_PAGES, b'<meta name="root-path" content="' + root + b'" />')
        return page if trusts_user_id else page.replace(USER_ID_TRUSTED, USER_ID_REFUSED)

    def graphiql(self, trusts_user_id: bool) -> bytes:
        """GraphiQL, which is told whether a user id is a credential, else it greets with its sign-in."""
        return self.index if trusts_user_id else self.index.replace(USER_ID_TRUSTED, USER_ID_REFUSED)

    def asset(self, name: str, accept_encoding: str) -> Asset | None:
        """Read an asset in the smallest form that the client takes, or None if there is no such asset."""
        accepted = accepted_encodings(accept_encoding) | {None}
        for encoding, file in self.assets.get(name, {}).items():
            if encoding in accepted:
                return read_asset(name, file, encoding)
        return None


def read_page(file: Path, name: str) -> bytes:
    """Read a page, or say in its place how to build it; a build of older sources may lack only one of them."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return NOT_BUILT.format(page=name).encode()


def read_asset(name: str, file: Path, encoding: str | None) -> Asset | None:
    """Read one file, unless a rebuild has replaced it since the names were read."""
    try:
        body = file.read_bytes()
    except FileNotFoundError:
        return None
    return Asset(body, MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream"), encoding)


def accepted_encodings(header: str) -> frozenset[str | None]:
    """The encodings that an `Accept-Encoding` header names without refusing them by a weight of zero."""
    encodings = (part.partition(";") for part in header.lower().split(","))
    return frozenset(name.strip() for name, _, weight in encodings if not refuses(weight))


def refuses(weight: str) -> bool:
    """Whether `q=0` is what a weight says, in any of its spellings."""
    key, _, value = weight.replace(" ", "").partition("=")
    return key == "q" and not value.strip("0.")
