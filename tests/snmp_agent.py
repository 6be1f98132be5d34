"""A small SNMP v1/v2c agent on loopback whose objects a test can change, and whose manners a test can spoil.

    with SnmpAgent({"1.3.6.1.2.1.1.5.0": "core"}) as agent:
        agent["1.3.6.1.2.1.31.1.1.1.6.1"] = counter64(5)
        ...  # ask 127.0.0.1, agent.port, community agent.community

Its encoder and decoder are those of the simulated devices, so that a mistake in the product's codec is not hidden by
the same one here.
"""

from __future__ import annotations

import bisect
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from agent.core.model import Target
from agent.core.reach import Login, SnmpLogin
from agent.core.secrets import Secret
from demo.devices.codec import (
    ENVELOPE,
    GET,
    GET_BULK,
    GET_NEXT,
    RESPONSE,
    Oid,
    decoded_oid,
    elements,
    numbers,
    oid_content,
)
from demo.devices.codec import element as tlv
from demo.devices.codec import number_content as as_bytes

BURST = 64  # datagrams; a socket's buffer holds some 250 that nobody takes yet, and what is more is lost

NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82


class Typed(NamedTuple):
    """A value as it goes onto the wire: tag and content."""

    tag: int
    content: bytes


def counter32(value: int) -> Typed:
    return Typed(0x41, as_bytes(value % 2**32))


def gauge32(value: int) -> Typed:
    return Typed(0x42, as_bytes(value))


def ticks(seconds: float) -> Typed:
    return Typed(0x43, as_bytes(int(seconds * 100) % 2**32))


def counter64(value: int) -> Typed:
    return Typed(0x46, as_bytes(value % 2**64))


def object_id(dotted: str) -> Typed:
    return Typed(0x06, oid_content(numbers(dotted)))


def address(dotted: str) -> Typed:
    return Typed(0x40, socket.inet_aton(dotted))


def exception(tag: int) -> Typed:
    return Typed(tag, b"")


Value = int | str | bytes | Typed


def typed(value: Value) -> Typed:
    """int is INTEGER, text and bytes are OCTET STRING."""
    if isinstance(value, Typed):
        return value
    if isinstance(value, int):
        return Typed(0x02, as_bytes(value))
    return Typed(0x04, value.encode() if isinstance(value, str) else value)


@dataclass(frozen=True)
class Asked:
    """A question as it came; `first` and `second` are non-repeaters and max-repetitions of a GETBULK."""

    version: int
    community: bytes
    kind: int
    request_id: int
    first: int
    second: int
    oids: tuple[Oid, ...]
    sender: tuple[str, int]


Bindings = Sequence[tuple[Oid, Value]]
Behaviour = Callable[[Asked, bytes], Iterable[bytes]]


def reply(
    asked: Asked,
    bindings: Bindings,
    status: int = 0,
    index: int = 0,
    *,
    request_id: int | None = None,
    community: bytes | None = None,
) -> bytes:
    """The encoded response to a question, right or, on demand, wrong."""
    pairs = [_pair(oid, value) for oid, value in bindings]
    return _assembled(asked, pairs, status, index, request_id=request_id, community=community)


def _pair(oid: Oid, value: Value) -> bytes:
    return tlv(0x30, tlv(0x06, oid_content(oid)) + tlv(*typed(value)))


def _assembled(
    asked: Asked,
    pairs: Sequence[bytes],
    status: int = 0,
    index: int = 0,
    *,
    request_id: int | None = None,
    community: bytes | None = None,
) -> bytes:
    number = asked.request_id if request_id is None else request_id
    head = b"".join(tlv(0x02, as_bytes(field)) for field in (number, status, index))
    name = asked.community if community is None else community
    body = tlv(0x02, bytes([asked.version])) + tlv(0x04, name) + tlv(RESPONSE, head + tlv(0x30, b"".join(pairs)))
    return tlv(0x30, body)


def understand(datagram: bytes, sender: tuple[str, int]) -> Asked | None:
    """None for what is not v1 or v2c."""
    parts = list(elements(_content(datagram)))
    if len(parts) != 3 or parts[0][1] not in (b"\0", b"\1"):
        return None
    kind, pdu = parts[2]
    (_, request_id), (_, first), (_, second), (_, bindings) = elements(pdu)
    oids = tuple(decoded_oid(next(elements(pair))[1]) for _, pair in elements(bindings))
    fields = [int.from_bytes(each, "big", signed=True) for each in (request_id, first, second)]
    return Asked(parts[0][1][0], parts[1][1], kind, fields[0], fields[1], fields[2], oids, sender)


def _content(element: bytes) -> bytes:
    return next(elements(element))[1]


def honest(asked: Asked, answer: bytes) -> Iterable[bytes]:
    return (answer,)


@dataclass
class SnmpAgent:
    """Serves its objects in a thread. `behave` turns a question and its right answer into what is sent; `limit` is the
    largest reply in bytes (a GETBULK is cut to it); `asked` keeps every question that came."""

    objects: Mapping[str, Value] = field(default_factory=dict)
    community: str = "public"
    host: str = "127.0.0.1"
    limit: int = 1472
    behave: Behaviour = honest
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[Oid, Typed] = {}
        self._order: list[Oid] = []
        self.update(self.objects)
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind((self.host, self.port))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ended = False

    def __enter__(self) -> SnmpAgent:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._ended = True
        with socket.socket(self._socket.family, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.host, self.port))
        self._thread.join(10)
        self._socket.close()

    def __setitem__(self, oid: str, value: Value) -> None:
        self.update({oid: value})

    def __delitem__(self, oid: str) -> None:
        with self._lock:
            del self._values[numbers(oid)]
            self._order = sorted(self._values)

    def update(self, objects: Mapping[str, Value]) -> None:
        with self._lock:
            self._values.update({numbers(oid): typed(value) for oid, value in objects.items()})
            self._order = sorted(self._values)

    def replace(self, objects: Mapping[str, Value]) -> None:
        """All objects at once: what is not named is gone."""
        with self._lock:
            self._values = {numbers(oid): typed(value) for oid, value in objects.items()}
            self._order = sorted(self._values)

    def _serve(self) -> None:
        while True:
            datagram, sender = self._socket.recvfrom(65535)
            if self._ended:
                return
            for count, each in enumerate(self.replies(datagram, sender), 1):
                self._socket.sendto(each, sender)
                if count % BURST == 0:
                    time.sleep(0.01)

    def replies(self, datagram: bytes, sender: tuple[str, int]) -> Iterable[bytes]:
        """What is sent back for a datagram."""
        asked = understand(datagram, sender)
        return self.spoilt(asked) if asked and asked.community == self.community.encode() else ()

    def forget(self) -> None:
        """What was asked so far."""
        self.asked.clear()

    def spoilt(self, asked: Asked) -> Iterable[bytes]:
        """The right answer, or what `behave` makes of it."""
        self.asked.append(asked)
        with self._lock:
            answer = self._answer(asked)
        return self.behave(asked, answer)

    def _answer(self, asked: Asked) -> bytes:
        bindings = self._bindings(asked)
        if asked.version == 0:
            for position, (_, value) in enumerate(bindings):
                if typed(value).tag >= NO_SUCH_OBJECT:
                    return reply(asked, [(each, Typed(0x05, b"")) for each in asked.oids], 2, position + 1)
        pairs, room = [_pair(oid, value) for oid, value in bindings], self.limit - len(reply(asked, [])) - ENVELOPE
        fitting = sum(total <= room for total in itertools.accumulate(map(len, pairs)))
        if fitting < len(pairs) and (asked.kind != GET_BULK or not fitting):
            return reply(asked, [], 1, 0)
        return _assembled(asked, pairs[:fitting])

    def _bindings(self, asked: Asked) -> list[tuple[Oid, Value]]:
        if asked.kind == GET:
            return [(oid, self._values.get(oid, exception(NO_SUCH_INSTANCE))) for oid in asked.oids]
        v1 = asked.version == 0
        if asked.kind == GET_NEXT:
            return [self._next(oid, v1) for oid in asked.oids]
        found = [self._next(oid, v1) for oid in asked.oids[: asked.first]]
        cursors = list(asked.oids[asked.first :])
        for _ in range(asked.second):
            row = [self._next(oid, v1) for oid in cursors]
            found += row
            cursors = [oid for oid, _ in row]
        return found

    def _next(self, oid: Oid, v1: bool) -> tuple[Oid, Value]:
        at = bisect.bisect_right(self._order, oid)
        while at < len(self._order):
            value = self._values[self._order[at]]
            if not (v1 and value.tag == 0x46):  # v1 has no Counter64 and steps over it (RFC 3584 section 4.2.2.1)
                return self._order[at], value
            at += 1
        return oid, exception(END_OF_MIB_VIEW)


def snmp_target(
    peer: Any, *, version: str = "2c", community: str | None = None, engine: str = "own", **facts: Any
) -> Target:
    """A switch at a peer that has host, port and community (SnmpAgent, tests.snmpd.Snmpd)."""
    login = SnmpLogin(version, Secret(community or peer.community), port=peer.port, engine=engine)
    known = {"kind": "switch", "id": "sw", "name": "sw", "address": peer.host, "login": Login("room", login)}
    return Target(**{**known, **facts})
