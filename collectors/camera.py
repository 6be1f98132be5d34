"""Cameras and recorders: does each answer OPTIONS by RTSP (RFC 2326 section 10.1)? Nothing is watched or played."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from agent.core.model import Collector, Diagnosis, Metric, Sample, Target
from agent.core.reach import Poll, Unanswered
from agent.core.tcp import Script, Step
from agent.core.text import Text, clean
from collectors.camera_options import Rtsp
from collectors.machine_room import MachineRoomOptions

UP = Metric(
    "room_camera_up",
    "gauge",
    "0/1",
    ("camera",),
    "The camera answers by RTSP, or asks for a login; or its recorder says so",
)
SILENT = Text("{since} 起摄像机无应答:{cameras}。", "Cameras that do not answer since {since}: {cameras}.")

ASKING = 0.8  # share of the deadline
PAUSE = 0.5  # seconds before the second attempt
AT_ONCE = 8  # connections to one recorder
LOGIN = ("401", "403")


async def collect(target: Target, options: MachineRoomOptions, poll: Poll) -> AsyncIterator[Sample]:
    """One that does not answer is a reading; CannotAsk if the address has no name that resolves."""
    rtsp = options.rtsp or Rtsp()
    cameras = rtsp.cameras or {target.id: "/"}
    slots = asyncio.Semaphore(AT_ONCE)
    # With one connection at a time to each slot, all have had their turn in time.
    seconds = ASKING * min(target.timeout, target.every) / -(-len(cameras) // AT_ONCE)

    async def one(path: str) -> bool:
        async with slots:
            return await _answers(options.address, rtsp.port, path, seconds, poll)

    found = dict(zip(cameras, await asyncio.gather(*(one(path) for path in cameras.values())), strict=True))
    for camera, up in found.items():
        yield UP.sample(up, camera=camera)
    told_silent(found, poll)


async def _answers(address: str, port: int, path: str, seconds: float, poll: Poll) -> bool:
    host = f"[{address}]" if ":" in address else address
    asked = f"OPTIONS rtsp://{host}:{port}{path} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Shouwang\r\n\r"
    script = Script((Step(send=asked), Step(expect=r"^RTSP/[12]\.\d [1-5]\d\d")))
    each = (seconds - PAUSE) / 2
    for pause in (PAUSE, 0.0):
        try:
            talk = await poll.reach.tcp.talk(address, port, script, timeout=max(each, seconds / 3))
        except Unanswered:
            talk = None
        if talk is not None and talk.matched:
            status = talk.matched[-1].split(" ")[-1]
            return status.startswith("2") or status in LOGIN
        await asyncio.sleep(min(pause, seconds / 4))
    return False


def told_silent(found: Mapping[str, bool], poll: Poll) -> None:
    """Concludes which of these cameras do not answer, and since when."""
    began: dict[str, float] = poll.memory.setdefault("since", {})
    silent = [camera for camera, up in found.items() if not up]
    for camera in [each for each in began if each not in silent]:
        del began[camera]
    if silent:
        first = min(began.setdefault(camera, poll.monotonic) for camera in silent)
        shown = clean("、".join(silent), 200).replace("{", "{").replace("}", "}")
        poll.diagnoses.append(Diagnosis(SILENT.format(cameras=shown), poll.now - (poll.monotonic - first)))


COLLECTOR = Collector(
    name="camera",
    kinds=("machine_room",),
    metrics=(UP,),
    collect=collect,
    watches=lambda target: target.options.kind == "camera" or target.options.rtsp is not None,
)
