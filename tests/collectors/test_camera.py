"""Cameras by RTSP: small servers on loopback that answer as cameras and recorders do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.core.model import Reading, Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from collectors.camera import COLLECTOR
from collectors.machine_room import MachineRoomOptions
from tests.collectors.ways import values
from tests.peers import free_port

OPTIONS = "200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY"


@contextlib.asynccontextmanager
async def recorder(answers: dict[str, str], heard: list[str], cut_first: bool = False) -> AsyncIterator[int]:
    """Answers by path; what it does not know is not found."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        heard.append(asked)
        if cut_first and len(heard) == 1:
            writer.transport.abort()
            return
        path = "/" + asked.split(" ")[1].split("/", 3)[3]
        answer = answers.get(path, "404 Stream Not Found")
        writer.write(f"RTSP/1.0 {answer}\r\n\r\n".encode())
        await reader.read()
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def target(port: int, timeout: float = 3.0, **cameras: str) -> Target:
    rtsp: dict[str, Any] = {"port": port, **({"cameras": cameras} if cameras else {})}
    options = MachineRoomOptions.model_validate({"id": "nvr", "address": "127.0.0.1", "kind": "camera", "rtsp": rtsp})
    return Target("machine_room", "nvr", "录像机", options, address="127.0.0.1", timeout=timeout)


async def run(watched: Target) -> Reading:
    assert COLLECTOR.applies(watched)
    async with reaching() as reach:
        return await Runner(reach, Snapshot()).run(COLLECTOR, watched)


def read(answers: dict[str, str], heard: list[str] | None = None, cut_first: bool = False, **cameras: str) -> Reading:
    async def main() -> Reading:
        async with recorder(answers, heard if heard is not None else [], cut_first) as port:
            return await run(target(port, **cameras))

    return asyncio.run(main())


@pytest.mark.parametrize("answer", [OPTIONS, '401 Unauthorized\r\nWWW-Authenticate: Digest realm="x"'])
def test_a_camera_that_answers_or_asks_for_a_login_is_up(answer: str) -> None:
    heard: list[str] = []
    found = read({"/": answer}, heard)
    assert (found.failure, values(found, "room_camera_up"), found.diagnoses) == (None, {("nvr",): 1}, ())
    assert heard[0].startswith("OPTIONS rtsp://127.0.0.1:")
    assert heard[0].endswith("\r\nCSeq: 1\r\nUser-Agent: Shouwang\r\n\r\n")


def test_each_camera_of_a_recorder_is_told() -> None:
    answers = {"/ch/1": OPTIONS, "/ch/3": "503 Service Unavailable"}
    found = read(answers, 门口="/ch/1", 大厅="/ch/2", 机房="/ch/3")
    assert values(found, "room_camera_up") == {("门口",): 1, ("大厅",): 0, ("机房",): 0}
    assert [each.said.zh for each in found.diagnoses] == ["{since} 起摄像机无应答:大厅、机房。"]


def test_one_reset_does_not_make_it_down() -> None:
    assert values(read({"/": OPTIONS}, cut_first=True), "room_camera_up") == {("nvr",): 1}


def test_twenty_silent_cameras_end_within_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:  # connects, and says nothing
        cameras = {f"c{number}": f"/{number}" for number in range(20)}
        found = asyncio.run(run(target(server.getsockname()[1], timeout=2, **cameras)))
    assert found.failure is None
    assert set(values(found, "room_camera_up").values()) == {0}
    assert len(values(found, "room_camera_up")) == 20


def test_no_camera_there_is_a_reading() -> None:
    found = asyncio.run(run(target(free_port())))
    assert (found.failure, values(found, "room_camera_up")) == (None, {("nvr",): 0})
