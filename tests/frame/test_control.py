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


def test_what_was_asked_before_the_end_is_answered(tmp_path: Path) -> None:
    async def main() -> Any:
        asked, may_answer = asyncio.Event(), asyncio.Event()

        async def slow(request: Mapping[str, Any]) -> str:
            asked.set()
            await may_answer.wait()
            return "done"

        control = Control(tmp_path, {"slow": slow})
        await control.start()
        silent = await asyncio.open_unix_connection(str(tmp_path / SOCKET))
        command = asyncio.create_task(asyncio.to_thread(ask, tmp_path, "slow"))
        await asked.wait()
        stopping = asyncio.create_task(control.stop())
        assert await silent[0].read() == b""  # who asked nothing waits for nothing
        silent[1].close()
        may_answer.set()
        await stopping
        return await command

    assert asyncio.run(main()) == "done"


def test_a_defect_is_answered_and_not_met_with_silence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"defect of the agent.*KeyError"):
        served(tmp_path, {"verb": "echo"})


def test_a_directory_that_takes_no_socket_keeps_nobody_from_starting(tmp_path: Path) -> None:
    place = tmp_path / "var"
    place.touch()

    async def main() -> tuple[str | None, Any]:
        control = Control(place, {"echo": echo})
        await control.start()
        refusal = control.refusal
        place.unlink()
        place.mkdir()
        await control.start()
        assert control.refusal is None
        try:
            return refusal, await asyncio.to_thread(ask, place, "echo", word="x")
        finally:
            await control.stop()

    refusal, answer = asyncio.run(main())
    assert "Not a directory" in str(refusal)
    assert answer == {"heard": "x"}


def test_a_socket_that_is_gone_is_made_anew_and_one_that_is_there_stays(tmp_path: Path) -> None:
    async def main() -> Any:
        control = Control(tmp_path, {"echo": echo})
        await control.start()
        before = os.stat(tmp_path / SOCKET).st_ino
        await control.start()
        assert os.stat(tmp_path / SOCKET).st_ino == before
        (tmp_path / SOCKET).unlink()
        await control.start()
        try:
            return await asyncio.to_thread(ask, tmp_path, "echo", word="x")
        finally:
            await control.stop()

    assert asyncio.run(main()) == {"heard": "x"}


def test_another_agents_socket_is_left_alone(tmp_path: Path) -> None:
    async def main() -> None:
        control = Control(tmp_path, {"echo": echo})
        await control.start()
        (tmp_path / SOCKET).unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(tmp_path / SOCKET))
            await control.stop()

    asyncio.run(main())
    assert (tmp_path / SOCKET).exists()
