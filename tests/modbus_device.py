"""A real Modbus TCP server (pymodbus) on loopback whose coils and registers a test sets, and whose manners it spoils.

    with ModbusDevice() as device:
        device.set("discrete", 3, 1)
        ...  # ask 127.0.0.1, device.port, unit 1

Coils and discrete inputs 0-111 and registers 0-99 exist in each unit; the rest is illegal.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

FUNCTIONS = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
TABLES = {number: table for table, number in FUNCTIONS.items()}
BITS, REGISTERS = 112, 100

# (table, address, count) of a question: None answers it, a code refuses it, "silence" leaves it unanswered.
Behaviour = Callable[[str, int, int], "int | str | None"]


@dataclass
class ModbusDevice:
    """`asked` keeps (table, address, count) of every question; `open`, `most` and `opened` count connections now, at
    once and ever. `registers` holds the table that is being asked, 16 bits of coils or discrete inputs in each: a
    behaviour may change it."""

    units: tuple[int, ...] = (1,)
    host: str = "127.0.0.1"
    port: int = 0
    behave: Behaviour = lambda table, address, count: None
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    open: int = 0
    most: int = 0
    opened: int = 0
    registers: list[int] = field(default_factory=list)

    def __enter__(self) -> ModbusDevice:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()
        self._do(self._last_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def start(self) -> None:
        """Listens, after `stop` on the port that it had."""
        self._server = self._do(self._listen())
        listener: Any = self._server.transport
        self.port = listener.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._do(self._server.shutdown())

    def set(self, table: str, address: int, *values: int, unit: int = 1) -> None:
        wanted = [bool(each) for each in values] if table in ("coil", "discrete") else list(values)
        self._do(self._server.async_setValues(unit, FUNCTIONS[table], address, wanted))

    async def _listen(self) -> ModbusTcpServer:
        devices = [SimDevice(unit, simdata=_tables(), action=self._act) for unit in self.units]
        server = ModbusTcpServer(
            devices, address=(self.host, self.port), trace_connect=self._connection, trace_pdu=self._question
        )
        await server.serve_forever(background=True)
        return server

    async def _act(
        self, function: int, start: int, address: int, count: int, registers: list[int], values: list[int] | None
    ) -> ExcCodes | None:
        if values is not None:
            return None
        table = TABLES[function]
        self.registers = registers
        manner = self.behave(table, address, count)
        if manner == "silence":
            await asyncio.sleep(3600)
        return None if manner is None else ExcCodes(manner)

    def _question(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            self.asked.append((TABLES[pdu.function_code], pdu.address, pdu.count))
        return pdu

    def _connection(self, stands: bool) -> None:
        self.open += 1 if stands else -1
        self.opened += stands
        self.most = max(self.most, self.open)

    async def _last_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(10)


def _tables() -> tuple[list[SimData], list[SimData], list[SimData], list[SimData]]:
    def bits() -> list[SimData]:
        return [SimData(0, values=[False] * BITS, datatype=DataType.BITS)]

    def registers() -> list[SimData]:
        return [SimData(0, count=REGISTERS, values=0, datatype=DataType.REGISTERS)]

    return bits(), bits(), registers(), registers()


@dataclass
class RawServer:
    """A TCP server that sends `answer(question)` to every question; an empty answer closes the connection, as does
    every one with `once`."""

    answer: Callable[[bytes], bytes]
    once: bool = False
    host: str = "127.0.0.1"

    def __enter__(self) -> RawServer:
        self._listener = socket.create_server((self.host, 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            with link:
                while (question := link.recv(4096)) and (answer := self.answer(question)):
                    link.sendall(answer)
                    if self.once:
                        break
