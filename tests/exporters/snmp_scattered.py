"""Modules and devices without sense, by seed: every type with every other type's values, odd indexes, chained
lookups."""

from __future__ import annotations

import random
import struct
from typing import Any

from tests.exporters.snmp_made import BY_INDEX, BY_TYPE, ROOT
from tests.snmp_agent import Typed, Value, address, counter32, counter64, gauge32, object_id

COLUMNS, ROWS, LOOKED_UP = 80, 5, 7
# BITS that are no octets, and what is no UTF-8, make the other fail as a whole.
TYPES = [*(kind for kind in BY_TYPE if kind != "Bits"), "InetAddress", "InetAddressMissingSize", "LldpPortId"]
LOOKUPS = ["DisplayString", "OctetString", "gauge", "PhysAddress48", "InetAddressIPv4"]
NUMBERS = [0, 1, 2, 3, 4, 16, 97, 126]


def scattered(seed: int) -> tuple[dict[str, Any], dict[str, Value]]:
    dice = random.Random(seed)
    metrics = [_metric(dice, column) for column in range(1, COLUMNS)]
    objects = {
        f"{ROOT}.2.{column}.{row}": _value(dice) for column in range(1, LOOKED_UP + 1) for row in range(ROWS + 3)
    }
    for metric in metrics:
        for row in range(1, ROWS + 1):
            counts = [dice.randrange(20) for _ in metric["indexes"][1:]]
            index = [row, *(dice.choice(NUMBERS) for count in counts for _ in range(count))]
            objects[".".join(map(str, (metric["oid"], *index)))] = _value(dice)
    return {"walk": [ROOT], "metrics": metrics}, objects


def _metric(dice: random.Random, column: int) -> dict[str, Any]:
    kinds = [dice.choice(BY_INDEX)[0] for _ in range(dice.randrange(3))]
    indexes = [{"labelname": f"i{place}", **kind} for place, kind in enumerate([{"type": "gauge"}, *kinds])]
    labels, lookups = [index["labelname"] for index in indexes], []
    for place in range(dice.randrange(4)):
        oid = f"{ROOT}.2.{dice.randint(1, LOOKED_UP)}"
        kind = dice.choice(LOOKUPS)
        lookups.append({"labels": [dice.choice(labels)], "labelname": f"l{place}", "oid": oid, "type": kind})
        labels.append(f"l{place}")
    kind = dice.choice(TYPES)
    states = {"enum_values": {number: f"state {number}" for number in range(5)}} if kind.startswith("Enum") else {}
    metric = {"name": f"m{column}", "oid": f"{ROOT}.1.{column}", "type": kind, "help": "x", **states}
    return {**metric, "indexes": indexes, "lookups": lookups}


def _value(dice: random.Random) -> Value:
    single, double = (dice.choice([dice.random(), dice.uniform(-most, most), 1e-9]) for most in (1e9, 1e19))
    numbers: list[Value] = [
        dice.randrange(10),
        dice.randint(-(2**31), 2**31 - 1),
        counter32(dice.getrandbits(32)),
        counter64(dice.getrandbits(64)),
        gauge32(dice.getrandbits(32)),
        address(".".join(str(dice.randrange(256)) for _ in range(4))),
        object_id("1.3." + ".".join(str(dice.choice([0, 1, 127, 128, 2**31])) for _ in range(dice.randint(1, 5)))),
        Typed(0x44, b"\x9f\x78\x04" + struct.pack(">f", single)),
        Typed(0x44, b"\x9f\x79\x08" + struct.pack(">d", double)),
    ]
    octets = bytes(dice.randrange(128) for _ in range(dice.choice([0, 1, 3, 4, 6, 8, 11, 16, 20])))
    return dice.choice([*numbers, octets, octets, octets])
