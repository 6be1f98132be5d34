"""Applications by TCP: a connection is enough, or a conversation is expected."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.core.model import Reading
from tests.collectors.applications import RESPONSE, UP, Line, conversing, poll, polls, why
from tests.collectors.ways import value, values
from tests.peers import free_port

GREETING = [Line(b"220 queue ready\r\n"), Line(b"250 open\r\n", b"STATE")]
ASKS = [{"expect": "^220 (.*)", "send": "STATE"}, {"expect": "^250 open$"}]


def talked(lines: Sequence[Line], options: Mapping[str, Any], timeout: float = 3.0) -> Reading:
    async def main() -> Reading:
        async with conversing(lines) as port:
            return (await polls({"tcp": f"127.0.0.1:{port}", **options}, timeout=timeout))[0]

    return asyncio.run(main())


def test_a_port_that_is_open_is_up() -> None:
    found = talked([], {"role": "database"})
    assert values(found, UP) == {("database",): 1}
    assert {phase for _, phase in values(found, RESPONSE)} == {"resolve", "connect", "total"}


def test_a_conversation_that_goes_as_expected_is_up() -> None:
    found = talked(GREETING, {"role": "queue", "talk": ASKS})
    assert (values(found, UP), why(found)) == ({("queue",): 1}, [])
    assert value(talked([Line(b"RFB 003.008\n")], {"expect": {"body": "^RFB 003"}}), UP) == 1


@pytest.mark.parametrize(
    ("lines", "zh", "en"),
    [
        ([Line(b"220 x\r\n"), Line(b"421 full\r\n", b"STATE")],
         "0.8 秒内没有等到 ^250 open$", "^250 open$ did not come within 0.8 s"),
        ([Line(b"220 x\r\n"), Line(b"", b"NEVER")],
         "对方关闭了连接,没有等到 ^250 open$", "it closed the connection, and ^250 open$ had not come"),
        ([Line(b"x" * 200_000)], "对方说个不停,没有等到 ^220 (.*)", "it says more than can be read, and not ^220 (.*)"),
    ],
)  # fmt: skip
def test_what_did_not_come_is_named(lines: list[Line], zh: str, en: str) -> None:
    found = talked(lines, {"talk": ASKS}, timeout=1)
    assert (found.failure, value(found, UP)) == (None, 0)
    assert why(found) == [(f"{{since}} 起不可用:{zh}。", f"Down since {{since}}: {en}.")]


def test_a_closed_port_is_down() -> None:
    found = poll({"tcp": f"127.0.0.1:{free_port()}"}, timeout=4)
    assert (value(found, UP), why(found)[0][0]) == (0, "{since} 起不可用:服务器拒绝连接,请查服务是否在运行。")


def test_since_when_it_is_down_is_kept_until_it_is_up() -> None:
    async def main() -> list[Reading]:
        return await polls({"tcp": f"127.0.0.1:{free_port()}"}, 2, timeout=4)

    first, second = asyncio.run(main())
    assert second.started - first.started > 0.4
    assert abs(second.diagnoses[0].since - first.diagnoses[0].since) < 0.1
