"""What may be shown of settings that hold a secret among other things: addresses with a password, headers."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from app.settings.definition import hidden

HIDDEN = "***"
SHOWN = frozenset({"host", "port", "db", "ssl", "sslmode", "timeout"})


def without_password(url: str) -> str:
    """An address without its password; drivers take passwords in its query too, of which only the place is shown."""
    try:
        parts = urlsplit(url)
        is_secret = bool(parts.password)
    except ValueError:
        return hidden(url)
    place = parts.netloc
    if is_secret:
        place = f"{parts.username or ''}:{HIDDEN}@{place.rpartition('@')[2]}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(f"{name}={value if name in SHOWN else HIDDEN}" for name, value in pairs)
    return f"{parts.scheme}://{place}{parts.path}{'?' if query else ''}{query}"


def services_without_secrets(text: str) -> str:
    """The services, without the values of their headers and the passwords in their addresses."""
    try:
        services = json.loads(text)
    except ValueError:
        return hidden(text)
    if not isinstance(services, dict):
        return hidden(text)
    return json.dumps({name: _service(service) for name, service in services.items()}, ensure_ascii=False)


def _service(service: object) -> object:
    if isinstance(service, str):
        return without_password(service)
    if not isinstance(service, Mapping):
        return HIDDEN
    shown = dict(service)
    if "url" in shown:
        shown["url"] = without_password(str(shown["url"]))
    if isinstance(shown.get("headers"), Mapping):
        shown["headers"] = dict.fromkeys(shown["headers"], HIDDEN)
    return shown
