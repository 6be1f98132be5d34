"""Commands on this machine reach the running agent through its socket, and only its user does."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.control import SOCKET, Control, NotRunning, Refused, ask


async def echo(request: Mapping[str, Any]) -> Any:
    if request.get("bad"):
        raise ValueError("incident 7 is not open")
    return {"heard": request["word"]}


def served(directory: Path, *calls: Mapping[str, Any]) -> list[Any]:
    async def main() -> list[Any]:
        control = Control(directory, {"echo": echo})
        await control.start()
        try:
            mode = stat.S_IMODE(os.stat(directory / SOCKET).st_mode)
            assert mode == 0o600
            return [await asyncio.to_thread(ask, directory, **call) for call in calls]
        finally:
            await control.stop()

    return asyncio.run(main())


def test_a_command_gets_the_agents_answer(tmp_path: Path) -> None:
    assert served(tmp_path, {"verb": "echo", "word": "线路"}) == [{"heard": "线路"}]
    assert not (tmp_path / SOCKET).exists()


def test_a_refusal_says_why(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="incident 7 is not open"):
        served(tmp_path, {"verb": "echo", "bad": True})
    with pytest.raises(Refused, match="known: echo"):
        served(tmp_path, {"verb": "nonsense"})


def test_no_agent_is_told_apart_from_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        ask(tmp_path, "echo")
    with pytest.raises(NotRunning):
        ask(tmp_path / "absent", "echo")


def test_a_socket_left_over_from_a_kill_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET))
    with pytest.raises(NotRunning):
        ask(tmp_path, "echo")
    assert served(tmp_path, {"verb": "echo", "word": "x"}) == [{"heard": "x"}]


def test_a_deep_state_directory_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    assert served(deep, {"verb": "echo", "word": "x"}) == [{"heard": "x"}]


def test_nonsense_and_silence_on_the_socket_harm_nobody(tmp_path: Path) -> None:
    async def main() -> Any:
        control = Control(tmp_path, {"echo": echo})
        await control.start()
        path = str(tmp_path / SOCKET)
        silent = await asyncio.open_unix_connection(path)
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"\xff\xfe not json\n")
        refusal = await reader.readline()
        answer = await asyncio.to_thread(ask, tmp_path, "echo", word="x")
        for each in (silent[1], writer):
            each.close()
        await control.stop()
        return refusal, answer

    refusal, answer = asyncio.run(main())
    assert b"not a request" in refusal
    assert answer == {"heard": "x"}
