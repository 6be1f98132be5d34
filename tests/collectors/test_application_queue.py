"""What a queue system tells: its last ticket, how far its display is behind, the paper of its printers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Reading, Sample, Target
from agent.core.reach import NothingKnown
from collectors.application.moments import moment
from collectors.device_metrics import PRINTER_STATES, STATE
from collectors.reach import DEVICE_UP
from tests.collectors.applications import UP, page, poll, polls
from tests.collectors.ways import value, values
from tests.transports.http_server import Say, plain, saying

TICKET, LAG, PRINTER = (
    "application_ticket_last_timestamp_seconds",
    "application_display_lag_seconds",
    "application_printer_state",
)
NINE = 1_795_482_600.0  # 2026-11-24 09:10:00 in Shanghai
STATE_PAGE = plain(b'{"queue": {"last": "2026-11-24 09:10:00"}, "display": {"lag": 12.5}}')


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-24 09:10:00", NINE),
        ("2026/11/24 09:10:00", NINE),
        ("2026-11-24T01:10:00Z", NINE),
        ("2026-11-24T09:10+08:00", NINE),
        ("1795482600", NINE),
        ("1795482600000", NINE),
        (" 09:10:00 ", NINE),
        ("09:14", NINE + 240),
        ("23:59:59", NINE + 53_399 - 86_400),
        ("2026-11-24 09:10:00,000", NINE),
        ("2026/11/24 9:10:00", NINE),
        ("2026年11月24日 9:10:00", NINE),
        ("2026年11月24日09:10", NINE),
        ("2026.11.24 09:10:00 +0800", NINE),
        ("2026-11-24 01:10:00+00", NINE),
        ("2026-1-5 9:10:00", NINE - 323 * 86_400),
        ("2026-11-2409:10", None),
        ("2026/13/24 9:10:00", None),
        ("20261124", None),
        ("25:00", None),
        ("nan", None),
        ("9999-99-99", None),
        ("", None),
        ("A012", None),
    ],
)
def test_moments_are_read_as_they_are_written(text: str, found: float | None) -> None:
    assert moment(text, NINE) == found


def test_ticket_and_lag_are_read_from_the_applications_own_answer() -> None:
    found = page(STATE_PAGE, role="queue", ticket={"json": "queue.last"}, lag={"json": "display.lag"})
    assert (found.failure, found.remarks) == (None, ())
    assert values(found, TICKET) == {("queue",): NINE}
    assert value(found, LAG) == 12.5


def test_ticket_and_lag_are_read_from_other_pages_and_files(tmp_path: Path) -> None:
    log = tmp_path / "tickets.log"
    log.write_text("old\n" * 40_000 + "2026-11-24 09:10:00 取号 A012\n", encoding="gb18030")
    os.utime(log, (0, 1_700_000_000))

    async def main() -> list[Reading]:
        async with saying(plain(b"lag=7 s")) as port:
            other = {"http": f"http://127.0.0.1:{port}/lag", "pattern": "lag=([0-9]+)"}
            whole = {"file": str(log), "pattern": "(2026[-0-9: ]+) 取号"}
            base = {"tcp": f"127.0.0.1:{port}", "role": "queue", "lag": other}
            return [(await polls({**base, "ticket": ticket}))[0] for ticket in (whole, {"file": str(log)})]

    by_text, by_time = asyncio.run(main())
    assert (by_text.remarks, value(by_text, UP), value(by_text, LAG)) == ((), 1, 7)
    assert value(by_text, TICKET) == NINE
    assert value(by_time, TICKET) == 1_700_000_000


def test_a_login_goes_to_the_applications_own_server_only() -> None:
    heard: list[tuple[str, bytes]] = []

    def listening(name: str) -> Say:
        async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
            heard.append((name, asked))
            await STATE_PAGE(asked, writer)

        return say

    async def main() -> None:
        async with saying(listening("own")) as own, saying(listening("other")) as other:
            await polls({
                "http": f"http://127.0.0.1:{own}/", "login": {"user": "monitor", "password": "hunter2-canary"},
                "headers": {"X-Key": "key"}, "ticket": {"http": f"http://127.0.0.1:{own}/last", "json": "queue.last"},
                "lag": {"http": f"http://127.0.0.1:{other}/lag", "json": "display.lag"},
            })  # fmt: skip

    asyncio.run(main())
    told = sorted((name, b"Authorization" in asked, b"X-Key" in asked) for name, asked in heard)
    assert told == [("other", False, False), ("own", True, True), ("own", True, True)]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"json": "queue.first"}, "has nothing at json queue.first"),
        ({"json": "queue"}, "has nothing at json queue"),
        ({"json": "display.lag"}, "has no time at json display.lag"),
        ({"pattern": "xyz"}, "has nothing at pattern xyz"),
        ({"file": "/nonexistent/tickets"}, "No such file or directory"),
        ({"http": "http://127.0.0.1:1/", "json": "a"}, "refused"),
    ],
)
def test_a_value_that_is_not_where_it_should_be_is_remarked(place: Mapping[str, Any], said: str) -> None:
    found = page(STATE_PAGE, ticket=place)
    assert (found.failure, value(found, UP), values(found, TICKET)) == (None, 1, {})
    assert len(found.remarks) == 1
    assert said in found.remarks[0]


def test_of_an_answer_that_failed_no_value_is_taken() -> None:
    found = page(plain(b"09:10:00", "500 Oops"), ticket={"pattern": "[0-9:]+"})
    assert (value(found, UP), values(found, TICKET), found.remarks) == (0, {}, ())


@dataclass
class Told(NothingKnown):
    """Readings of other targets, by id."""

    readings: dict[str, Reading] = field(default_factory=dict)

    def reading(self, identity: str, metric: str) -> Reading | None:
        found = self.readings.get(identity)
        return found if found is not None and metric in found.by_metric else None


def _read(*samples: Sample) -> Reading:
    return Reading(Target("machine_room", "p", "p"), "printer_state", 0.0, 0.1, samples)


def test_printers_are_told_by_what_their_entries_are_read_to_say() -> None:
    paper = [Sample(STATE, float(state == "no_paper"), ("printer", state)) for state in PRINTER_STATES]
    second = [Sample(STATE, float(state == "ok"), ("printer #2", state)) for state in PRINTER_STATES]
    warm = [Sample(STATE, 1.0, ("Temperature", "warning"))]
    known = Told({"p1": _read(*paper, *second, *warm), "p2": _read(Sample(DEVICE_UP, 0.0, ("other",)))})

    async def main() -> Reading:
        async with saying(plain()) as port:
            options = {"http": f"http://127.0.0.1:{port}/", "printers": ["p1", "p2", "p3"]}
            return (await polls(options, known=known))[0]

    found = asyncio.run(main())
    holding = {labels for labels, state in values(found, PRINTER).items() if state == 1}
    assert holding == {("p1", "no_paper"), ("p1 #2", "ok"), ("p2", "offline")}
    assert len(values(found, PRINTER)) == 3 * len(PRINTER_STATES)
    assert [remark["en"].split(":")[0] for remark in found.remarks] == ["printer p3"]


def test_a_named_pipe_in_the_place_of_a_file_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = poll({"tcp": "127.0.0.1:1", "ticket": {"file": str(tmp_path / "pipe"), "pattern": "x"}})
    assert found.duration < 3
    assert values(found, TICKET) == {}


def test_a_page_that_hangs_after_a_slow_answer_takes_nothing_from_what_was_read() -> None:
    async def main() -> Reading:
        over = asyncio.Event()

        async def slow(asked: bytes, writer: asyncio.StreamWriter) -> None:
            await (asyncio.sleep(1.2) if b"GET / " in asked else over.wait())
            await plain()(asked, writer)

        async with saying(slow) as port:
            url = f"http://127.0.0.1:{port}/"
            (found,) = await polls({"http": url, "ticket": {"http": f"{url}ticket", "json": "last"}}, timeout=2.0)
            over.set()
            await asyncio.sleep(0.01)  # the server comes to its end
        return found

    found = asyncio.run(main())
    assert (found.failure, value(found, UP), values(found, TICKET)) == (None, 1, {})
    assert len(found.remarks) == 1
