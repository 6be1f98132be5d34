"""IF-MIB (RFC 2863): what a switch tells of its ports."""

from __future__ import annotations

from collections.abc import Collection

from agent.core.smi import Counter32, Counter64, Gauge32, TimeTicks
from demo.devices.device import Objects, Value, row, text, ticks
from demo.devices.port import LOOPBACK, Port

IF_NUMBER = "1.3.6.1.2.1.2.1.0"
IF_ENTRY, IF_X_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
UP, DOWN = 1, 2
# Columns of ifXTable with 32 and with 64 bits.
CASTS = {2: "in_multicast", 3: "in_broadcast", 4: "out_multicast", 5: "out_broadcast"}
WIDE = {
    6: "in_octets",
    7: "in_unicast",
    8: "in_multicast",
    9: "in_broadcast",
    10: "out_octets",
    11: "out_unicast",
    12: "out_multicast",
    13: "out_broadcast",
}
SATURATED = 2**32 - 1  # what ifSpeed says of everything that is faster


def interfaces(ports: Collection[Port]) -> Objects:
    found: Objects = {IF_NUMBER: len(ports)}
    for port in ports:
        found.update(row(IF_ENTRY, port.index, _if_entry(port)))
        found.update(row(IF_X_ENTRY, port.index, _if_x_entry(port)))
    return found


def mac(number: int) -> bytes:
    """A locally administered address, so that it is nobody's."""
    return b"\x02\x53\x57" + number.to_bytes(8, "big")[-3:]


def _if_entry(port: Port) -> dict[int, Value]:
    count = port.counts.get
    return {
        1: port.index,
        2: text(port.descr or port.name),
        3: port.type,
        4: 1500,
        5: Gauge32(min(port.megabits * 10**6, SATURATED)),
        6: b"" if port.type == LOOPBACK else mac(port.index),
        7: DOWN if port.shut else UP,
        8: UP if port.up else DOWN,
        9: ticks(port.changed),
        10: _low(count("in_octets", 0)),
        11: _low(count("in_unicast", 0)),
        13: _low(count("in_discards", 0)),
        14: _low(count("in_errors", 0)),
        16: _low(count("out_octets", 0)),
        17: _low(count("out_unicast", 0)),
        19: _low(count("out_discards", 0)),
        20: _low(count("out_errors", 0)),
    }


def _if_x_entry(port: Port) -> dict[int, Value]:
    columns: dict[int, Value] = {1: text(port.name)}
    for column, name in CASTS.items():
        columns[column] = _low(port.counts.get(name, 0))
    if port.wide:
        for column, name in WIDE.items():
            columns[column] = Counter64(port.counts.get(name, 0) % 2**64)
    columns |= {15: Gauge32(port.megabits), 17: 1 if port.megabits else 2, 18: text(port.alias), 19: TimeTicks(0)}
    return columns


def _low(count: int) -> Counter32:
    return Counter32(count % 2**32)
