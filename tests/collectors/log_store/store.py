"""A log store in a folder of a test's own, read by the real runner, here or through a real sshd."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.core.kept import Kept
from agent.core.model import Reading, Target
from agent.core.others import NothingKnown
from agent.core.snapshot import Snapshot
from agent.core.text import spoken
from agent.reaching import reaching
from agent.runner import Runner
from collectors.host.options import HostOptions
from collectors.log_store import COLLECTOR, LogStoreOptions
from collectors.switch import SwitchOptions

NOW = int(time.time())
MINUTE, HOUR, DAY = 60, 3600, 86400
METRICS = ("newest_timestamp_seconds", "oldest_timestamp_seconds", "longest_gap_seconds")


def switch(identity: str, address: str, name: str = "") -> Target:
    options = SwitchOptions.model_validate({"id": identity, "address": address, "name": name})
    return Target("switch", identity, name or identity, options, address)


def server(identity: str, address: str, **more: Any) -> Target:
    options = HostOptions.model_validate({"id": identity, "address": address, **more})
    return Target("host", identity, identity, options, address)


TARGETS = (
    switch("core", "10.0.0.1", "核心交换机"),
    switch("access-2", "10.0.0.2"),
    server("web", "10.30.1.10"),
    server("window-3", "10.30.2.3", role="terminal"),
)


class Centre(NothingKnown):
    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = targets

    def targets(self) -> Sequence[Target]:
        return self._targets

    def target(self, identity: str) -> Target | None:
        return next((each for each in self._targets if each.id == identity), None)


@dataclass
class Store:
    """`look` reads it as agent.yaml's `log_store: {host: store, path: …}` would, at `now` on the agent's clock. `on`:
    the host it is on, this machine where that is None."""

    path: str
    options: Mapping[str, Any] = field(default_factory=dict)
    targets: Sequence[Target] = TARGETS
    on: Target | None = None
    kept: Kept = field(default_factory=Kept)
    now: float = field(default_factory=time.time)
    reading: Reading | None = None
    snapshot: Snapshot = field(default_factory=Snapshot)
    runs: int = 1

    @property
    def target(self) -> Target:
        task = LogStoreOptions.model_validate({"host": "store", "path": self.path, "every": "1s", **self.options})
        here = Target("host", "store", "store", HostOptions(id="store", address="localhost"), "localhost")
        return replace(self.on or here, id="store", tasks={"log_store": (task,)})

    def look(self, between: Callable[[], None] = lambda: None) -> Mapping[str, Mapping[str, float]]:
        """What is told, by target and metric without its prefix; `between` is called between two runs."""
        asyncio.run(self._look(between))
        found: dict[str, dict[str, float]] = {}
        for reading in self.snapshot.readings():
            if reading.target is not None and reading.collector == "log_store by store":
                of = found.setdefault(reading.target.id, {})
                for sample in reading.samples:
                    assert sample.labels == ("central",)
                    of[sample.metric.name.removeprefix("host_log_").split("_")[0]] = sample.value
        return found

    async def _look(self, between: Callable[[], None]) -> None:
        target = self.target
        async with reaching() as reach:
            known = Centre((*self.targets, target))
            runner = Runner(reach, self.snapshot, lambda: self.now, known=known, kept=self.kept)
            for run in range(self.runs):
                if run:
                    between()
                self.reading = await runner.run(COLLECTOR, target)

    @property
    def remarks(self) -> str:
        assert self.reading is not None
        assert self.reading.failure is None, self.reading.failure
        return "\n".join(spoken(each, "en") for each in self.reading.remarks)

    def remarks_on(self, identity: str) -> str:
        return "\n".join(spoken(each, "en") for one in self.snapshot.of(identity) for each in one.remarks)


def iso(at: float, text: str = "core sshd[1]: session opened") -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S.123456+00:00} {text}\n"


def bsd(at: float, text: str = "core %%01SHELL/4/LOGIN(s)[1]: admin") -> str:
    """RFC 3164, in the zone of this machine, as the tests' own processes have it."""
    moment = datetime.fromtimestamp(at)  # noqa: DTZ006 - the local one is meant
    return f"{moment:%b} {moment.day:2d} {moment:%H:%M:%S} {text}\n"


def write(path: Path, text: str | bytes, at: float) -> Path:
    """A file that was last written at `at`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (at, at))
    return path


def lines(start: float, end: float, step: float, line: Callable[[float], str] = iso) -> str:
    return "".join(line(start + place * step) for place in range(int((end - start) // step) + 1))
