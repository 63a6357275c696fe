"""Documents that are asked for by their hash: those of the operator's list, and those that a client sent before."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from models.errors import DocumentNotTrusted, MalformedRequest, PersistedQueryNotFound
from models.latest import Latest

MAX_PERSISTED = 1_000
PERSISTED_QUERY_VERSION = 1


def document_hash(text: str) -> str:
    """The SHA-256 of a document's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Documents:
    """Finds the text that a request means.

    `trusted` is None where there is no list. `is_valid` says whether a text is worth remembering.
    """

    def __init__(
        self, trusted: Mapping[str, str] | None, is_valid: Callable[[str], bool], *, only_trusted: bool
    ) -> None:
        self._trusted = trusted or {}
        self._only_trusted = only_trusted
        self._is_valid = is_valid
        self._persisted: Latest[str, str] = Latest(MAX_PERSISTED)

    def find(self, query: str | None, extensions: Mapping[str, Any] | None, *, remembered: bool = True) -> str:
        """The text of the document that `query` or the hash in `extensions.persistedQuery` means.

        What clients sent before is neither added to nor looked at where it is not to be `remembered`: only what is
        valid is, so that it would tell of the schema. Raises `PersistedQueryNotFound`, `DocumentNotTrusted`, and
        `MalformedRequest` where neither is there or the hash is not that of the text.
        """
        asked = _asked_hash(extensions)
        if query is None:
            if asked is None:
                raise MalformedRequest("The request must have a query: a GraphQL document")
            return self._known(asked, remembered)
        if asked is None and not self._only_trusted:
            return query
        actual = document_hash(query)
        if asked is not None and asked != actual:
            raise MalformedRequest("The sha256Hash of persistedQuery is not that of the query")
        if self._only_trusted:
            return self._known(actual, remembered)
        if remembered and actual not in self._trusted and self._is_valid(query):
            self._persisted.put(actual, query)
        return query

    def _known(self, asked: str, remembered: bool) -> str:
        if asked in self._trusted:
            return self._trusted[asked]
        if self._only_trusted:
            raise DocumentNotTrusted("This service takes known documents only, and this is none of them")
        found = self._persisted.get(asked) if remembered else None
        if found is None:
            raise PersistedQueryNotFound
        return found


def _asked_hash(extensions: Mapping[str, Any] | None) -> str | None:
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or not isinstance(persisted.get("sha256Hash"), str):
        raise MalformedRequest("extensions.persistedQuery must be {version: 1, sha256Hash: ...}")
    if persisted.get("version") != PERSISTED_QUERY_VERSION:
        raise MalformedRequest("Only version 1 of persistedQuery is known here")
    asked: str = persisted["sha256Hash"]
    return asked.lower()
