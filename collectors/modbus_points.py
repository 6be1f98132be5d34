"""From the points of a Modbus device to questions, and from its answers to numbers and contacts."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, MutableSet, Sequence
from dataclasses import dataclass

from agent.core.reach import ModbusSession, ModbusTable, Unanswered
from collectors.contact_states import Seen, Wired
from collectors.modbus_options import FaultContact, Levels, Point

LIMITS: dict[ModbusTable, int] = {"coil": 2000, "discrete": 2000, "input": 125, "holding": 125}  # of one answer
# Nothing in a machine room reads beyond; sensors that are broken or absent say so with such values.
PLAUSIBLE = {"temperature": (-60.0, 120.0), "humidity": (0.0, 100.0)}
FORMATS = {"uint16": ">H", "int16": ">h", "uint32": ">I", "int32": ">i", "float32": ">f"}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    table: ModbusTable
    address: int
    count: int = 1

    @property
    def end(self) -> int:
        return self.address + self.count


Words = Sequence[int]


def spans(points: Iterable[Point]) -> Iterator[Span]:
    for point in points:
        yield span(point)
        if point.fault is not None:
            yield span(point.fault)


def span(asked: Point | FaultContact) -> Span:
    return Span(asked.table, asked.address, asked.registers if isinstance(asked, Point) else 1)


def blocks(wanted: Iterable[Span]) -> Iterator[tuple[Span, list[Span]]]:
    """Few questions for many spans: those that touch go together. Never over a gap, which many devices refuse."""
    block: Span | None = None
    held: list[Span] = []
    for each in sorted(set(wanted)):
        if block is not None and (wider := _joined(block, each)) is not None:
            block, held = wider, [*held, each]
            continue
        if block is not None:
            yield block, held
        block, held = each, [each]
    if block is not None:
        yield block, held


def _joined(block: Span, following: Span) -> Span | None:
    count = max(block.end, following.end) - block.address
    touching = block.table == following.table and following.address <= block.end
    return Span(block.table, block.address, count) if touching and count <= LIMITS[block.table] else None


async def read(
    session: ModbusSession, wanted: Iterable[Span], apart: MutableSet[Span], found: dict[Span, Words]
) -> Unanswered | None:
    """Fills `found` with what the unit gives, and returns the first failure, after which the rest was tried as far as
    it makes sense. `apart` remembers the blocks that the unit gives only in pieces."""
    failure: Unanswered | None = None
    questions = [piece for block, held in blocks(wanted) for piece in _pieces(block, held, apart)]
    while questions:
        block, held = questions.pop(0)
        try:
            words = await session.read(block.table, block.address, block.count)
        except Unanswered as error:
            if error.kind == "missing" and len(held) > 1:
                apart.add(block)
                questions[:0] = _pieces(block, held, apart)
                continue
            failure = failure or error
            if error.kind != "missing":
                return failure
            continue
        for each in held:
            found[each] = words[each.address - block.address : each.end - block.address]
    return failure


def _pieces(block: Span, held: list[Span], apart: MutableSet[Span]) -> list[tuple[Span, list[Span]]]:
    return [(each, [each]) for each in held] if block in apart else [(block, held)]


def number(point: Point, words: Words) -> float | None:
    """The point's value in its own unit; None where it is no reading."""
    value = _raw(point, words) * point.scale + point.offset
    low, high = PLAUSIBLE.get(point.measures, (float("-inf"), float("inf")))
    return value if low <= value <= high else None


def _raw(point: Point, words: Words) -> float:
    if point.registers == 2 and point.words == "low_first":
        words = words[::-1]
    packed = b"".join(word.to_bytes(2, "big") for word in words)
    (value,) = struct.unpack(FORMATS[point.type], packed)
    return float(value)


def contact(point: Point, found: Mapping[Span, Words]) -> Seen | None:
    """None if the point was not read."""
    words = found.get(span(point))
    if words is None:
        return None
    if point.levels is not None:
        value = _raw(point, words) * point.scale + point.offset
        return _level(point.levels, value)
    if point.fault is None:
        return Seen(_closed(point, words))
    broken = _closed(point.fault, found.get(span(point.fault)))
    return Seen(_closed(point, words), None if broken is None else point.fault.says if broken else "")


def faults(point: Point) -> tuple[str, ...]:
    """Which faults this point can tell."""
    if point.levels is not None:
        named = [name for name in ("open", "short") if getattr(point.levels, name) is not None]
        return (*named, "impedance")
    return (point.fault.says,) if point.fault else ()


def wired(point: Point) -> Wired:
    return Wired(point.name, point.label, point.measures, point.debounce or 0.0, faults(point))


def _level(levels: Levels, value: float) -> Seen:
    for name in ("normal", "active", "open", "short"):
        ends = getattr(levels, name)
        if ends is not None and ends[0] <= value <= ends[1]:
            return Seen(name == "active", "") if name in ("normal", "active") else Seen(None, name)
    return Seen(None, "impedance")


def _closed(asked: Point | FaultContact, words: Words | None) -> bool | None:
    """Whether a contact reads 1, turned round if it is inverted; None if it reads neither 0 nor 1, or was not read."""
    if words is None:
        return None
    value = words[0] if asked.bit is None else words[0] >> asked.bit & 1
    return bool(value) != asked.inverted if value in (0, 1) else None
