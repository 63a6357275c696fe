"""Reads a document from the one folder the source agent may open."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from litestar.exceptions import HTTPException
from litestar.status_codes import (
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_415_UNSUPPORTED_MEDIA_TYPE,
    HTTP_422_UNPROCESSABLE_ENTITY,
)

from app.demo.confined_folder import ConfinedFolder, OutsideFolderError
from app.demo.fetched_text import MAX_BYTES, Source, check_size

# A table of our own: the system's differs from machine to machine.
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".rst": "text/x-rst",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}


def read_file_source(folder: ConfinedFolder, url: str) -> Source:
    """Read a `file:` URL or a path relative to the folder; blocks while it reads.

    Raises HTTPException: 403 outside the folder or unreadable, 404 missing, 413 too large, 415 no regular
    file, 422 for a `file:` URL that names another host.
    """
    try:
        location = folder.locate(_path_of(url))
    except OutsideFolderError as error:
        message = f"{url} is outside the documents folder; copy the document into it"
        raise HTTPException(message, status_code=HTTP_403_FORBIDDEN) from error
    try:
        data = _read(location, url)
    except PermissionError as error:
        raise HTTPException(f"{url} may not be read", status_code=HTTP_403_FORBIDDEN) from error
    except OSError as error:
        raise HTTPException(f"{url} does not exist", status_code=HTTP_404_NOT_FOUND) from error
    relative = location.relative_to(folder.root).as_posix()
    return Source(data, relative, _MEDIA_TYPES.get(location.suffix.lower(), "text/plain"), None)


def _path_of(url: str) -> str:
    if not url.lower().startswith("file:"):
        return url
    try:
        parts = urlsplit(url)
    except ValueError as error:
        message = f"{url} is not a valid URL: {error}"
        raise HTTPException(message, status_code=HTTP_422_UNPROCESSABLE_ENTITY) from error
    if parts.netloc not in ("", "localhost"):
        message = f"{url} names the host {parts.netloc!r}; a file: URL must be local"
        raise HTTPException(message, status_code=HTTP_422_UNPROCESSABLE_ENTITY)
    return unquote(parts.path)


def _read(location: Path, url: str) -> bytes:
    # Opening a pipe or device would block, so anything but a regular file is refused unopened.
    if location.exists() and not location.is_file():
        message = f"{url} is a folder or a device and not a file"
        raise HTTPException(message, status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
    with location.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    check_size(len(data))
    return data
