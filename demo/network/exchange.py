"""Between the TUN device and the servers of this process: who is asked, and what befalls each packet."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import Callable, Iterator
from typing import NamedTuple

from demo.network import packet
from demo.network.packet import ICMP, TCP, UDP, Ends, Packet
from demo.network.way import Fate, Way

AT_ONCE = 64  # packets for which the servers wait
# Outside of what the kernel takes for connections (net.ipv4.ip_local_port_range), so that no asker has such a port.
FIRST_PORT = 20_000


class Service(NamedTuple):
    """Where something is asked: an address as text, TCP or UDP, the port."""

    address: str
    protocol: int
    port: int


Serve = Callable[[Service, int], None]  # what is asked there reaches this port of this machine's


class Exchange:
    """`ways` tells what befalls the packets of an address now, None where there is no such host. `own` is the address
    of this machine, at which the servers listen; an asker is seen at the address that it asks."""

    def __init__(self, device: int, own: str, ways: Callable[[str], Way | None], seed: int = 1) -> None:
        self._device, self._own, self._ways = device, socket.inet_aton(own), ways
        self._random = random.Random(seed)  # noqa: S311 - which packets are lost is no secret
        self._to: dict[tuple[bytes, int, int], int] = {}
        self._from: dict[tuple[int, int], int] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(device, self._read)
        self._closed = False

    def close(self) -> None:
        """What is on its way is lost; by then others may have the number of the device."""
        self._closed = True
        self._loop.remove_reader(self._device)
        os.close(self._device)

    def serve(self, service: Service, at: int) -> None:
        """Whoever asks for `service` reaches the socket at `own` and port `at`. Several addresses may share a socket if
        they have the same port."""
        if self._from.setdefault((service.protocol, at), service.port) != service.port:
            raise ValueError(f"port {at} serves port {self._from[service.protocol, at]} already")
        self._to[socket.inet_aton(service.address), service.protocol, service.port] = at

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                raw = os.read(self._device, 65536)
            except BlockingIOError:
                return
            if (found := packet.read(raw)) is not None:
                self._handle(found)

    def _handle(self, found: Packet) -> None:
        ends = found.ends
        if found.protocol != ICMP and (port := self._from.get((found.protocol, ends.source_port))) is not None:
            self._write(packet.readdressed(found, Ends(ends.destination, port, self._own, ends.destination_port)))
            return
        way = self._ways(socket.inet_ntoa(ends.destination))
        if way is None or (way.loss and self._random.random() < way.loss):
            return
        for answer in self._answers(found, way):
            if way.delay:
                self._loop.call_later(way.delay, self._write, answer)
            else:
                self._write(answer)

    def _answers(self, found: Packet, way: Way) -> Iterator[bytes]:
        """What comes of a packet: nothing, an answer of the network, or the same packet at a server."""
        ends = found.ends
        if 0 < found.ttl <= len(way.hops):
            yield packet.time_exceeded(found, socket.inet_aton(way.hops[found.ttl - 1]))
        elif way.fate is Fate.SILENT or ends.destination_port in way.swallowed:
            return
        elif way.fate is not Fate.ANSWERED:
            code = packet.HOST_UNREACHABLE if way.fate is Fate.UNREACHABLE else packet.PROHIBITED
            if not found.failure:
                yield packet.unreachable(found, code, socket.inet_aton(way.hops[-1]) if way.hops else None)
        elif found.echo:
            yield packet.echo_reply(found)
        elif found.protocol != ICMP:
            yield from self._delivered(found, way)

    def _delivered(self, found: Packet, way: Way) -> Iterator[bytes]:
        ends = found.ends
        at = self._to.get((ends.destination, found.protocol, ends.destination_port))
        if at is not None and ends.destination_port not in way.closed:
            yield packet.readdressed(found, Ends(ends.destination, ends.source_port, self._own, at))
        elif found.protocol == TCP and not found.failure:
            yield packet.reset(found)
        elif found.protocol == UDP:
            yield packet.unreachable(found, packet.PORT_UNREACHABLE)

    def _write(self, raw: bytes) -> None:
        if self._closed:
            return
        try:
            os.write(self._device, raw)
        except BlockingIOError:
            return  # the device's queue is full: a packet is lost, as on any network
