"""Makes the TLS of a service that has its own: by whose word it is believed, and by which certificate it knows us."""

import os
import ssl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from engine.services.registry import TlsIdentity

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate

PASSWORD_BYTES = 32


class UnsoundTls(ValueError):
    """A `field` of a TLS identity that nothing can be done with; the message quotes none of it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def require_sound(tls: TlsIdentity, now: datetime | None = None) -> None:
    """Raise `UnsoundTls` for what cannot be used, and for what has expired `now`, where that is asked."""
    if tls.ca is None and tls.certificate is None and tls.key is None:
        raise UnsoundTls("ca", "give a ca, or a certificate with its key, or leave tls out")
    if tls.ca is not None:
        vouching = _certificates("ca", tls.ca)
        if now is not None and all(each.not_valid_after_utc <= now for each in vouching):
            raise _expired("ca", vouching[-1].not_valid_after_utc)
    if tls.certificate is None and tls.key is not None:
        raise UnsoundTls("certificate", "is missing: a key comes with the certificate that was made for it")
    if tls.certificate is not None:
        _require_pair(tls.certificate, tls.key, now)
    try:
        tls_context(tls)
    except ssl.SSLError as error:
        said = f"OpenSSL does not take it: {error.reason or 'it is not valid'}"
        raise UnsoundTls("ca" if tls.certificate is None else "certificate", said) from None


def tls_context(tls: TlsIdentity) -> ssl.SSLContext:
    """What TLS is made by. An own CA stands in the place of those of the machine. Takes a moment: it reads files."""
    own = None if tls.ca is None else _plain(_certificates("ca", tls.ca))
    context = ssl.create_default_context(cadata=own)
    context.set_alpn_protocols(["http/1.1"])
    if tls.certificate is not None and tls.key is not None:
        _load(context, _plain(_certificates("certificate", tls.certificate)), _key(tls.key))
    return context


def expires_at(tls: TlsIdentity) -> datetime | None:
    """Until when our certificate holds; None where there is none."""
    return None if tls.certificate is None else _certificates("certificate", tls.certificate)[0].not_valid_after_utc


def _require_pair(certificate: str, key: str | None, now: datetime | None) -> None:
    own = _certificates("certificate", certificate)[0]
    if now is not None and own.not_valid_after_utc <= now:
        raise _expired("certificate", own.not_valid_after_utc)
    if key is None:
        raise UnsoundTls("key", "is missing: give the private key that the certificate was made for")
    if _key(key).public_key() != own.public_key():
        raise UnsoundTls("key", "does not match: give the private key of the first certificate in certificate")


def _expired(field: str, at: datetime) -> UnsoundTls:
    return UnsoundTls(field, f"expired at {at:%Y-%m-%dT%H:%M:%SZ}: give one that still holds")


def _certificates(field: str, pem: str) -> "list[Certificate]":
    from cryptography.x509 import load_pem_x509_certificates  # who has no service of this kind need not load it

    try:
        return load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise UnsoundTls(field, "is no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----") from None


def _key(pem: str) -> "PrivateKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise UnsoundTls("key", "has a password: give it without one, it is kept encrypted here") from None
    except (ValueError, UnsupportedAlgorithm):
        message = "is no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----"
        raise UnsoundTls("key", message) from None


def _plain(certificates: "list[Certificate]") -> str:
    """The certificates alone: people write other things between them, which OpenSSL wants in ASCII."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates)


def _load(context: ssl.SSLContext, certificates: str, key: "PrivateKeyTypes") -> None:
    """The `ssl` module takes a key from a file alone: there it is encrypted, by a password for this once."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    password = os.urandom(PASSWORD_BYTES).hex().encode()
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    with _file_of(certificates.encode() + sealed) as path:
        context.load_cert_chain(path, password=password)


@contextmanager
def _file_of(content: bytes) -> Iterator[str]:
    """A file for a moment, in memory where the system has such: a container may have no folder to write into."""
    if sys.platform == "linux":
        with os.fdopen(os.memfd_create("tls"), "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
    else:
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            yield file.name
