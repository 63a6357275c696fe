"""A real SMTP server whose refusals a test writes, and which keeps the messages that it took."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple


class Mail(NamedTuple):
    """A message as it came: its envelope, and what is in it."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class ScriptedMailServer:
    """It answers `RCPT TO` of an address, or `DATA`, as `refusals` says; it may ask for a password."""

    def __init__(self, password: str | None = None) -> None:
        self.port = 0
        self.mails: list[Mail] = []
        self.refusals: dict[str, str] = {}
        self.commands: list[str] = []
        self._password = password

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it hangs up."""
        sender, recipients = "", []

        async def say(*lines: str) -> None:
            writer.write("".join(f"{line}\r\n" for line in lines).encode())
            await writer.drain()

        await say("220 scripted ESMTP")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            word = line.partition(" ")[0].upper()
            if word == "EHLO":
                await say("250-scripted", *(["250-AUTH PLAIN"] if self._password else []), "250 8BITMIME")
            elif word == "AUTH":
                given = base64.b64decode(line.rpartition(" ")[2]).decode().split("\0")[-1]
                await say("235 welcome" if given == self._password else "535 wrong password")
            elif word == "MAIL":
                sender, recipients = _address(line), []
                await say("250 ok")
            elif word == "RCPT":
                refusal = self.refusals.get(_address(line))
                if refusal is None:
                    recipients.append(_address(line))
                await say(refusal or "250 ok")
            elif word == "DATA":
                await say("354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                refusal = self.refusals.get("DATA")
                if refusal is None:
                    unstuffed = content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
                    message = message_from_bytes(unstuffed.replace(b"\r\n", b"\n"), policy=policy.default)
                    assert isinstance(message, EmailMessage)
                    self.mails.append(Mail(sender, tuple(recipients), message))
                await say(refusal or "250 taken")
            elif word == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


@asynccontextmanager
async def mail_server(password: str | None = None) -> AsyncIterator[ScriptedMailServer]:
    """The server, on a free port of the loopback."""
    scripted = ScriptedMailServer(password)
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
