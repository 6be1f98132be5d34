"""What a TLS handshake shows of an application: how long its certificates last, whether they are accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.core.model import Diagnosis, Failure, Sample
from agent.core.tls import Handshake
from collectors.application import metrics, words
from collectors.application.part import Fault

SOON = 30 * 86400.0  # seconds before its end in which people are told of it
NOT_VERIFIED = "not verified"
# What a server says of a client's certificate (RFC 8446 section 6.2), in OpenSSL's words.
OURS = re.compile(r"\balert (?:certificate|(?:bad|unsupported) certificate|unknown ca)\b")


def samples(shown: Handshake) -> Iterator[Sample]:
    yield Sample(metrics.WEAK, float(shown.weak))
    if not shown.chain or shown.expiry is None:
        return
    subject = (shown.chain[0].subject,)
    yield Sample(metrics.EXPIRY, shown.expiry, subject)
    if shown.why_not != NOT_VERIFIED:
        yield Sample(metrics.CHAIN_VALID, float(shown.trusted), subject)
    yield Sample(metrics.NAME_VALID, float(shown.name_valid), subject)


def fault(shown: Handshake | None, name: str, now: float) -> Fault:
    """Why a certificate was not accepted."""
    if shown is None:
        return Fault(words.UNTRUSTED)
    if shown.expiry is not None and shown.expiry <= now:
        return Fault(words.EXPIRED, shown.expiry)
    if any(each.not_before > now for each in shown.chain):
        return Fault(words.NOT_YET)
    if shown.trusted and not shown.name_valid:
        return Fault(words.WRONG_NAME.format(name=name))
    return Fault(words.UNTRUSTED)


def of_ours(failure: Failure) -> Fault | None:
    """Where the server ended TLS because of the certificate that it was shown, or was not."""
    return Fault(words.OURS) if OURS.search(failure.message) else None


def warning(shown: Handshake, now: float) -> Diagnosis | None:
    """A certificate that ends soon, or has ended and is taken all the same."""
    end = shown.expiry
    if end is None or end > now + SOON:
        return None
    return Diagnosis(words.EXPIRING if end > now else words.LAPSED, end)
