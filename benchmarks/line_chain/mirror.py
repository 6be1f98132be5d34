"""The line's switch as SNMP shows it: a simulated switch whose port is what the interface in its namespace is."""

from __future__ import annotations

import asyncio
import ctypes
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.line_chain.chain import LINE_PORT, SWITCH, namespace
from demo.devices import by_codec
from demo.devices.device import Device
from demo.devices.place import Place
from demo.devices.port import Port
from demo.devices.switch import Switch, core_switch

CLONE_NEWNET = 0x40000000
NAME = "GigabitEthernet1/0/3"


def line_switch() -> Switch:
    switch = core_switch("core")
    switch.ports = {NAME: Port(3, NAME, alias="医保专线", megabits=100)}
    return switch


class Mirror:
    """`before` of a place. `damaged`: whether the port counts its losses as errors, as bad optics do."""

    def __init__(self) -> None:
        self.damaged = False
        self._errors = 0

    def __call__(self, device: Device) -> None:
        assert isinstance(device, Switch)
        found = _told("link", "-s", "show", LINE_PORT)
        port, stats = device.ports[NAME], found["stats64"]
        port.shut = "UP" not in found["flags"]
        port.linked = "LOWER_UP" in found["flags"]
        self._errors += 20 if self.damaged else 0
        port.counts = {
            "in_octets": stats["rx"]["bytes"],
            "out_octets": stats["tx"]["bytes"],
            "in_unicast": stats["rx"]["packets"],
            "out_unicast": stats["tx"]["packets"],
            "in_errors": self._errors,
            "out_discards": _dropped(),
        }


def _told(*words: str) -> Any:
    done = subprocess.run(["ip", "-j", *words[1:2], words[0], *words[2:]], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)[0]


def _dropped() -> int:
    """By the queue in front of the port."""
    words = ["tc", "-s", "-j", "qdisc", "show", "dev", LINE_PORT]
    found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return sum(int(each.get("drops", 0)) for each in found)


@contextmanager
def served(community: str = "public") -> Iterator[Mirror]:
    """The switch answers at its own address, from within its namespace, until the end."""
    mirror, started, loop = Mirror(), threading.Event(), asyncio.new_event_loop()
    end, failures = asyncio.Event(), list[Exception]()
    place = Place(line_switch(), SWITCH, 161, community, before=mirror)

    async def serve() -> None:
        transport = await by_codec.serve(place)
        started.set()
        await end.wait()
        transport.close()

    def inside() -> None:
        try:
            _enter("switch")
            loop.run_until_complete(serve())
        except Exception as error:  # noqa: BLE001 - raised again where the caller is
            failures.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=inside, daemon=True)
    thread.start()
    started.wait()
    if failures:
        raise failures[0]
    try:
        yield mirror
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


def _enter(node: str) -> None:
    """This thread alone."""
    with namespace(node).open("rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {node}")
