"""Listening ports, by /proc/net: it is there on every Linux, and shows all of them without root."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from agent.core.model import Sample
from agent.core.ssh import Answer, Command, reading
from collectors.host import words
from collectors.host.allowed import DANGEROUS, Listener, beyond, unexpected
from collectors.host.metrics import LISTENING
from collectors.host.subject import MINUTE, Subject, Turn

# Those that listen come first in tcp, so that a cut takes only connections.
TABLES = tuple(reading(f"/proc/net/{name}", 128 * 1024) for name in ("tcp", "tcp6", "udp", "udp6"))
RANGE = reading("/proc/sys/net/ipv4/ip_local_port_range", 64)
STATES = {"tcp": "0A", "udp": "07"}  # TCP_LISTEN, TCP_CLOSE: nothing at the other end


def ask(turn: Turn) -> Sequence[Command]:
    return (*TABLES, RANGE)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    *tables, fleeting = answers
    if not tables[0].ok:
        turn.remarks.append(words.LACKING.format(what=words.PORTS, why=tables[0].command.argv[-1]))
        return
    own = _range(fleeting.text)
    found = [
        each
        for table in tables
        for each in listeners(table.text, "udp" if "udp" in table.command.argv[-1] else "tcp")
        # A client's own end of a conversation by UDP looks as if it listened.
        if not (each.protocol == "udp" and each.port in own and each.port not in DANGEROUS)
    ]
    yield from unexpected(found, turn.options.listen)
    turn.remarks.extend(beyond(found, turn.options.listen))


def listeners(text: str, protocol: str) -> Iterator[Listener]:
    """Of a table of /proc/net (proc(5)): addresses are words of 32 bits in the byte order of the host."""
    for line in text.split("\n")[1:]:
        columns = line.split()
        if len(columns) < 4 or columns[3] != STATES[protocol]:
            continue
        address, _, port = columns[1].partition(":")
        try:
            yield Listener(protocol, str(_address(bytes.fromhex(address))), int(port, 16))
        except (ValueError, struct.error):
            continue


def _address(raw: bytes) -> IPv4Address | IPv6Address:
    """Little-endian, as all processors are that such hosts have."""
    words = struct.unpack(f"<{len(raw) // 4}I", raw)
    found = ip_address(struct.pack(f">{len(words)}I", *words))
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _range(text: str) -> range:
    words = text.split()
    if len(words) == 2 and all(word.isdecimal() and len(word) <= 5 for word in words):
        return range(int(words[0]), int(words[1]) + 1)
    return range(32768, 61000)


SUBJECT = Subject("ports", (LISTENING,), ask, read, every=5 * MINUTE)
