"""The secret of HS256 bearer tokens: the one that is set, else in the test environment one that is made and kept."""

import secrets

from app.credentials.token_keys import MIN_SECRET_BYTES
from app.settings.kept_secret import kept_secret
from app.settings.settings import Environment, Settings

SECRET_FILE = "token_secret"  # noqa: S105 - the name of a file


def token_secret(settings: Settings) -> str | None:
    """The secret, or None where tokens are signed by others alone, or not taken at all.

    Raises `SettingsError` where it can neither be read nor made.
    """
    if settings.jwt_secret:
        return settings.jwt_secret
    if settings.environment is not Environment.TEST or settings.jwt_keys_file or settings.jwt_jwks_url:
        return None
    file = settings.data_dir / SECRET_FILE
    return kept_secret(file, _new, _checked, what="the secret that signs bearer tokens", setting="JWT_SECRET")


def _new() -> str:
    return secrets.token_urlsafe(MIN_SECRET_BYTES)


def _checked(text: str) -> str:
    if len(text.encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"a secret has at least {MIN_SECRET_BYTES} bytes")
    return text
