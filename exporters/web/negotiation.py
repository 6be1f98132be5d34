"""Negotiation: what a client asked for, by its headers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

OPENMETRICS_TYPE = "application/openmetrics-text"
# Headers by which a browser page of another origin, or a proxy that hides the client, gives itself away: lower case, by
# their beginning, for there is X-Forwarded-For, -Host, -Proto and more.
FOREIGN = ("origin", "forwarded", "via", "x-forwarded-", "x-real-ip")


def _entries(header: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Value, parameters and quality of each entry of an Accept-like header."""
    for entry in header.split(","):
        value, *rest = (part.strip().lower() for part in entry.split(";"))
        parameters = dict(part.partition("=")[::2] for part in rest)
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            quality = 0.0
        yield value, {name: text.strip('"') for name, text in parameters.items()}, quality


def wants_openmetrics(accept: str) -> bool:
    """Whether OpenMetrics 1.0 was asked for at least as much as the text format."""
    wanted = text = 0.0
    for value, parameters, quality in _entries(accept):
        if value == OPENMETRICS_TYPE and parameters.get("version", "1.0.0") == "1.0.0":
            wanted = max(wanted, quality)
        elif value == "text/plain":
            text = max(text, quality)
    return wanted > 0 and wanted >= text


def wants_gzip(accept_encoding: str) -> bool:
    qualities = {value: quality for value, _, quality in _entries(accept_encoding)}
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0


def wants_html(accept: str) -> bool:
    return any(value == "text/html" and quality > 0 for value, _, quality in _entries(accept))


def may_name_this_machine(host: str) -> bool:
    """Whether a Host header is an address or a name without a dot. A web page that has its own public name pointed at a
    loopback address (DNS rebinding) must not read what stands there."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return "." not in name
    return True


def is_loopback(address: str | None) -> bool:
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def from_another_page(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of another origin sends this. Other programs say nothing of the kind."""
    return headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")


def from_here(remote: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a program on this machine, not from a web page or through a proxy."""
    site = headers.get("Sec-Fetch-Site", "none")
    return is_loopback(remote) and site == "none" and not any(name.lower().startswith(FOREIGN) for name in headers)
