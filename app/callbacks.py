"""What callbacks need from outside the engine: the keys that sign them, and the object that they carry."""

from typing import Any

from app.settings.kept_secret import kept_secret
from app.settings.settings import Settings
from engine.callbacks.delivery import Describe
from engine.callbacks.signature import new_secret, read_secret
from models.words import CredentialKind, Role
from resolvers.context import Context, Services, Viewer
from resolvers.executions.executions import get_execution
from rest_compat.execution_bodies import EXECUTION

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
