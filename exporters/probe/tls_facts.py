"""What TLS showed, as series."""

from __future__ import annotations

from agent.core.tls import Handshake, Tls
from exporters.probe.run import Run

NEVER = -62135596800  # the year 1, which Go's time begins with: where nothing was verified there is no chain
VERSIONS = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}


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
        issuer=leaf.issuer,
        subject=leaf.subject,
        subjectalternative=",".join(leaf.names),
    )
    version = VERSIONS.get(seen.version, "unknown")
    run.gauge("probe_tls_version_info", "Returns the TLS version used or NaN when unknown", 1, version=version)
