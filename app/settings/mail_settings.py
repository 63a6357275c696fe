"""Reads by which server mail goes out, and from whom; no message repeats what may hold a password."""

from urllib.parse import urlsplit

from models.commands.mail_addresses import is_address, is_line

MAX_SENDER = 500


def read_smtp_url(text: str) -> str:
    """`smtp://user:password@host:587`, or `smtps://host` for TLS from the beginning. Raises `ValueError`."""
    try:
        parts = urlsplit(text)
        is_server = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        is_server = False
    if not text:
        return ""
    if not is_server or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("set it to smtp://USER:PASSWORD@HOST:587, or smtps://USER:PASSWORD@HOST:465")
    if bool(parts.username) is not bool(parts.password):
        raise ValueError(
            "give both USER and PASSWORD, or neither; write their special characters as in a URL (%40 for @)"
        )
    return text


def read_smtp_sender(text: str) -> str:
    """`orchestrator@example.com`, or `Name <orchestrator@example.com>`. Raises `ValueError`."""
    name, bracket, rest = text.rpartition("<")
    address = rest.removesuffix(">") if bracket else text
    is_whole = rest.endswith(">") == bool(bracket) and is_line(name) and name.isascii() and len(text) <= MAX_SENDER
    if text and not (is_address(address) and is_whole and '"' not in name and "," not in name):
        raise ValueError(
            f"set it to ADDRESS or to NAME <ADDRESS>, such as Orchestrator <jobs@example.com>, not {text!r}"
        )
    return text
