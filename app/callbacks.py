"""What callbacks need from outside the engine: the keys that sign them, and the object that they carry."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.settings import Settings, SettingsError
from engine.callback_signature import new_secret, read_secret
from engine.callbacks import Describe
from models.words import CredentialKind, Role
from resolvers.context import Context, Services, Viewer
from resolvers.executions import get_execution

SECRET_FILE = "callback_secret"  # noqa: S105 - the name of a file


def callback_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys by which callbacks are signed: those of the settings, else the one kept in the data directory.

    Raises `SettingsError` where that one can neither be read nor made.
    """
    if settings.callback_secrets:
        return settings.callback_secrets
    file = settings.data_dir / SECRET_FILE
    try:
        if not file.exists():
            _keep_new_secret(file)
        return (read_secret(file.read_text().strip()),)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the secret that signs callbacks cannot be kept in {file}: {error}; mend that, or set "
            "ORCHESTRATOR_CALLBACK_SECRETS"
        ) from None


def execution_object(services: Services) -> Describe:
    """Say what a callback carries: what `GET /workflows/executions/{id}` answers."""

    async def describe(tenant: str, execution_id: str) -> dict[str, Any]:
        from rest_compat.responses import execution_body  # what runs without callbacks need not load the REST edge

        ctx = Context(Viewer("callbacks", tenant, Role.OPERATOR, credential=CredentialKind.SYSTEM), services)
        return execution_body(await get_execution(ctx, execution_id))

    return describe


def _keep_new_secret(file: Path) -> None:
    """Write a new secret for the owner's eyes alone: whole or not at all, and never over another one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with open(draft, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as writing:
        writing.write(new_secret() + "\n")
    try:
        with suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
