"""A real HTTPS service that may ask for a certificate, and says who called."""

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class TlsService(socketserver.ThreadingTCPServer):
    """The service. It runs in threads: asyncio's TLS closes a refused connection without a word of why."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.tls = tls
        self.port: int = self.server_address[1]
        self.url = f"https://localhost:{self.port}"
        self.requests: list[str] = []
        self.connections = 0


class _Connection(socketserver.BaseRequestHandler):
    """All requests of one connection, each answered with the name in the certificate of who called."""

    server: TlsService

    def handle(self) -> None:
        self.server.connections += 1
        tls = self.server.tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        with tls as connection, suppress(OSError):
            try:
                connection.do_handshake()
                self._answer(connection)
            except ssl.SSLError:
                # What is still on its way here must not cut the alert off, so it is read as it is.
                while socket.socket.recv(connection, 65_536):
                    pass

    def _answer(self, connection: ssl.SSLSocket) -> None:
        shown: Any = connection.getpeercert() or {}
        names = dict(pair for each in shown.get("subject", ()) for pair in each)
        body = json.dumps({"client": names.get("commonName")}).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        heard = b""
        while data := connection.recv(65_536):
            heard += data
            if heard.endswith(b"\r\n\r\n") or heard.endswith(b"}"):
                self.server.requests.append(heard.decode())
                heard = b""
                connection.sendall(head + body)


@contextmanager
def tls_service(tls: ssl.SSLContext) -> Iterator[TlsService]:
    """The service, as long as it is needed."""
    with TlsService(tls) as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
