"""Reports: what a device says instead of an answer (RFC 3414 section 5, RFC 3412 section 5, RFC 3413 section 4.1.2).

A report names a counter that went up. Most are unsigned, because the device could not know the user, so they can be
forged by whoever sees our messages: none of them makes us send anything in the clear or believe an answer.
"""

from __future__ import annotations

from typing import NamedTuple

from agent.transports.snmp import oid

_USM, _MPD, _CONTEXT = "1.3.6.1.6.3.15.1.1", "1.3.6.1.6.3.11.2.1", "1.3.6.1.6.3.12.1"
(
    UNSUPPORTED_SEC_LEVELS,
    NOT_IN_TIME_WINDOWS,
    UNKNOWN_USER_NAMES,
    UNKNOWN_ENGINE_IDS,
    WRONG_DIGESTS,
    DECRYPTION_ERRORS,
) = (oid.encoded(f"{_USM}.{counter}.0") for counter in range(1, 7))
UNKNOWN_SECURITY_MODELS, INVALID_MSGS, UNKNOWN_PDU_HANDLERS = (
    oid.encoded(f"{_MPD}.{counter}.0") for counter in range(1, 4)
)
UNAVAILABLE_CONTEXTS, UNKNOWN_CONTEXTS = (oid.encoded(f"{_CONTEXT}.{counter}.0") for counter in (4, 5))


class Meaning(NamedTuple):
    """`kind` of the failure, and the rest of a sentence that begins with the device; its fields are a User's."""

    kind: str
    said: str


MEANINGS = {
    UNSUPPORTED_SEC_LEVELS: Meaning(
        "authentication",
        "does not let the user {name} ask with {level}: give the user there what this level needs, or ask as it allows",
    ),
    NOT_IN_TIME_WINDOWS: Meaning(
        "protocol",
        "says that our messages are not in its time window, although they carry its own time: restart its SNMP agent, "
        "try its newest firmware",
    ),
    UNKNOWN_USER_NAMES: Meaning(
        "authentication", "does not know the user {name}: create the user there, or put the name right"
    ),
    UNKNOWN_ENGINE_IDS: Meaning(
        "protocol",
        "gives no engine id, or does not accept the one that it gives: restart its SNMP agent, try its newest firmware",
    ),
    WRONG_DIGESTS: Meaning(
        "authentication",
        "refuses the signature of the user {name}: authentication password or protocol {authentication} wrong?",
    ),
    DECRYPTION_ERRORS: Meaning(
        "authentication",
        "cannot decrypt what the user {name} asks: privacy password or protocol {privacy} wrong?",
    ),
    UNKNOWN_SECURITY_MODELS: Meaning("protocol", "does not speak the user-based model of SNMP version 3"),
    INVALID_MSGS: Meaning("protocol", "calls our message invalid: a fault of its SNMP agent; try its newest firmware"),
    UNKNOWN_PDU_HANDLERS: Meaning(
        "protocol", "has nothing that answers for this context engine: leave context_engine out, or put it right"
    ),
    UNAVAILABLE_CONTEXTS: Meaning("protocol", "says that the context {context} is not available at present"),
    UNKNOWN_CONTEXTS: Meaning("protocol", "does not know the context {context}: put the login's context right"),
}


def meaning(counter: bytes) -> Meaning:
    """Of a report with this counter (an encoded OID); DecodeError if it is no OID."""
    name = oid.shown(counter)
    return MEANINGS.get(counter) or Meaning("protocol", f"answers with a report of {name}, which no standard knows")
