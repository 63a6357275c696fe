"""Cuts off clients whose requests are too large in their head, or come too slowly (FAULTS F39)."""

import asyncio
from collections.abc import Iterator
from enum import Enum, auto
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.server.headers import refusal_headers
from app.server.patience import Patience
from app.server.refusals import refusal
from models.error_codes import ErrorCode
from models.ids import REQUEST_PREFIX, new_id

HEADER_OVERHEAD = 4
"""The colon, the space and the line break of a header."""

CHUNK_OVERHEAD = 8
"""How many bytes the framing of a body may take for each of its own."""

SHOWN_PATH = 200
LOOK_AGAIN_SECONDS = 0.1


class Awaited(Enum):
    """What the server waits for from the client."""

    HEAD = auto()
    BODY = auto()
    NOTHING = auto()


class _TooLarge(Exception):
    """The head is over a limit: the parser stops here."""


class LimitedHttp(HttpToolsProtocol):
    """The server's HTTP protocol with limits. A request that comes in one piece sets no timer."""

    patience: ClassVar[Patience] = Patience()

    url = b""
    _awaits = Awaited.NOTHING
    _began = 0.0
    """When what is awaited began, and when the client was last heard, on the loop's clock."""
    _heard = 0.0
    _heads = 0
    """How many heads were complete, by which a piece of data is known to be a piece of one head alone."""
    _head_bytes = 0
    _unfinished_bytes = 0
    """What came of an unfinished head, of which the parser may keep more than it has shown."""
    _body_bytes = 0
    _framing_bytes = 0
    _is_too_large = False
    _is_refused = False
    _has_spoken = False
    _timer: asyncio.TimerHandle | None = None

    # --- what the transport tells -----------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base
        super().connection_made(transport)
        self._expect(Awaited.HEAD)
        self._watch()

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._has_spoken = True
        self._heard = self.loop.time()
        if self._awaits is Awaited.NOTHING:
            self._expect(Awaited.HEAD)
        before, heads, body_bytes = self._awaits, self._heads, self._body_bytes
        super().data_received(data)
        if self._awaits is before and self._heads == heads:
            self._measure(len(data), self._body_bytes - body_bytes)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(Awaited.NOTHING)
        self._watch()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Begin to stop. An answer without an end of its own is cut off, so that its client goes on elsewhere."""
        if self._is_streaming:
            self._disconnect_application()
            self.transport.close()
            self.loop.call_later(self.patience.parting_seconds, self.transport.abort)  # it may read no more
            return
        super().shutdown()
        if not self.transport.is_closing():
            self.loop.call_later(LOOK_AGAIN_SECONDS, self.shutdown)  # the answer may turn out to have no end

    # --- what the parser tells --------------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect(Awaited.HEAD)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + HEADER_OVERHEAD)
        if self._awaits is Awaited.BODY:
            return  # a trailer: what comes after the body must not pass for what was said before it
        super().on_header(name, value)
        if len(self.headers) > self.patience.max_headers:
            self._stop_parsing()

    def on_headers_complete(self) -> None:
        self._heads += 1
        self._expect(Awaited.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._expect(Awaited.NOTHING)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._expect(Awaited.NOTHING)
        self._watch()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser could not read, or was not to read on."""
        if self._is_too_large:
            self._refuse_head()
        else:
            self._refuse(400, ErrorCode.MALFORMED_REQUEST, msg)

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: what a client would rather speak is no event of ours, and it is answered in HTTP."""

    # --- sizes ------------------------------------------------------------------------------------

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self.patience.max_head_bytes:
            self._stop_parsing()

    def _stop_parsing(self) -> None:
        self._is_too_large = True
        raise _TooLarge

    def _measure(self, received: int, of_body: int) -> None:
        """Count a piece that neither began nor ended what is awaited."""
        most = self.patience.max_head_bytes
        if self._awaits is Awaited.HEAD:
            self._unfinished_bytes += received
            if self._unfinished_bytes > most:
                self._refuse_head()
        elif self._awaits is Awaited.BODY:
            self._framing_bytes += received - of_body
            if self._framing_bytes > most + CHUNK_OVERHEAD * self._body_bytes:
                self._refuse_head()

    # --- times ------------------------------------------------------------------------------------

    def _expect(self, awaited: Awaited) -> None:
        self._awaits = awaited
        self._began = self._heard = self.loop.time()
        self._unfinished_bytes = self._body_bytes = self._framing_bytes = 0
        if awaited is Awaited.HEAD:
            self._head_bytes = 0

    def _watch(self) -> None:
        """Set the timer for what is awaited, if anything is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        patience = self.patience
        if self._awaits is Awaited.HEAD:
            self._timer = self.loop.call_at(self._began + patience.head_seconds, self._late)
        elif self._awaits is Awaited.BODY:
            earned = self._body_bytes / patience.slowest_bytes
            at = min(self._heard, self._began + earned) + patience.silence_seconds
            self._timer = self.loop.call_at(at, self._late)

    def _late(self) -> None:
        self._timer = None
        if self.flow.read_paused or (self._awaits is Awaited.HEAD and self._is_answering):
            # The client is not at fault: what it sends is not read, or waits behind an answer to come.
            self._expect(self._awaits)
            self._watch()
        else:
            self._refuse(408, ErrorCode.REQUEST_TIMED_OUT, f"The {self._awaits.name.lower()} did not come in time")

    # --- refusals ---------------------------------------------------------------------------------

    @property
    def _is_answering(self) -> bool:
        """Whether an answer is to come to a request that was read to the end of its head."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _is_streaming(self) -> bool:
        """Whether an answer is under way whose length nobody has announced."""
        return self._is_answering and self.cycle.response_started and bool(self.cycle.chunked_encoding)

    def _disconnect_application(self) -> None:
        """Tell whoever answers that nobody is there any more."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()

    def _refuse_head(self) -> None:
        patience = self.patience
        most = f"{patience.max_headers} headers and {patience.max_head_bytes:,} bytes"
        self._refuse(431, ErrorCode.HEADERS_TOO_LARGE, f"The head of a request may have {most}")

    def _refuse(self, status: int, code: ErrorCode, detail: str) -> None:
        """Say why, where that can be said, and close."""
        may_answer = self._may_answer()
        self._is_refused = True
        self._expect(Awaited.NOTHING)
        self._watch()
        if self._is_answering:
            self._disconnect_application()
        if not may_answer:
            self.transport.close()
            return
        self.transport.write(b"".join(self._answer(status, code, detail)))
        # To close at once would take the answer away from a client that is still sending.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(self.patience.parting_seconds, self.transport.close)

    def _may_answer(self) -> bool:
        """Whether the next answer on this connection is the one to the request that is refused."""
        if self.transport.is_closing() or self.pipeline or not self._has_spoken:
            return False
        if self._awaits is Awaited.BODY:
            return not self.cycle.response_started
        return not self._is_answering

    def _answer(self, status: int, code: ErrorCode, detail: str) -> Iterator[bytes]:
        request_id = new_id(REQUEST_PREFIX)
        path = self.url.partition(b"?")[0][:SHOWN_PATH].decode("latin-1")
        method = self.parser.get_method().decode("latin-1") if self.url else ""
        body = refusal(code, detail, request_id=request_id, path=path, method=method)
        headers = [*self.server_state.default_headers, *refusal_headers(body, request_id, self.scheme)]
        yield STATUS_LINE[status]
        for name, value in headers:
            yield name + b": " + value + b"\r\n"
        yield b"\r\n" + body
