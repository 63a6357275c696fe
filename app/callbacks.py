"""What deliveries need from outside the engine: the keys that sign them, what they carry, the mail server."""

from typing import Any
from urllib.parse import unquote, urlsplit

from app.settings.kept_secret import kept_secret
from app.settings.settings import Settings
from engine.callbacks.carriers import Describe
from engine.callbacks.mail import MailServer
from engine.callbacks.signature import new_secret, read_secret
from models.words import CredentialKind, Role
from resolvers.context import Context, Services, Viewer
from resolvers.executions.executions import get_execution
from rest_compat.execution_bodies import EXECUTION

SUBMISSION_PORT, IMPLICIT_TLS_PORT = 587, 465
SECRET_FILE = "callback_secret"  # noqa: S105 - the name of a file


def callback_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys by which callbacks are signed: those of the settings, else the one kept in the data directory.

    Raises `SettingsError` where that one can neither be read nor made.
    """
    if settings.callback_secrets:
        return settings.callback_secrets
    file = settings.data_dir / SECRET_FILE
    what = "the secret that signs callbacks"
    return (kept_secret(file, new_secret, read_secret, what=what, setting="CALLBACK_SECRETS"),)


def execution_object(services: Services) -> Describe:
    """Say what a callback carries: what `GET /workflows/executions/{id}` answers."""

    async def describe(tenant: str, execution_id: str) -> dict[str, Any]:
        ctx = Context(Viewer("callbacks", tenant, Role.OPERATOR, credential=CredentialKind.SYSTEM), services)
        return EXECUTION.of(await get_execution(ctx, execution_id))

    return describe


def mail_server(settings: Settings) -> MailServer | None:
    """By which server mail goes out; None where the operator has named none."""
    if not settings.smtp_url:
        return None
    parts = urlsplit(settings.smtp_url)
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or (IMPLICIT_TLS_PORT if is_tls else SUBMISSION_PORT),
        sender=settings.smtp_sender,
        is_tls=is_tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
