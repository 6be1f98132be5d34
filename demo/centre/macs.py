"""Hardware addresses of what is plugged into the switches."""

from __future__ import annotations

from collections.abc import Mapping

from demo.centre.plan import Centre

# A locally administered address is nobody's; those of a stranger are of the block for documentation (RFC 7042).
PREFIX, STRANGER = b"\x02\x30", bytes.fromhex("00005e005342")
SWITCHES = ("core", "access")


def macs(centre: Centre) -> Mapping[str, bytes]:
    """By the id of a node, or of a line: then it is that of the carrier's device. A part of a centre has
    those of the whole."""
    whole = centre.whole
    names = [node.id for node in whole.nodes.values() if node.behind and node.kind not in SWITCHES]
    return {
        name: PREFIX + number.to_bytes(2, "big") + b"\x00\x01" for number, name in enumerate((*names, *whole.lines))
    }
