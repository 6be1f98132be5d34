"""Modbus TCP against a real server, and against peers that behave as field devices do."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from agent.core.model import Target
from agent.core.reach import CannotAsk, ModbusTable, Reach, ReachError, Unanswered
from agent.transports.modbus import ModbusWay
from tests.modbus_device import ModbusDevice, RawServer
from tests.peers import free_port

Question = tuple[ModbusTable, int, int]


@pytest.fixture
def device() -> Iterator[ModbusDevice]:
    with ModbusDevice() as running:
        yield running


def target(timeout: float = 5.0, address: str | None = "127.0.0.1", id_: str = "io") -> Target:
    return Target("machine_room", id_, id_, address=address, timeout=timeout)


def read(port: int, *questions: Question, unit: int = 1, timeout: float = 5.0) -> list[Sequence[int]]:
    async def main() -> list[Sequence[int]]:
        async with ModbusWay().session(target(timeout), port=port, unit=unit) as session:
            return [await session.read(*each) for each in questions]

    return asyncio.run(main())


def refused(port: int, *questions: Question, **how: Any) -> ReachError:
    with pytest.raises(ReachError) as failure:
        read(port, *questions, **how)
    return failure.value


def test_each_table_is_read_by_its_own_function(device: ModbusDevice) -> None:
    device.set("coil", 7, 1)
    device.set("discrete", 8, 1, 0, 1)
    device.set("holding", 9, 65535)
    device.set("input", 10, 258, 0)
    found = read(device.port, ("coil", 6, 3), ("discrete", 8, 3), ("holding", 9, 1), ("input", 10, 2))
    assert found == [[0, 1, 0], [1, 0, 1], [65535], [258, 0]]


@pytest.mark.parametrize("count", [1, 8, 9, 17, 100])
def test_as_many_bits_come_as_were_asked(device: ModbusDevice, count: int) -> None:
    device.set("discrete", 0, *[1] * 100)
    assert read(device.port, ("discrete", 0, count)) == [[1] * count]


def test_an_illegal_address_is_missing_and_the_session_goes_on(device: ModbusDevice) -> None:
    device.set("input", 3, 7)

    async def main() -> Sequence[int]:
        async with ModbusWay().session(target(), port=device.port, unit=1) as session:
            with pytest.raises(Unanswered, match="refuses a read of holding 500-501 with exception 2") as failure:
                await session.read("holding", 500, 2)
            assert failure.value.kind == "missing"
            return await session.read("input", 3, 1)

    assert asyncio.run(main()) == [7]


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        (1, "missing", "illegal function"),
        (3, "missing", "illegal data value"),
        (4, "missing", "device failure"),
        (6, "timeout", "busy"),
        (10, "unreachable", "no path to this unit"),
        (11, "timeout", "unit behind the gateway does not answer"),
    ],
)
def test_each_exception_code_has_its_words(device: ModbusDevice, code: int, kind: str, word: str) -> None:
    device.behave = lambda *asked: code
    failure = refused(device.port, ("discrete", 0, 1))
    assert failure.kind == kind
    assert word in str(failure)
    assert f"exception {code}" in str(failure)


def test_a_silent_unit_is_a_timeout_that_names_it(device: ModbusDevice) -> None:
    device.behave = lambda *asked: "silence"
    failure = refused(device.port, ("discrete", 4, 1), timeout=0.5)
    assert (type(failure), failure.kind) == (Unanswered, "timeout")
    assert f"127.0.0.1:{device.port} unit 1 gave no answer to a read of discrete 4 within" in str(failure)


def test_a_closed_port_is_refused() -> None:
    failure = refused(free_port(), ("coil", 0, 1))
    assert (type(failure), failure.kind) == (Unanswered, "refused")


def test_a_name_that_is_none_cannot_be_asked() -> None:
    async def main() -> None:
        async with ModbusWay().session(target(address="nowhere.invalid"), port=502, unit=1):
            pass

    with pytest.raises(CannotAsk) as failure:
        asyncio.run(main())
    assert failure.value.kind == "resolve"


def mbap(question: bytes, message: bytes, *, unit: int | None = None, transaction: int = 0) -> bytes:
    number = struct.unpack(">H", question[:2])[0] + transaction
    return struct.pack(">HHHB", number, 0, len(message) + 1, question[6] if unit is None else unit) + message


@pytest.mark.parametrize(
    ("answer", "kind", "word"),
    [
        (lambda question: b"HTTP/1.1 400 Bad Request\r\n\r\n", "protocol", "the bytes 48 54 54 50"),
        (lambda question: b"\0" * 300, "protocol", "the bytes 00 00 00"),
        (lambda question: question[:4] + b"\xff\xff" + b"x" * 300, "protocol", "the bytes"),
        (lambda question: mbap(question, b"\x03\x02\0\1"), "protocol", "function 3 with 1 values"),
        (lambda question: mbap(question, b"\x04\x02\0"), "protocol", "the message 04 02 00"),
        (lambda question: mbap(question, b"\x04\x00"), "protocol", "function 4 with 0 values"),
        (lambda question: mbap(question, b"\x63\1\2\3"), "protocol", "the message 63 01 02 03"),
        (lambda question: mbap(question, b"\x80\2"), "protocol", "the message 80 02"),
        (lambda question: mbap(question, b"\x04\x02\0\1", unit=9), "protocol", "an answer of unit 9"),
        (lambda question: b"", "refused", "closed the connection"),
        (lambda question: mbap(question, b"\x04\x02\0\1", transaction=1), "timeout", "gave no answer"),
        (lambda question: question[:5], "timeout", "gave no answer"),
    ],
)  # fmt: skip
def test_garbage_is_named_and_never_a_value(
    answer: Callable[[bytes], bytes], kind: str, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), RawServer(answer) as server:
        failure = refused(server.port, ("input", 0, 1), timeout=0.6)
    assert failure.kind == kind
    assert word in str(failure)
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


def test_half_an_answer_and_an_end_is_said_so() -> None:
    with RawServer(lambda question: mbap(question, b"\x04\x02\0\1")[:8], once=True) as server:
        failure = refused(server.port, ("input", 0, 1))
    assert failure.kind == "protocol"
    assert "half an answer" in str(failure)


def test_a_late_answer_to_an_earlier_question_is_passed_over() -> None:
    def answer(question: bytes) -> bytes:
        return mbap(question, b"\x04\x02\0\x63", transaction=-1) + mbap(question, b"\x04\x02\0\7")

    with RawServer(answer) as server:
        assert read(server.port, ("input", 0, 1)) == [[7]]


@pytest.mark.parametrize("unit", [0, 255])
def test_a_device_without_units_may_answer_as_itself(unit: int) -> None:
    with RawServer(lambda question: mbap(question, b"\x04\x02\0\7", unit=unit)) as server:
        assert read(server.port, ("input", 0, 1)) == [[7]]


def test_a_server_that_was_away_is_read_again(device: ModbusDevice) -> None:
    device.set("input", 0, 5)
    assert read(device.port, ("input", 0, 1)) == [[5]]
    device.stop()
    assert refused(device.port, ("input", 0, 1)).kind == "refused"
    device.start()
    assert read(device.port, ("input", 0, 1)) == [[0]]


def test_units_of_one_gateway_are_asked_one_after_another() -> None:
    with ModbusDevice(units=(1, 2, 3)) as device:
        for unit in device.units:
            device.set("input", 0, 10 * unit, unit=unit)

        async def one(way: ModbusWay, unit: int) -> int:
            async with way.session(target(), port=device.port, unit=unit) as session:
                return (await session.read("input", 0, 1))[0]

        async def main() -> list[int]:
            way = ModbusWay()
            return await asyncio.gather(*[one(way, unit) for unit in device.units])

        assert asyncio.run(main()) == [10, 20, 30]
        assert (device.most, device.opened) == (1, 3)


def test_who_waits_for_a_gateway_longer_than_his_timeout_says_so(device: ModbusDevice) -> None:
    async def main() -> str:
        way = ModbusWay()
        async with way.session(target(), port=device.port, unit=1):
            with pytest.raises(CannotAsk) as failure:
                async with way.session(target(0.3, id_="other"), port=device.port, unit=2):
                    pass
        async with way.session(target(), port=device.port, unit=1) as session:
            assert await session.read("coil", 0, 1) == [0]
        return str(failure.value)

    assert "still busy with other units" in asyncio.run(main())


@pytest.mark.parametrize("way", ["modbus", "http", "dns", "ntp"])
def test_without_a_way_the_question_cannot_be_put(way: str) -> None:
    nothing: Any = None
    unopened = getattr(Reach(nothing, nothing, nothing), way)
    with pytest.raises(CannotAsk, match=f"(?i)this run has no {way}"):
        unopened.session(target(), port=502, unit=1)
