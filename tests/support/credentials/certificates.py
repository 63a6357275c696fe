"""Makes CAs and what they sign, for services that speak TLS and those who call them."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

DAY = timedelta(days=1)


class Pair:
    """A certificate with its key, in PEM."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate.public_bytes(Encoding.PEM).decode()
        self.key = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        locked = BestAvailableEncryption(b"geheim")
        self.locked_key = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()


class OwnCA:
    """A CA that nobody knows but who is given its certificate."""

    def __init__(self, name: str = "Own CA", days: int = 1) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        self.pem = self._signed(self._name, self._key, days, x509.BasicConstraints(ca=True, path_length=None)).decode()

    def pair(self, name: str = "localhost", days: int = 1) -> Pair:
        """A certificate that it signs, good for so many days from now on; below 0: until so many ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.SubjectAlternativeName([x509.DNSName(name)])
        return Pair(x509.load_pem_x509_certificate(self._signed(_name(name), key, days, alternative)), key)

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, extension: x509.ExtensionType
    ) -> bytes:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(issuer_name=self._name, subject_name=subject, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 10 * DAY)
            .not_valid_after(now + days * DAY)
            .add_extension(extension, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(Encoding.PEM)


def server_tls(folder: Path, own: Pair, clients: str | None = None) -> ssl.SSLContext:
    """The TLS of a server, which asks for a certificate of the CA `clients`, where there is one."""
    file = folder / "server.pem"
    file.write_text(own.certificate + own.key)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=clients)
    tls.load_cert_chain(file)
    if clients is not None:
        tls.verify_mode = ssl.CERT_REQUIRED
    return tls


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
