"""What of a service are credentials that an answer may repeat: no answer may bring them into a journal."""

import base64
import re
from collections.abc import Iterator

from engine.secrets.redaction import Redactor
from engine.services.registry import Service

IS_CREDENTIAL = re.compile(r"authorization|cookie|key|token|secret|password", re.IGNORECASE)
SCHEME = re.compile(r"[A-Za-z0-9-]+")


def credentials(service: Service) -> Redactor:
    """What hides the credentials of a service, whole and in the parts that a service might repeat.

    The key of its certificate is not among them: it is sent to nobody.
    """
    redactor = Redactor()
    if service.client_credentials is not None and service.client_credentials.client_secret is not None:
        redactor.add(f"services.{service.name}.client_secret", service.client_credentials.client_secret)
    if service.proxy is not None and service.proxy.user is not None:
        for part in _parts(f"Basic {base64.b64encode(service.proxy.user.encode()).decode()}"):
            redactor.add(f"services.{service.name}.proxy", part)
    for header, value in service.headers.items():
        if IS_CREDENTIAL.search(header):
            for part in _parts(value):
                redactor.add(f"services.{service.name}.{header.lower()}", part)
    return redactor


def _parts(value: str) -> Iterator[str]:
    yield value
    scheme, _, rest = value.partition(" ")
    for word in re.split(r"[\s;,]+", rest if rest and SCHEME.fullmatch(scheme) else value):
        yield word
        yield word.partition("=")[2]
    if scheme.lower() == "basic":
        user_and_password = _decoded(rest)
        yield user_and_password
        yield user_and_password.partition(":")[2]


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except ValueError:
        return ""
