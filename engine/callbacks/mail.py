"""Carries what actions say by mail: one message for each recipient, the same each time that it is sent."""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from engine.callbacks.client import TIMEOUT_SECONDS, Answer, refusal, storable_error
from engine.callbacks.rows import DueDelivery
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.services.addresses import is_loopback
from engine.services.contents import json_content
from engine.services.directory import mocked_callee
from engine.services.mocks import MockServices
from models.commands.mail_addresses import NO_MAIL, domain_of, is_line

if TYPE_CHECKING:
    from aiosmtplib import SMTPException

SERVICE, ENDPOINT, METHOD = "email", "/", "POST"
"""What a mock names that takes mail in the test environment."""

PERMANENT = 500
"""From here on a code of SMTP says that to try again is no use."""


class MailServer(msgspec.Struct, frozen=True):
    """By which server mail goes out, and from whom. It uses TLS from the beginning where it `is_tls`.

    Elsewhere TLS is begun where the server offers it, and must be before a password is sent to another machine.
    """

    host: str
    port: int
    sender: str
    is_tls: bool = False
    user: str | None = None
    password: str | None = None

    @property
    def begins_tls(self) -> bool | None:
        """Whether TLS must be begun; None: where it is offered."""
        if self.is_tls:
            return False
        return True if self.user is not None and not is_loopback(self.host) else None


class EmailCarrier:
    """One connection for each message. In the test environment a mock of the service `email` takes it instead."""

    def __init__(self, server: MailServer | None, clock: Clock, mocks: MockServices | None = None) -> None:
        self._server = server
        self._clock = clock
        self._mocks = mocks

    async def carry(self, delivery: DueDelivery) -> Answer:
        """See `Carrier.carry`."""
        started = self._clock.now()
        mock = self._mocks and self._mocks.take(delivery.tenant, SERVICE, ENDPOINT, METHOD)
        if mock:
            try:
                answer = await mocked_callee(mock).outbound.call(
                    METHOD,
                    mocked_callee(mock).service.url + ENDPOINT,
                    content=json_content(delivery.content or {}),
                    headers={},
                    timeout_seconds=TIMEOUT_SECONDS,
                )
            except ActionFailed as failure:
                return Answer(started, self._clock.now(), error=storable_error(failure.message))
            return Answer(started, self._clock.now(), http_status=answer.status, error=refusal(answer.status))
        error, is_final = (NO_MAIL, False) if self._server is None else await _sent(self._server, delivery)
        shown = None if error is None else storable_error(error)
        return Answer(started, self._clock.now(), error=shown, is_refused_for_good=is_final)


async def _sent(server: MailServer, delivery: DueDelivery) -> tuple[str | None, bool]:
    """Why a mail was not taken, and whether it never will be."""
    from aiosmtplib import SMTPException, send  # it takes a noticeable part of a start

    recipient = recipient_of(delivery.url)
    if delivery.content is not None and not is_line(delivery.content["subject"]):
        return "the subject, with its secrets, is not one line", False
    try:
        await send(
            message_of(delivery.id, recipient, delivery.content or {}, server.sender, delivery.created_at),
            sender=address_of(server.sender),
            recipients=[recipient],
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.is_tls,
            start_tls=server.begins_tls,
            timeout=TIMEOUT_SECONDS,
        )
    except SMTPException as failure:
        return _refusal(failure)
    except OSError as failure:
        return f"the mail server cannot be reached: {failure or type(failure).__name__}", False
    return None, False


def _refusal(failure: "SMTPException") -> tuple[str, bool]:
    """A server that refuses the sender or the password may be set right; a recipient or a text never will be."""
    from aiosmtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

    if isinstance(failure, SMTPRecipientsRefused):
        first = failure.recipients[0]
        return f"the mail server refused the recipient: {first.code} {first.message}", first.code >= PERMANENT
    if isinstance(failure, SMTPResponseException):
        is_final = isinstance(failure, SMTPDataError) and failure.code >= PERMANENT
        return f"the mail server refused it: {failure.code} {failure.message}", is_final
    return f"the mail server failed: {failure.message}", False


def message_of(
    delivery_id: str, recipient: str, content: Mapping[str, Any], sender: str, created_at: datetime
) -> EmailMessage:
    """The message of a delivery. Whoever gets it twice can tell by its `Message-ID`."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(content.get("to", [recipient]))
    message["Subject"] = content["subject"]
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = f"<{delivery_id}@{domain_of(address_of(sender))}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Execution-ID"] = content["execution_id"]
    text, data = content["message"], content.get("data")
    shown = "" if data is None else "\n\n" + msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
    message.set_content(f"{text}{shown}\n")
    return message


def address_of(sender: str) -> str:
    """The address in `Name <address>`, or what is one as a whole."""
    return sender.rpartition("<")[2].rstrip("> ")


def recipient_of(url: str) -> str:
    """The address that a `mailto:` names."""
    return url.removeprefix("mailto:")
