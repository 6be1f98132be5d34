"""What TLS showed, as series."""

from __future__ import annotations

import re

from agent.core.text import clean
from agent.core.tls import Attributes, Handshake, Tls
from exporters.probe.run import Run

NEVER = -62135596800  # the year 1, which Go's time begins with: where nothing was verified there is no chain
VERSIONS = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}

# Attributes that Go has names for, in the order in which it writes them (crypto/x509/pkix); of the first two the last
# value counts, of the others all. Those that it has none for follow, the last first, in DER.
NAMED = {
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.3": "CN",
    "2.5.4.11": "OU",
    "2.5.4.10": "O",
    "2.5.4.17": "POSTALCODE",
    "2.5.4.9": "STREET",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.6": "C",
}
SINGLE = ("SERIALNUMBER", "CN")
ESCAPED = re.compile(r'[,+"\\<>;]|^[ #]| $')
PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")  # ASN.1's PrintableString
LONGEST = 2000  # characters
PRINTABLE_STRING, UTF8_STRING = 0x13, 0x0C


def tell(run: Run, seen: Handshake, wanted: Tls) -> None:
    if not seen.chain:
        return
    leaf = seen.chain[0]
    # The help is blackbox_exporter's, as are the names.
    run.gauge("probe_ssl_earliest_cert_expiry", "Returns last SSL chain expiry in unixtime", seen.expiry or NEVER)
    run.gauge(
        "probe_ssl_last_chain_expiry_timestamp_seconds",
        "Returns last SSL chain expiry in timestamp",
        min((each.not_after for each in seen.path), default=NEVER) if wanted.verify else NEVER,
    )
    run.gauge(
        "probe_ssl_last_chain_info",
        "Contains SSL leaf certificate information",
        1,
        fingerprint_sha256=leaf.fingerprint,
        issuer=written(leaf.issuer_attributes),
        subject=written(leaf.subject_attributes),
        subjectalternative=",".join(leaf.names),
    )
    version = VERSIONS.get(seen.version, "unknown")
    run.gauge("probe_tls_version_info", "Returns the TLS version used or NaN when unknown", 1, version=version)


def written(attributes: Attributes) -> str:
    """A subject as Go writes it."""
    parts = []
    for number, name in NAMED.items():
        values = [f"{name}={_escaped(value)}" for each, value in attributes if each == number]
        parts.append("+".join(values[-1:] if name in SINGLE else values))
    others = (f"{number}=#{_der(value).hex()}" for number, value in reversed(attributes) if number not in NAMED)
    return clean(",".join(each for each in (*parts, *others) if each), LONGEST)


def _escaped(value: str) -> str:
    return ESCAPED.sub(lambda found: f"\\{found[0]}", value)


def _der(value: str) -> bytes:
    raw = value.encode()
    length = len(raw).to_bytes(2).lstrip(b"\0") if raw else b"\0"
    head = length if len(raw) < 128 else bytes([0x80 | len(length)]) + length
    return bytes([PRINTABLE_STRING if PRINTABLE.fullmatch(value) else UTF8_STRING]) + head + raw
