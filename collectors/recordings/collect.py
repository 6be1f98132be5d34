"""How far back the recordings of a recorder go."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from collectors.machine_room import MachineRoomOptions
from collectors.recordings import isapi, onvif
from collectors.recordings.asking import Recorder
from collectors.seldom import asking, due

OLDEST = Metric(
    "room_recording_oldest_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("camera",),
    "Oldest recording that the recorder has; the moment of asking where it has none",
)
EVERY = 21600.0  # seconds: recorders search on slow disks
QUESTIONS = 4  # by ONVIF
WAYS = {"onvif": onvif.oldest, "isapi": isapi.oldest}


async def collect(target: Target, options: MachineRoomOptions, poll: Poll) -> AsyncIterator[Sample]:
    recordings = options.recordings
    if recordings is None:
        return
    if due(poll, EVERY):
        host = f"[{options.address}]" if ":" in options.address else options.address
        port = recordings.port or (443 if recordings.https else 80)
        place = f"{'https' if recordings.https else 'http'}://{host}:{port}"
        with asking(poll, place):
            recorder = Recorder(place, recordings, poll, target.timeout * 0.8)
            poll.memory["oldest"] = await WAYS[recordings.by](recorder, poll.now)
    for camera, at in poll.memory.get("oldest", {}).items():
        yield OLDEST.sample(at, camera=camera)


def _patience(target: Target) -> float:
    """For all questions of a reading, each of which may take the timeout."""
    recordings = target.options.recordings
    return target.timeout * max(QUESTIONS, len(recordings.tracks)) if recordings is not None else target.timeout


COLLECTOR = Collector(
    name="recordings",
    kinds=("machine_room",),
    metrics=(OLDEST,),
    collect=collect,
    watches=lambda target: target.options.recordings is not None,
    patience=_patience,
)
