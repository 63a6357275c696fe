"""Decodes a compressed body step by step, so that no step gives more than it is asked for."""

import zlib

IDENTITY = frozenset({"", "identity"})
ZLIB_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})
EITHER_HEADER = zlib.MAX_WBITS | 32
MAX_SHOWN = 60


class BadCoding(Exception):
    """A body that cannot be decoded; the message says why."""


class Decoder:
    """Decodes one body by its `Content-Encoding`. Raises `BadCoding` at once where it knows none such."""

    def __init__(self, coding: str) -> None:
        self._is_plain = coding in IDENTITY
        if not self._is_plain and coding not in ZLIB_CODINGS:
            shown = coding[:MAX_SHOWN] + "..." * (len(coding) > MAX_SHOWN)
            raise BadCoding(f"its content encoding {shown!r} was not asked for")
        self._inflater = zlib.decompressobj(EITHER_HEADER)
        self._is_inside = False

    def decode(self, chunk: bytes, room: int) -> bytes:
        """The next at most `room` decoded bytes; where they fill it, what is left of `chunk` is dropped."""
        if self._is_plain:
            return chunk[:room]
        content = bytearray()
        while chunk and len(content) < room:
            self._is_inside = True
            try:
                content += self._inflater.decompress(chunk, room - len(content))
            except zlib.error as error:
                raise BadCoding(f"its compressed body is broken: {error}") from None
            chunk = self._inflater.unconsumed_tail
            if self._inflater.eof:  # a compressed body may be made of several, one behind the other
                chunk = self._inflater.unused_data
                self._inflater = zlib.decompressobj(EITHER_HEADER)
                self._is_inside = False
        return bytes(content)

    def finish(self) -> None:
        """Raises `BadCoding` where the body ended before its end."""
        if self._is_inside:
            raise BadCoding("its compressed body ends before its end")
