"""What settings that can each be read must not be together."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.credentials.token_keys import MIN_SECRET_BYTES
from app.settings.settings import PREFIX, Environment, Settings
from engine.services.addresses import is_loopback
from models.words import NodeKind


def contradictions(settings: Settings) -> Iterator[str]:
    """Yield what is wrong with settings that can be read, each fault with what to set."""
    secret = settings.jwt_secret
    if secret and len(secret.encode()) < MIN_SECRET_BYTES:
        yield f"{PREFIX}JWT_SECRET must have at least {MIN_SECRET_BYTES} bytes, not {len(secret.encode())}"
    if "-----BEGIN" in secret or secret.startswith("ssh-"):
        yield f"{PREFIX}JWT_SECRET is a key, and no secret: set {PREFIX}JWT_KEYS_FILE for public keys"
    if settings.environment is Environment.PRODUCTION and settings.jwt_jwks_url.lower().startswith("http:"):
        yield f"{PREFIX}JWT_JWKS_URL must be an https:// URL in production"
    if settings.environment is Environment.PRODUCTION and _is_open_to_listeners(settings.public_url):
        yield f"{PREFIX}PUBLIC_URL must be an https:// URL in production: who reads a link on its way can use it"
    if settings.is_embedded and settings.node_kind is not NodeKind.ALL:
        yield f"{PREFIX}NODE_KIND {settings.node_kind} needs {PREFIX}DATABASE_URL: many nodes share PostgreSQL"
    if settings.public_url and settings.below != urlsplit(settings.public_url).path:
        yield (
            f"{PREFIX}ROOT_PATH {settings.root_path} is not the path of {PREFIX}PUBLIC_URL {settings.public_url}: "
            "leave it out, or give both the same"
        )
    if bool(settings.smtp_url) is not bool(settings.smtp_sender):
        yield f"{PREFIX}SMTP_URL and {PREFIX}SMTP_SENDER go together: set both, or neither"
    if settings.graphql_only_trusted and settings.graphql_trusted_documents is None:
        yield f"{PREFIX}GRAPHQL_ONLY_TRUSTED needs {PREFIX}GRAPHQL_TRUSTED_DOCUMENTS: a file of documents"


def _is_open_to_listeners(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme.lower() == "http" and not is_loopback(parts.hostname or "")
