"""Where the centre has no network of its own: each service at an address of loopback, at a port that an ordinary user
may have, handed on to the servers of this process. Nothing can be delayed or lost here, only refused."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import cast

from demo.network.exchange import Service
from demo.network.packet import TCP
from demo.network.way import Fate, Way

LOOK = 0.25  # seconds between two looks at who answers now
MOST_ASKERS = 64  # of a service by UDP; the oldest is forgotten
AT_ONCE = 65536  # bytes
Asker = tuple[str, int]


class Relay:
    """`own` is the address at which the servers listen, `shift` what is added to each port; `ways` as for an Exchange.
    A server sees whoever asks at the address that was asked, as there."""

    def __init__(self, own: str, shift: int, ways: Callable[[str], Way | None]) -> None:
        self._own, self._shift, self._ways = own, shift, ways
        self._doors: dict[Service, Door] = {}
        self._keeping = asyncio.ensure_future(self._keep())

    def close(self) -> None:
        self._keeping.cancel()
        for each in self._doors.values():
            each.close()

    def serve(self, service: Service, at: int) -> None:
        """Whoever asks for `service` at its shifted port reaches the socket at `own` and port `at`. OSError where that
        port is taken."""
        here, there = (service.address, service.port + self._shift), (self._own, at)
        door = Connections(here, there) if service.protocol == TCP else Datagrams(here, there)
        self._doors[service] = door
        door.open()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            for service, door in self._doors.items():
                answers = self._answers(service)
                if answers != door.is_open:
                    with suppress(OSError):  # tried again
                        (door.open if answers else door.shut)()

    def _answers(self, service: Service) -> bool:
        way = self._ways(service.address)
        return way is not None and way.fate is Fate.ANSWERED and service.port not in way.closed


class Door:
    """A service, at `here`, whose server is `there`; where it is shut nobody is inside."""

    def __init__(self, here: tuple[str, int], there: tuple[str, int]) -> None:
        self.here, self.there = here, there
        self.is_open = False

    def open(self) -> None:
        raise NotImplementedError

    def shut(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.shut()


class Connections(Door):
    """By TCP; shut, it refuses."""

    def __init__(self, here: tuple[str, int], there: tuple[str, int]) -> None:
        super().__init__(here, there)
        self._inside: set[asyncio.Transport] = set()
        self._coming: set[asyncio.Task[None]] = set()
        self._listening: socket.socket | None = None

    def open(self) -> None:
        self._listening = socket.create_server(self.here, backlog=64)
        self._listening.setblocking(False)
        asyncio.get_running_loop().add_reader(self._listening, self._accept, self._listening)
        self.is_open = True

    def shut(self) -> None:
        self.is_open = False
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        for each in tuple(self._inside):
            each.abort()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            connection.setblocking(False)
            joining = asyncio.ensure_future(self._join(connection))
            self._coming.add(joining)
            joining.add_done_callback(self._coming.discard)

    async def _join(self, connection: socket.socket) -> None:
        """The two ends of a connection, each the other's peer."""
        loop = asyncio.get_running_loop()
        near, far = Pipe(self._inside), Pipe(self._inside)
        near.other, far.other = far, near
        try:
            await loop.create_connection(lambda: far, *self.there, local_addr=(self.here[0], 0))
            await loop.connect_accepted_socket(lambda: near, connection)
        except OSError:
            connection.close()


class Pipe(asyncio.Protocol):
    """What comes in goes out at the other one, no faster than that takes it."""

    def __init__(self, inside: set[asyncio.Transport]) -> None:
        self._inside = inside
        self._early, self._ended = b"", False
        self.transport: asyncio.Transport | None = None
        self.other: Pipe

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._inside.add(self.transport)
        self.transport.write(self._early)

    def data_received(self, data: bytes) -> None:
        self.other.send(data)

    def send(self, data: bytes) -> None:
        if self.transport is None:
            self._early += data
        else:
            self.transport.write(data)

    def eof_received(self) -> bool:
        self._ended = True
        if self.other.transport is not None:
            with suppress(OSError, RuntimeError):
                self.other.transport.write_eof()
        return not self.other._ended

    def pause_writing(self) -> None:
        if self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport is not None:
            self._inside.discard(self.transport)
        if self.other.transport is not None:
            self.other.transport.close()


class Datagrams(Door):
    """By UDP; to the server each asker has a socket of its own. Shut, it is silent, as what is not there."""

    def __init__(self, here: tuple[str, int], there: tuple[str, int]) -> None:
        super().__init__(here, there)
        self._askers: dict[Asker, socket.socket] = {}
        self._listening: socket.socket | None = None

    def open(self) -> None:
        if self._listening is None:
            self._listening = self._bound(self.here)
            asyncio.get_running_loop().add_reader(self._listening, self._heard, self._listening)
        self.is_open = True

    def shut(self) -> None:
        self.is_open = False
        for asker in tuple(self._askers):
            self._forget(asker)

    def close(self) -> None:
        self.shut()
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()

    def _heard(self, listening: socket.socket) -> None:
        for data, asker in _received(listening):
            if not self.is_open:
                continue
            if asker not in self._askers:
                self._welcome(asker)
            with suppress(OSError):
                self._askers[asker].send(data)

    def _welcome(self, asker: Asker) -> None:
        if len(self._askers) >= MOST_ASKERS:
            self._forget(next(iter(self._askers)))
        towards = self._askers[asker] = self._bound((self.here[0], 0))
        towards.connect(self.there)
        asyncio.get_running_loop().add_reader(towards, self._answered, towards, asker)

    def _answered(self, towards: socket.socket, asker: Asker) -> None:
        for data, _ in _received(towards):
            if self._listening is not None:
                with suppress(OSError):
                    self._listening.sendto(data, asker)

    def _forget(self, asker: Asker) -> None:
        towards = self._askers.pop(asker)
        asyncio.get_running_loop().remove_reader(towards)
        towards.close()

    @staticmethod
    def _bound(address: tuple[str, int]) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.bind(address)
        except OSError:
            made.close()
            raise
        return made


def _received(from_: socket.socket) -> Iterator[tuple[bytes, Asker]]:
    with suppress(OSError):
        for _ in range(MOST_ASKERS):
            yield from_.recvfrom(AT_ONCE)
