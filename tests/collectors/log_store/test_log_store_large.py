"""Files too large to be read whole, files with holes, files that could not be read at first: the work is bounded."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.core.reach import Unanswered
from agent.core.ssh import Answer, Broken, Command
from collectors.backup.here import Here
from collectors.log_store.files import Entry, Listing
from collectors.log_store.look import Read, forget_late, held, look
from tests.collectors.log_store.store import DAY, HOUR, NOW, Store, iso, lines, write

MIB = 1024 * 1024


class Counting(Here):
    """This machine, with what it is asked; `refused`: it lets nothing be read."""

    def __init__(self, seconds: float = 60.0) -> None:
        super().__init__(asyncio.get_running_loop().time() + seconds)
        self.asked: list[Command] = []
        self.refused = False

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        self.asked += commands
        if self.refused:
            return [Answer(each, 1, b"", b"dd: Permission denied") for each in commands]
        return await super().round(commands)


async def seen(session: Counting, path: Path, memory: dict[int, Read], seconds: float = 60.0) -> Entry:
    facts = path.stat()
    entry = Entry(facts.st_ino, int(facts.st_mtime), facts.st_size, str(path))
    listing = Listing(NOW, 0, (entry,), None)
    await look(session, listing, {"core": (entry,)}, memory, asyncio.get_running_loop().time() + seconds)
    return entry


def holes(path: Path, days: Sequence[int], apart: int) -> Path:
    """On each of these days two records, and `apart` bytes of zeros between the days."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for place, day in enumerate(days):
            file.seek(place * apart + place * 777)
            file.write((iso(NOW - day * DAY) + iso(NOW - day * DAY + HOUR)).encode())
    os.utime(path, (NOW - days[-1] * DAY + HOUR,) * 2)
    return path


def test_records_between_holes_are_all_found(tmp_path: Path) -> None:
    holes(tmp_path / "core.log", [*range(30, 20, -1), *range(17, -1, -1)], 4 * MIB)
    store = Store(f"{tmp_path}/{{source}}.log")
    assert store.look()["core"] == {"oldest": NOW - 30 * DAY, "newest": NOW + HOUR, "longest": 4 * DAY - HOUR}
    assert store.remarks_on("core") == ""


def test_records_between_holes_are_found_in_a_packed_file(tmp_path: Path) -> None:
    path = holes(tmp_path / "plain", [9, 8, 4, 2], 4 * MIB)
    write(tmp_path / "core.log.1.gz", gzip.compress(path.read_bytes()), NOW)
    path.unlink()
    assert Store(f"{tmp_path}/{{source}}.log*").look()["core"]["longest"] == 4 * DAY - HOUR


@pytest.mark.parametrize("days", [range(60, -1, -1), range(600, -1, -2)], ids=["daily", "many gaps"])
def test_a_file_of_holes_takes_few_commands(tmp_path: Path, days: range) -> None:
    async def run() -> None:
        session, memory = Counting(), dict[int, Read]()
        entry = await seen(session, holes(tmp_path / "core.log", days, MIB), memory)
        found = held(entry, memory)
        assert found is not None
        assert found.sure
        assert len(session.asked) < 1000
        assert sum(each.limit for each in session.asked) < 16 * MIB

    asyncio.run(run())


def test_a_dense_file_with_a_gap_is_read_in_few_pieces(tmp_path: Path) -> None:
    text = lines(NOW - 30 * DAY, NOW - 20 * DAY, 30) + lines(NOW - 15 * DAY, NOW, 30)
    path = write(tmp_path / "core.log", text, NOW)

    async def run() -> None:
        session, memory = Counting(), dict[int, Read]()
        found = held(await seen(session, path, memory), memory)
        assert found is not None
        assert found.spans == ((NOW - 30 * DAY, NOW - 20 * DAY), (NOW - 15 * DAY, NOW))
        assert len(session.asked) < 40

    asyncio.run(run())


def test_what_could_not_be_read_is_tried_again_although_it_did_not_change(tmp_path: Path) -> None:
    path = write(tmp_path / "core.log", lines(NOW - DAY, NOW, HOUR), NOW)

    async def run() -> None:
        session, memory = Counting(), dict[int, Read]()
        session.refused = True
        first = held(await seen(session, path, memory), memory)
        session.refused = False
        again = held(await seen(session, path, memory), memory)
        assert first is not None
        assert (first.why, first.sure) == ("permission", False)
        assert again is not None
        assert (again.why, again.sure, again.spans) == ("", True, ((NOW - DAY, NOW),))

    asyncio.run(run())


def test_a_packed_file_that_breaks_off_makes_no_gap(tmp_path: Path) -> None:
    packed = gzip.compress(os.urandom(8) + b"\n" + lines(NOW - 30 * DAY, NOW - 20 * DAY, 60).encode())
    write(tmp_path / "core.log.1.gz", packed[: len(packed) // 2], NOW - 10 * DAY)
    write(tmp_path / "core.log", lines(NOW - 10 * DAY, NOW, HOUR), NOW)
    store = Store(f"{tmp_path}/{{source}}.log*")
    assert "longest" not in store.look()["core"]
    assert "core.log.1.gz cannot be read (it cannot be unpacked)" in store.remarks_on("core")


def test_one_file_that_hangs_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    class Hanging(Here):
        """As a host whose kernel does not come back from one file."""

        async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
            found: list[Answer] = []
            for command in commands:
                if "if=" + str(paths[2]) in command.argv:
                    raise Broken(Unanswered("timeout", "no end of the commands within 9 s"), tuple(found))
                found.append(await self._answer(command))
            return found

    paths = [write(tmp_path / f"{place}.log", lines(NOW - DAY, NOW, HOUR), NOW - place) for place in range(5)]
    files = [Entry(path.stat().st_ino, NOW - place, path.stat().st_size, str(path)) for place, path in enumerate(paths)]
    sources = {entry.path: (entry,) for entry in files}

    async def run() -> None:
        memory: dict[int, Read] = {}
        end = asyncio.get_running_loop().time() + 60
        session = Hanging(end)
        assert await look(session, Listing(NOW, 0, tuple(files), None), sources, memory, end) == 2
        assert await look(session, Listing(NOW, 0, tuple(files), None), sources, memory, end) == 0
        assert [(known := held(entry, memory)) and known.why for entry in files] == ["", "", "late", "", ""]
        forget_late(memory)
        assert len(memory) == 4

    asyncio.run(run())
