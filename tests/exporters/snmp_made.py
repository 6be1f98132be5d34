"""A module file and a device of our own, with every type of metric, index and lookup that 0.21 knows; and /snmp served
with them."""

from __future__ import annotations

import contextlib
import itertools
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from agent.core.site import Site
from agent.transports.snmp import SnmpWay
from exporters.snmp.scrape import Scrapes
from exporters.web.peers import Peers
from tests.exporters.web_pictures import busy
from tests.exporters.web_serving import Served, serving
from tests.snmp_agent import Typed, Value, address, counter32, counter64, gauge32, object_id, ticks

ROOT = "1.3.6.1.4.1.99999"
STATES = {0: "none", 1: "on", 2: 'half "way"', 7: "back\\slash"}

# type of the metric: values to try it on
BY_TYPE: dict[str, list[Value]] = {
    "gauge": [0, -1, 2**31 - 1, -(2**31), gauge32(2**32 - 1), ticks(4.32), b"text", address("10.0.0.1"),
              object_id("1.3.6")],
    "counter": [counter32(2**32 - 1), counter64(2**53 - 1), counter64(2**53), counter64(2**64 - 1), counter64(3)],
    "Float": [Typed(0x44, b"\x9f\x78\x04" + struct.pack(">f", each)) for each in (0.1, -2.5, 1e10, float("inf"))],
    "Double": [Typed(0x44, b"\x9f\x79\x08" + struct.pack(">d", each)) for each in (0.1, -1e300, float("nan"))],
    "DateAndTime": [
        bytes.fromhex(each)
        for each in (
            "07ea0b18043b3b00", "07ea0b18043b3b002b0800", "07ea0b18043b3b092d0330", "0000000000000000",
            "07ea0d20183c3cff", "07ea0b18043b3b00410000", "07ea0b18043b", "07ea0200040000002b1801",
        )
    ],
    "EnumAsInfo": [0, 1, 2, 7, 9, -1, b"text"],
    "EnumAsStateSet": [0, 1, 2, 9],
    "Bits": [b"", b"\x80", b"\x41", b"\xff\xff"],
    "DisplayString": [b"", "plain", '"quoted" back\\slash\nline', "端口 1", 42, counter64(2**64 - 1),
                      object_id("1.3.6.1"), address("192.0.2.1"), b"nul\x00 tab\t"],
    "OctetString": [b"", b"\x00\x01\xfe", "text", 7],
    "PhysAddress48": [b"\x00\x1a\x2b\x3c\x4d\xff", b"\x01", b"\x01\x02\x03\x04\x05\x06\x07", b""],
    "InetAddressIPv4": [b"\x0a\x00\x00\x01", b"\x0a", address("10.0.0.2")],
    "InetAddressIPv6": [bytes(range(16)), b"\xfe\x80"],
}  # fmt: skip

# type and more of an index: numbers to try it on; two that are too short are told apart by a first index
BY_INDEX: list[tuple[dict[str, Any], list[Sequence[int]]]] = [
    ({"type": "gauge"}, [(7,), (2**32 - 1,), ()]),
    ({"type": "EnumAsInfo", "enum_values": STATES}, [(1,), (5,)]),
    ({"type": "PhysAddress48"}, [(0, 26, 43, 60, 77, 255), (1, 2)]),
    ({"type": "DisplayString"}, [(3, 97, 98, 99), (0,), (5, 97), (2, 97, 98, 99)]),
    ({"type": "DisplayString", "fixed_size": 3}, [(97, 98, 99), (97,)]),
    ({"type": "DisplayString", "implied": True}, [(97, 98, 99), (34,)]),
    ({"type": "OctetString"}, [(2, 0, 255), (0,), (1, 16)]),
    ({"type": "OctetString", "fixed_size": 2}, [(1, 2), (1,)]),
    ({"type": "OctetString", "implied": True}, [(1, 2, 3)]),
    ({"type": "InetAddressIPv4"}, [(10, 0, 0, 1), (10, 0)]),
    ({"type": "InetAddressIPv6"}, [tuple(range(16))]),
    ({"type": "InetAddress"}, [(1, 4, 10, 0, 0, 1), (2, 16, *range(16)), (16, 3, 97, 98, 99), (4, 2, 1, 2)]),
    ({"type": "InetAddressMissingSize"}, [(1, 10, 0, 0, 1), (2, *range(16)), (16, 97, 98)]),
    ({"type": "LldpPortId"}, [(3, 6, 1, 2, 3, 4, 5, 6), (5, 2, 97, 98), (4, 1, 9)]),
]

EXTRACTS = {
    "": [{"regex": r"^(\d+) [CF]$"}, {"regex": r"(.*)", "value": "$1"}],
    "Status": [{"regex": "(?i).*ok.*", "value": "1"}, {"regex": ".*", "value": "0"}],
    "Joined": [{"regex": r"(\d*?)(\d{2}) C", "value": "$1.$2"}],
    "Class": [
        {"regex": "[[:alpha:]]+=(?P<found>[0-9.e+-]+)", "value": "${found}"},
        {"regex": r"\Qa.b\E", "value": "7"},
    ],
}
TEXTS = ["2350 C", "17", "ok", "OK then", "x=1.5e3", "a.b", "a-b", "12 C\n", "", "NaN", "0x10", " 5"]


def module() -> tuple[dict[str, Any], dict[str, Value]]:
    """A module and the objects that it asks for."""
    metrics: list[dict[str, Any]] = []
    objects: dict[str, Value] = {}
    row = {"labelname": "row", "type": "gauge"}
    for column, (kind, values) in enumerate(BY_TYPE.items(), 1):
        oid = f"{ROOT}.1.1.{column}"
        names = {"enum_values": STATES} if kind in ("EnumAsInfo", "EnumAsStateSet", "Bits") else {}
        metrics.append(
            {"name": f"by{kind}", "oid": oid, "type": kind, "help": f"a\\b\n{kind}", "indexes": [row], **names}
        )
        objects |= {f"{oid}.{number}": value for number, value in enumerate(values, 1)}
    for column, (index, tried) in enumerate(BY_INDEX, 1):
        oid = f"{ROOT}.2.1.{column}"
        indexes = [row, {"labelname": "index", **index}]
        metrics.append({"name": f"index{column}", "oid": oid, "type": "gauge", "help": "", "indexes": indexes})
        objects |= {".".join(map(str, (oid, number, *numbers))): number for number, numbers in enumerate(tried, 1)}
    for each in (_lookups, _pairs, _texts, _scalars):
        more, found = each()
        metrics += more
        objects |= found
    return {"walk": [ROOT + ".1", ROOT + ".2", ROOT + ".3", ROOT + ".4"], "get": [ROOT + ".9.1.0", ROOT + ".9.2.0"],
            "metrics": metrics}, objects  # fmt: skip


def _lookups() -> tuple[list[dict[str, Any]], dict[str, Value]]:
    """Names looked up: one, in a chain, of two labels, missing, and taken away."""
    two = [{"labelname": "a", "type": "gauge"}, {"labelname": "b", "type": "gauge"}]
    oid = ROOT + ".3.1"
    lookups = [
        {"labels": ["a"], "labelname": "name", "oid": oid + ".2", "type": "DisplayString"},
        {"labels": ["a"], "labelname": "next", "oid": oid + ".3", "type": "gauge"},
        {"labels": ["next"], "labelname": "nextName", "oid": oid + ".2", "type": "DisplayString"},
        {"labels": ["a", "b"], "labelname": "both", "oid": oid + ".4", "type": "OctetString"},
        {"labels": ["b"], "labelname": "missing", "oid": oid + ".5", "type": "DisplayString"},
        {"labels": ["a"], "labelname": "mac", "oid": oid + ".6", "type": "PhysAddress48"},
        {"labels": [], "labelname": "next"},
    ]
    metrics: list[dict[str, Any]] = [
        {"name": "looked", "oid": oid + ".1", "type": "gauge", "help": "x", "indexes": two, "lookups": lookups},
        {"name": "name", "oid": oid + ".2", "type": "DisplayString", "help": "x", "indexes": two[:1],
         "lookups": [{"labels": ["a"], "labelname": "name", "oid": oid + ".2", "type": "DisplayString"}]},
    ]  # fmt: skip
    objects: dict[str, Value] = {f"{oid}.1.{a}.{b}": 10 * a + b for a, b in itertools.product((1, 2, 3), (1, 2))}
    objects |= {f"{oid}.2.1": "first", f"{oid}.2.2": 'sec"ond', f"{oid}.3.1": 2, f"{oid}.3.2": 1, f"{oid}.3.3": 9}
    objects |= {f"{oid}.4.1.1": b"\x01", f"{oid}.4.2.2": b"\xff", f"{oid}.6.1": b"\x01\x02\x03\x04\x05\x06"}
    return metrics, objects


def _pairs() -> tuple[list[dict[str, Any]], dict[str, Value]]:
    """Addresses whose kind stands in the column before."""
    indexes = [{"labelname": "row", "type": "gauge"}]
    oid = ROOT + ".3.2"
    metrics = [
        {"name": "kind", "oid": oid + ".1", "type": "gauge", "help": "x", "indexes": indexes},
        {"name": "pair", "oid": oid + ".2", "type": "InetAddress", "help": "x", "indexes": indexes},
        {"name": "portKind", "oid": oid + ".3", "type": "gauge", "help": "x", "indexes": indexes},
        {"name": "port", "oid": oid + ".4", "type": "LldpPortId", "help": "x", "indexes": indexes},
    ]
    values = [(1, b"\x0a\0\0\x01"), (2, bytes(range(16))), (16, b"name"), (3, b"\1\2\3\4\5\6"), (5, b"Gi1/0/1")]
    objects: dict[str, Value] = {}
    for number, (kind, value) in enumerate(values, 1):
        objects |= {f"{oid}.1.{number}": kind, f"{oid}.2.{number}": value}
        objects |= {f"{oid}.3.{number}": kind, f"{oid}.4.{number}": value}
    return metrics, {**objects, f"{oid}.2.77": b"alone"}


def _texts() -> tuple[list[dict[str, Any]], dict[str, Value]]:
    oid = ROOT + ".4.1"
    metric = {"name": "cut", "oid": oid, "type": "DisplayString", "help": "x", "regex_extracts": EXTRACTS,
              "indexes": [{"labelname": "row", "type": "gauge"}]}  # fmt: skip
    return [metric], {f"{oid}.{number}": text for number, text in enumerate(TEXTS, 1)}


def _scalars() -> tuple[list[dict[str, Any]], dict[str, Value]]:
    """One that is there and one that is not; a metric below another, which is never reached; one of which only a part
    of a number agrees."""
    metrics = [
        {"name": "scalar", "oid": ROOT + ".9.1", "type": "gauge", "help": "x"},
        {"name": "below", "oid": ROOT + ".9.1.0", "type": "gauge", "help": "x"},
        {"name": "absent", "oid": ROOT + ".9.2", "type": "gauge", "help": "x"},
    ]
    return metrics, {ROOT + ".9.1.0": 5, ROOT + ".9.11.0": 6}


def write(path: Path, document: Mapping[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(dict(document), allow_unicode=True), encoding="utf-8")
    return path


def site_with(path: Path | None, **facts: Any) -> Site:
    return replace(busy().site, sections={"snmp_modules": path}, **facts)


@contextlib.asynccontextmanager
async def serving_modules(path: Path | None, **facts: Any) -> AsyncIterator[Served]:
    """A server whose agent.yaml names this file; `facts` are more of the site."""
    site, way = site_with(path, **facts), SnmpWay()
    async with serving(peers=Peers(Scrapes(lambda: site, lambda: way))) as served:
        yield served
