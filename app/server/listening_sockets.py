"""Takes the place where a server will listen, before it does anything else."""

import errno
import os
import socket
from typing import Any

from app.settings.settings import address_of

ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""What is said of an address of a name where the machine has it not, such as that of IPv6 in many containers."""


class NoPlace(Exception):
    """Nobody can listen there; the message says why, and what to do."""


def bound(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host, bound; who connects is refused until somebody listens.

    Raises `NoPlace`.
    """
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            try:
                sockets.append(_bound(family, address))
            except OSError as error:
                if error.errno not in ABSENT:
                    raise
                absent = error
    except OSError as error:
        for taken in sockets:
            taken.close()
        raise no_place(host, port, error) from error
    if absent is not None and not sockets:
        raise no_place(host, port, absent) from absent
    return sockets


def _bound(family: int, address: Any) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # for IPv4 there is a socket of its own
        made.bind(address)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made


def no_place(host: str, port: int, reason: OSError) -> NoPlace:
    """Why nobody can listen there."""
    place = address_of(host, port).removeprefix("http://")
    if isinstance(reason, socket.gaierror):
        why = "that name is no address of this machine: choose another --host"
    elif reason.errno == errno.EACCES:
        why = "only root may take a port below 1024: choose another --port"
    elif reason.errno == errno.EADDRNOTAVAIL:
        why = "this machine has no such address: choose another --host, such as 127.0.0.1"
    else:
        said = os.strerror(reason.errno).lower() if reason.errno else str(reason)
        return NoPlace(f"cannot serve on {place}: {said}: choose another --port or --host, or stop what is there")
    return NoPlace(f"cannot serve on {place}: {why}")
