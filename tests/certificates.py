"""Certificates of the tests' own authorities, and contexts of servers that show them."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key; `chain` are those that a server sends after it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def pem(self) -> bytes:
        return b"".join(each.public_bytes(Encoding.PEM) for each in (self.certificate, *self.chain))

    def file(self, folder: Path, name: str) -> str:
        """A PEM file with the certificates only."""
        path = folder / name
        path.write_bytes(self.pem())
        return str(path)

    def with_key(self, folder: Path, name: str) -> str:
        path = folder / name
        path.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + self.pem())
        return str(path)

    def server(self, folder: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.with_key(folder, f"server-{self.certificate.serial_number:x}.pem"))
        return context


def issue(
    name: str,
    names: Sequence[str] = (),
    *,
    by: Issued | None = None,
    authority: bool = False,
    begins: timedelta = -DAY,
    ends: timedelta = 90 * DAY,
    more: Sequence[tuple[str, str]] = (),
) -> Issued:
    """Signed by `by`, else by itself; `names` are its DNS names and IP addresses, `more` goes into its subject, by
    object identifier."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "普陀区"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
            *(x509.NameAttribute(x509.ObjectIdentifier(number), value) for number, value in more),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(each) for each in names]), critical=False)
    certificate = builder.sign(by.key if by else key, SHA256())
    below = by is not None and by.certificate.issuer != by.certificate.subject
    return Issued(certificate, key, (by.certificate, *by.chain) if by is not None and below else ())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
