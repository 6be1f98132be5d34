"""Modbus TCP: one short connection per question round, one at a time to each gateway.

Field gateways bear two to four connections, some only one, and answer one question at a time; other masters (the
vendor's own room monitor) need one too. So a connection lives as long as one poll reads, and polls of units behind the
same address and port wait for one another.

pymodbus builds and reads the messages. The connection is ours: its client tells neither why a connection failed nor
that it was closed, waits out the whole time on garbage, and logs tracebacks of what a device sends.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakValueDictionary

from agent.core.model import Target
from agent.core.reach import CannotAsk, ModbusTable, ReachError, Unanswered
from agent.transports.resolve import Found, Resolver
from agent.transports.tcp import LACKING, REFUSED

if TYPE_CHECKING:
    from pymodbus.framer import FramerBase
    from pymodbus.pdu import DecodePDU, ModbusPDU

Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]

ANSWER = 3.0  # seconds for one answer: a gateway with a slow serial line behind it takes up to two
HEAD = struct.Struct(">HHH")  # transaction, protocol (0), length of what follows
SHORTEST, LONGEST = 3, 254  # unit, function and at least one byte; Modbus allows 253 bytes of PDU
ANY_UNIT = (0, 255)  # what devices without units behind them answer as
# Modbus application protocol 1.1b3 section 7: what an exception means, and its Failure kind. "missing" is about this
# one question; with the others nothing more will come.
EXCEPTIONS = {
    1: ("missing", "illegal function: the device has no such table; try another `table`"),
    2: ("missing", "illegal data address: put the address right (manuals often count from 1, Modbus counts from 0)"),
    3: ("missing", "illegal data value"),
    4: ("missing", "device failure"),
    6: ("timeout", "busy"),
    10: ("unreachable", "the gateway has no path to this unit; put `unit` or the gateway's routing right"),
    11: ("timeout", "the unit behind the gateway does not answer: its power, bus wiring, or `unit` wrong?"),
}


class ModbusWay:
    """Implements agent.core.reach.Modbus."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or Resolver()
        self._queues: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def session(self, target: Target, *, port: int, unit: int) -> AsyncIterator[Session]:
        """Ends a little before the target's timeout, so that its own message comes before the runner's."""
        if target.address is None:
            raise CannotAsk("missing", f"{target.kind} {target.id} has no address; write one to read it by Modbus")
        address, clock = target.address, asyncio.get_running_loop().time
        deadline = clock() + target.timeout - min(0.5, target.timeout / 10)
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        found = await self._resolver.find(address, target.timeout)
        queue = self._queues.setdefault((address, port), asyncio.Lock())
        try:
            async with asyncio.timeout_at(deadline):
                await queue.acquire()
        except TimeoutError:
            raise CannotAsk(
                "timeout", f"{place} is still busy with other units; give them a shorter timeout or ask less often"
            ) from None
        try:
            reader, writer = await _connect(place, found, port, min(ANSWER, deadline - clock()))
            try:
                yield Session(reader, writer, place, unit, deadline)
            finally:
                writer.close()
        finally:
            queue.release()


class Session:
    """Implements agent.core.reach.ModbusSession."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: str, unit: int, deadline: float
    ) -> None:
        self._reader, self._writer = reader, writer
        self._unit, self._deadline = unit, deadline
        self._transaction = 0
        self._where = f"{place} unit {unit}"

    async def read(self, table: ModbusTable, address: int, count: int) -> Sequence[int]:
        last = address + count - 1
        asked = f"{table} {address}" if count == 1 else f"{table} {address}-{last}"
        self._transaction += 1
        request = _request(table, address, count, self._unit, self._transaction)
        answer = await self._ask(request, asked)
        if answer.isError():
            raise self._exception(answer.exception_code, asked)
        values = answer.bits if table in ("coil", "discrete") else answer.registers
        if answer.function_code != request.function_code or len(values) < count:
            raise self._garbage(asked, f"function {answer.function_code} with {len(values)} values")
        return [int(value) for value in values[:count]]

    async def _ask(self, request: ModbusPDU, asked: str) -> ModbusPDU:
        wait = max(0.0, min(ANSWER, self._deadline - asyncio.get_running_loop().time()))
        try:
            async with asyncio.timeout(wait):
                self._writer.write(_codec()[0].buildFrame(request))
                return await self._answer(asked)
        except TimeoutError:
            raise Unanswered(
                "timeout", f"{self._where} gave no answer to a read of {asked} within {wait:.1f} s: is `unit` right?"
            ) from None
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise self._garbage(asked, "half an answer, then closed the connection") from None
            raise self._closed(asked, "closed") from None
        except OSError:
            raise self._closed(asked, "broke") from None

    async def _answer(self, asked: str) -> ModbusPDU:
        """The answer to the last question; late ones to earlier questions are passed over."""
        while True:
            head = await self._reader.readexactly(HEAD.size)
            transaction, protocol, length = HEAD.unpack(head)
            if protocol or not SHORTEST <= length <= LONGEST:
                raise self._garbage(asked, f"the bytes {head.hex(' ')}")
            unit, *message = await self._reader.readexactly(length)
            if transaction != self._transaction:
                continue
            if unit not in (self._unit, *ANY_UNIT):
                raise self._garbage(asked, f"an answer of unit {unit}")
            answer = _codec()[1].decode(bytes(message))
            if answer is None:
                raise self._garbage(asked, f"the message {bytes(message[:8]).hex(' ')}")
            return answer

    def _exception(self, code: int, asked: str) -> Unanswered:
        kind, meaning = EXCEPTIONS.get(code, ("missing", "one of the device's own"))
        return Unanswered(kind, f"{self._where} refuses a read of {asked} with exception {code}: {meaning}")

    def _garbage(self, asked: str, sent: str) -> Unanswered:
        return Unanswered("protocol", f"{self._where} answers a read of {asked} with {sent}: is this port Modbus TCP?")

    def _closed(self, asked: str, how: str) -> Unanswered:
        return Unanswered(
            "refused",
            f"{self._where} {how} the connection at a read of {asked}: has it more connections than it bears?",
        )


async def _connect(place: str, found: Found, port: int, wait: float) -> Connection:
    opened = socket.socket(found.family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        async with asyncio.timeout(wait):
            await asyncio.get_running_loop().sock_connect(opened, found.port(port))
        return await asyncio.open_connection(sock=opened)
    except BaseException as error:
        opened.close()
        if isinstance(error, OSError):
            raise _unconnected(place, error, wait) from None
        raise


def _unconnected(place: str, error: OSError, wait: float) -> ReachError:
    if isinstance(error, TimeoutError):
        return Unanswered("timeout", f"{place} did not take a connection within {wait:.1f} s: address or route wrong?")
    if error.errno in LACKING:
        return CannotAsk("missing", f"{place}: {LACKING[error.errno]}")
    if error.errno in REFUSED:
        return Unanswered("refused", f"{place} refuses Modbus TCP: switch it on, or put the port right")
    return Unanswered("unreachable", f"{place} cannot be reached ({error.strerror}): address, route or cable wrong?")


def _request(table: ModbusTable, address: int, count: int, unit: int, transaction: int) -> ModbusPDU:
    from pymodbus.pdu import bit_message, register_message

    requests: dict[ModbusTable, type[ModbusPDU]] = {
        "coil": bit_message.ReadCoilsRequest,
        "discrete": bit_message.ReadDiscreteInputsRequest,
        "holding": register_message.ReadHoldingRegistersRequest,
        "input": register_message.ReadInputRegistersRequest,
    }
    return requests[table](address=address, count=count, dev_id=unit, transaction_id=transaction)


@cache
def _codec() -> tuple[FramerBase, DecodePDU]:
    """Keeps no state between messages, so one serves all."""
    from pymodbus.framer import FramerSocket
    from pymodbus.pdu import DecodePDU

    # What it would log on odd bytes is in our error, once.
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    decoder = DecodePDU(False)
    return FramerSocket(decoder), decoder
