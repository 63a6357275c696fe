"""What may be shown of settings that hold a secret among other things: addresses with a password, headers."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from app.settings.definition import hidden

HIDDEN = "***"
OF_WEB = ("http", "https")
SHOWN = frozenset({"host", "port", "db", "ssl", "sslmode", "timeout"})


def without_password(url: str) -> str:
    """An address without its password; drivers take passwords in its query too, of which only the place is shown."""
    try:
        parts = urlsplit(url)
        is_secret = bool(parts.password)
    except ValueError:
        return hidden(url)
    if is_cut_apart(url):
        return hidden(url)
    if not parts.scheme:
        return url
    place = parts.netloc
    if parts.username and not is_secret and parts.scheme in OF_WEB:
        place = f"{HIDDEN}@{place.rpartition('@')[2]}"  # what a site takes there alone is a token
    if is_secret:
        place = f"{parts.username or ''}:{HIDDEN}@{place.rpartition('@')[2]}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(f"{name}={value if name in SHOWN else HIDDEN}" for name, value in pairs)
    return f"{parts.scheme}://{place}{parts.path}{'?' if query else ''}{query}"


def has_user(url: str) -> bool:
    """Whether an address has a user, a password, or what may be a part of either."""
    return "@" in url and (is_cut_apart(url) or "@" in urlsplit(url).netloc)


def is_cut_apart(url: str) -> bool:
    """Whether an `@` stands where a URL has none: a password with `@`, `/`, `?` or `#` in it may be all over the rest.

    The path of a file may have one, and so may the query behind a place that has its own.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "@" in url
    if not parts.netloc:
        return "@" in url and not url.startswith(f"{parts.scheme}:///")
    return "@" in f"{parts.path}{parts.fragment}" or ("@" in parts.query and "@" not in parts.netloc)


def services_without_secrets(text: str) -> str:
    """The services, without the values of their headers, their keys and the passwords in their addresses."""
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
    if "proxy" in shown:
        shown["proxy"] = without_password(str(shown["proxy"]))
    for name in ("client_credentials", "tls"):
        if name in shown:
            shown[name] = HIDDEN
    return shown
