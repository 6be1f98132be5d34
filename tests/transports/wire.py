"""For scripts in a namespace: a cable to a far end that answers echoes as a test says, at the wire, in its own thread.

Near end: 10.9.0.1/16 and fd09::1/64. All the far end's addresses lead to one hardware address.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from agent.transports.icmp_packet import checksum

NEAR, FAR = "02:00:00:00:00:01", "02:00:00:00:00:02"
CLONE_NEWNET = 0x40000000
ETH_IPV4, ETH_IPV6 = 0x0800, 0x86DD
ECHO = {4: (8, 0), 6: (128, 129)}


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def own(address: str) -> None:
    """Give the near end this address. The kernel takes an IPv6 address first and its route for arrivals later."""
    if ":" not in address:
        ip("addr", "add", f"{address}/16", "dev", "near")
        return
    ip("-6", "addr", "add", f"{address}/64", "dev", "near", "nodad")
    show = ["ip", "-6", "route", "show", "table", "local", address]
    wait_until(lambda: "local" in subprocess.run(show, capture_output=True, text=True, check=True).stdout)


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        time.sleep(0.02)
    raise TimeoutError("the network is not ready")


def fresh_network(kind: str) -> None:
    """An empty network for this thread and what it starts; `ping` sockets are allowed in it, or only `raw` ones."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    ip("link", "set", "lo", "up")
    if kind == "ping":
        Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 0")


def drop_all_rights() -> None:
    """Take every capability from this process."""
    header = struct.pack("@Ii", 0x20080522, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, b"\0" * 24):
        raise OSError(ctypes.get_errno(), "capset")


@dataclass(frozen=True)
class Echo:
    """A request as seen at the far end, or a reply to be sent: `kind` is the ICMP type."""

    source: str
    target: str
    kind: int
    code: int
    identifier: int
    sequence: int
    payload: bytes
    whole: bool = False  # IPv4's bit that forbids fragments

    @property
    def version(self) -> int:
        return 6 if ":" in self.source else 4

    def reply(self) -> Echo:
        return replace(self, source=self.target, target=self.source, kind=ECHO[self.version][1])

    def refusal(self, router: str) -> Echo:
        """An ICMP error of a router: destination unreachable, quoting the request's header and 8 bytes."""
        quoted = self.packet()[: (20 if self.version == 4 else 40) + 8]
        kind = 3 if self.version == 4 else 1
        return Echo(router, self.source, kind, 1 if self.version == 4 else 0, 0, 0, quoted)

    def too_big(self, router: str, mtu: int) -> Echo:
        """An ICMP error of a router: fragmentation needed and forbidden (RFC 1191)."""
        return Echo(router, self.source, 3, 4, 0, mtu, self.packet()[:28])

    def packet(self) -> bytes:
        head = struct.pack("!BBHHH", self.kind, self.code, 0, self.identifier, self.sequence)
        if self.version == 4:
            icmp = head[:2] + struct.pack("!H", checksum(head + self.payload)) + head[4:] + self.payload
            addresses = socket.inet_aton(self.source) + socket.inet_aton(self.target)
            header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0) + addresses
            return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + icmp
        addresses = socket.inet_pton(socket.AF_INET6, self.source) + socket.inet_pton(socket.AF_INET6, self.target)
        length = len(head) + len(self.payload)
        summed = checksum(addresses + struct.pack("!II", length, 58) + head + self.payload)
        icmp = head[:2] + struct.pack("!H", summed) + head[4:] + self.payload
        return struct.pack("!IHBB", 6 << 28, length, 58, 64) + addresses + icmp


def read(frame: bytes) -> Echo | None:
    """The echo request in an Ethernet frame, if it is one."""
    packet = frame[14:]
    if len(packet) < 28 or packet[0] >> 4 not in ECHO:
        return None
    if packet[0] >> 4 == 4:
        source, target, icmp = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20]), packet[20:]
        protocol, whole = packet[9], bool(packet[6] & 0x40)
    else:
        source = socket.inet_ntop(socket.AF_INET6, packet[8:24])
        target = socket.inet_ntop(socket.AF_INET6, packet[24:40])
        icmp, protocol, whole = packet[40:], packet[6], True
    kind, code, _, identifier, sequence = struct.unpack_from("!BBHHH", icmp)
    if protocol not in (1, 58) or kind != ECHO[packet[0] >> 4][0]:
        return None
    return Echo(source, target, kind, code, identifier, sequence, icmp[8:], whole)


Answer = Callable[[Echo], list[Echo | bytes]]


class FarEnd(threading.Thread):
    """Calls `answer` with each request and sends what it returns: echoes, or IP packets as bytes."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(daemon=True)
        self.answer = answer
        self.seen: list[Echo] = []
        self._near = bytes.fromhex(NEAR.replace(":", ""))
        self._far = bytes.fromhex(FAR.replace(":", ""))
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self._socket.bind(("far", 0))

    def run(self) -> None:
        while True:
            frame, address = self._socket.recvfrom(65535)
            request = read(frame) if address[2] != socket.PACKET_OUTGOING else None
            if request is not None:
                self.seen.append(request)
                for each in self.answer(request):
                    self.send(each)

    def send(self, what: Echo | bytes) -> None:
        packet = what if isinstance(what, bytes) else what.packet()
        kind = ETH_IPV4 if packet[:1] < b"\x60" else ETH_IPV6
        self._socket.send(self._near + self._far + struct.pack("!H", kind) + packet)


@contextlib.contextmanager
def cable(answer: Answer, addresses: tuple[str, ...] = ("10.9.0.2", "10.9.0.3", "fd09::2")) -> Iterator[FarEnd]:
    """A cable whose far end has these addresses; any other address of the network is never resolved."""
    ip("link", "add", "near", "address", NEAR, "type", "veth", "peer", "name", "far", "address", FAR)
    ip("link", "set", "near", "up")
    ip("link", "set", "far", "up")
    # Until then the kernel drops what is sent: it looks at carriers once a second.
    show = ["ip", "link", "show", "near"]
    wait_until(lambda: "state UP" in subprocess.run(show, capture_output=True, text=True, check=True).stdout)
    own("10.9.0.1")
    own("fd09::1")
    for address in addresses:
        ip("neigh", "add", address, "lladdr", FAR, "dev", "near")
    far = FarEnd(answer)
    far.start()
    yield far


def side_by_side(cases: Mapping[str, Callable[[], None]], at_once: int = 8) -> dict[str, str]:
    """Runs each case in a process of its own, some at once; by name "kept", or what went wrong."""
    waiting = list(cases.items())
    running: dict[int, tuple[str, IO[str]]] = {}
    results: dict[str, str] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            name, case = waiting.pop(0)
            output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed when its process has ended
            running[_fork(case, output)] = (name, output)
        child, _ = os.wait()
        name, output = running.pop(child)
        with output:
            output.seek(0)
            results[name] = output.read() or "died"
    return results


def _fork(case: Callable[[], None], output: IO[str]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        case()
        output.write("kept")
    except BaseException:  # noqa: BLE001 - a process of its own: whatever it is goes to the one who asked
        output.write(traceback.format_exc())
    output.flush()
    os._exit(0)
