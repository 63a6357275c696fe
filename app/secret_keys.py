"""The keys by which secrets are encrypted: the operator's, or in the test environment one that is made and kept."""

from collections.abc import Sequence

from app.settings.kept_secret import kept_secret
from app.settings.settings import Environment, Settings
from engine.secrets.cipher import new_key, read_key

KEY_FILE = "encryption_key"


def encryption_keys(settings: Settings) -> Sequence[bytes]:
    """The keys, the newest first; none where production has none.

    Raises `SettingsError` where that of the test environment can neither be read nor made.
    """
    if settings.encryption_keys or settings.environment is Environment.PRODUCTION:
        return settings.encryption_keys
    file = settings.data_dir / KEY_FILE
    return [kept_secret(file, new_key, read_key, what="the key that encrypts secrets", setting="ENCRYPTION_KEYS")]
