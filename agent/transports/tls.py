"""TLS by OpenSSL: the context for what is wanted, and what a handshake showed, as nouns of agent.core.tls.

A certificate that is not trusted ends a verifying handshake before it can be looked at, and OpenSSL names the first
fault only. So what is wrong is told by further handshakes, which nothing is ever sent through (`inspect`).
"""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.core.text import clean
from agent.core.tls import Attributes, Certificate, Handshake, Tls

if TYPE_CHECKING:
    from cryptography import x509

HELD = 2**16  # bytes that may wait to be read; asyncio stops reading from the socket at twice this
PARTING = 0.5  # seconds for TLS to say goodbye
LONGEST_CHAIN = 20  # certificates read of what a server sends
NAMES = 200  # names read of one certificate
ENCODING_DER = 2  # _ssl.ENCODING_DER
OP_LEGACY_SERVER_CONNECT = 0x4  # ssl has this name from Python 3.12 on
WRONG_NAME = (62, 64)  # OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH
VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
# Beside RFC 4514's own, the short names that Go writes in a subject.
SHORT = {"2.5.4.5": "SERIALNUMBER", "2.5.4.17": "POSTALCODE"}
ANYTHING = Tls(verify=False, minimum="TLSv1")


def context(wanted: Tls, *, check_name: bool = True) -> ssl.SSLContext:
    """For a client; made once for the same files. CannotAsk(missing) names the file that cannot be used."""
    files = [each for each in (wanted.ca, wanted.certificate, wanted.key) if each is not None]
    named = wanted if wanted.name is None else replace(wanted, name=None)
    return _context(named, check_name and wanted.verify, tuple(_changed(each) for each in files))


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError as error:
        raise CannotAsk("missing", f"{path}: {error.strerror}; put the path of this PEM file right") from None


@lru_cache(256)
def _context(wanted: Tls, check_name: bool, _files: tuple[int, ...]) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = check_name
    made.verify_mode = ssl.CERT_REQUIRED if wanted.verify else ssl.CERT_NONE
    if wanted.verify:
        _trust(made, wanted)
    if wanted.certificate is not None:
        try:
            made.load_cert_chain(wanted.certificate, wanted.key, password=_no_password)
        except (ssl.SSLError, OSError) as error:
            raise _unusable(f"{wanted.certificate}, {wanted.key or 'without a key file'}", error) from None
    if wanted.minimum in ("TLSv1", "TLSv1.1"):
        # OpenSSL 3 signs as TLS 1.1 does only below its security level 1.
        made.set_ciphers("DEFAULT:@SECLEVEL=0")
        made.options |= OP_LEGACY_SERVER_CONNECT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that a version is old is what is to be found out
        made.minimum_version = VERSIONS[wanted.minimum]
        if wanted.maximum is not None:
            made.maximum_version = VERSIONS[wanted.maximum]
    if wanted.alpn:
        made.set_alpn_protocols(list(wanted.alpn))
    return made


def _trust(made: ssl.SSLContext, wanted: Tls) -> None:
    if wanted.ca is None:
        made.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return
    try:
        made.load_verify_locations(wanted.ca)
    except (ssl.SSLError, OSError) as error:
        raise _unusable(wanted.ca, error) from None


def _no_password() -> str:
    """Without this OpenSSL asks for the password of a key on the terminal."""
    return ""


def _unusable(path: str, error: OSError) -> CannotAsk:
    reason = getattr(error, "reason", None) or error.strerror or str(error)
    return CannotAsk("missing", f"{path}: not usable as PEM ({clean(str(reason))}); a key must have no password")


def refused(error: BaseException, place: str) -> ReachError:
    """What a failed handshake means: a protocol failure whose text says why, in OpenSSL's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unanswered("certificate", f"{place}: certificate not accepted: {clean(error.verify_message)}")
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error) or "closed"
    return Unanswered("protocol", f"{place}: no TLS: {clean(str(reason)).replace('_', ' ').lower()}")


def shown(spoken: ssl.SSLObject | ssl.SSLSocket, name: str, seconds: float = 0.0) -> Handshake:
    """What a handshake that was done showed; `name` is what the certificate should be for."""
    # The methods are public from Python 3.13 on.
    inner: Any = spoken if hasattr(spoken, "get_unverified_chain") else getattr(spoken, "_sslobj")  # noqa: B009
    chain = tuple(certificates(_encoded(inner.get_unverified_chain())))
    verified = spoken.context.verify_mode == ssl.CERT_REQUIRED
    cipher = spoken.cipher()
    return Handshake(
        version=spoken.version() or "",
        cipher=cipher[0] if cipher else "",
        chain=chain,
        path=tuple(certificates(_encoded(inner.get_verified_chain()))) if verified else (),
        why_not="" if verified else "not verified",
        name_valid=bool(chain) and chain[0].fits(name),
        alpn=spoken.selected_alpn_protocol(),
        seconds=seconds,
    )


def _encoded(chain: Sequence[Any] | None) -> list[bytes]:
    """DER: Python 3.13 gives it; the private method before gives objects (None without a certificate)."""
    listed = (chain or ())[:LONGEST_CHAIN]
    return [each if isinstance(each, bytes) else each.public_bytes(ENCODING_DER) for each in listed]


def certificates(encoded: Iterable[bytes]) -> Iterable[Certificate]:
    """Those that can be read, of certificates in DER."""
    for each in encoded:
        try:
            yield _read(each)
        except ValueError:
            continue


@lru_cache(1024)
def _read(encoded: bytes) -> Certificate:
    """ValueError if it is no certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what cryptography finds odd in foreign certificates
        found = x509.load_der_x509_certificate(encoded)
        names, addresses = _names(found)
        return Certificate(
            subject=_text(found, "subject"),
            issuer=_text(found, "issuer"),
            names=names,
            addresses=addresses,
            not_before=found.not_valid_before_utc.timestamp(),
            not_after=found.not_valid_after_utc.timestamp(),
            serial=f"{found.serial_number:x}",
            fingerprint=found.fingerprint(SHA256()).hex(),
            subject_attributes=_attributes(found, "subject"),
            issuer_attributes=_attributes(found, "issuer"),
        )


def _text(found: x509.Certificate, field: str) -> str:
    from cryptography.x509 import ObjectIdentifier

    short = {ObjectIdentifier(number): name for number, name in SHORT.items()}
    try:
        return clean(getattr(found, field).rfc4514_string(short), 300)
    except (ValueError, TypeError):
        return ""


def _attributes(found: x509.Certificate, field: str) -> Attributes:
    try:
        each = [(one.oid.dotted_string, one.value) for one in getattr(found, field)][:NAMES]
    except (ValueError, TypeError):
        return ()
    return tuple((number, value[:300]) for number, value in each if isinstance(value, str))


def _names(found: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """DNS names and IP addresses; none if the extension is missing or cannot be read."""
    from cryptography import x509

    try:
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError, TypeError):
        return (), ()
    names = listed.get_values_for_type(x509.DNSName)[:NAMES]
    addresses = listed.get_values_for_type(x509.IPAddress)[:NAMES]
    return tuple(clean(name, 253) for name in names), tuple(str(each) for each in addresses)


@dataclass(frozen=True, slots=True)
class Secured:
    """The reader and writer of a connection that speaks TLS, and what its handshake showed.

    `plain` is kept, since asyncio closes the connection of a writer that nobody holds."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    handshake: Handshake
    plain: asyncio.StreamWriter


async def secure(plain: asyncio.StreamWriter, wanted: Tls, name: str, *, check_name: bool = True) -> Secured:
    """TLS over a plain connection that stands, whose own reader and writer are of no use any more: what came unread
    before TLS is not taken for what came through it. The caller bounds the time and closes the plain connection.
    ssl.SSLError, another OSError or CannotAsk if it fails."""
    began = perf_counter()
    loop = asyncio.get_running_loop()
    asked = wanted.name or name
    reader = asyncio.StreamReader(limit=HELD)
    protocol = asyncio.StreamReaderProtocol(reader)
    made = await loop.start_tls(
        plain.transport,
        protocol,
        context(wanted, check_name=check_name),
        server_hostname=asked,
        ssl_shutdown_timeout=PARTING,
    )
    if made is None:  # the connection was closed meanwhile
        raise ConnectionResetError(errno.ECONNRESET, "closed in the handshake")
    protocol.connection_made(made)
    writer = asyncio.StreamWriter(made, protocol, reader, loop)
    return Secured(reader, writer, shown(made.get_extra_info("ssl_object"), asked, perf_counter() - began), plain)


Opening = Callable[[], AbstractAsyncContextManager[asyncio.StreamWriter]]


async def inspect(opening: Opening, wanted: Tls, name: str, error: ssl.SSLCertVerificationError) -> Handshake | None:
    """What a server showed whose certificate was not accepted; None if it does not show it again.

    `opening` connects and speaks until the server waits for TLS. OpenSSL looks at the name before the dates and
    signatures, so a wrong name says nothing of the chain: it is verified once more without the name.
    """
    why_not = clean(error.verify_message)
    if error.verify_code in WRONG_NAME:
        try:
            return await _once_more(opening, wanted, name)
        except ssl.SSLCertVerificationError as further:
            why_not = clean(further.verify_message)
        except OSError:
            return None
    anything = replace(ANYTHING, certificate=wanted.certificate, key=wanted.key, alpn=wanted.alpn, name=wanted.name)
    try:
        return replace(await _once_more(opening, anything, name), why_not=why_not)
    except OSError:
        return None


async def _once_more(opening: Opening, wanted: Tls, name: str) -> Handshake:
    async with opening() as plain:
        made = await secure(plain, wanted, name, check_name=False)
        made.writer.transport.abort()
        return made.handshake
