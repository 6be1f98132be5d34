"""A centre for tests: a directory with an agent.yaml, and the agent on it as a process."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from agent.control import NotRunning, ask
from agent.core.store import Store
from tests.peers import free_port, running, until

T = TypeVar("T")
SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
SELF = "{id: self, name: 本机, address: localhost, by: local, every: 1s, timeout: 1s}"
# A switch that nothing answers for: an incident two seconds after it is taken up.
SILENT = (
    "thresholds: {IR-20: {for: 2s}}\n"
    "switches: [{id: core, name: 核心交换机, address: 127.0.0.1, credentials: room, every: 1s, timeout: 0.5s}]\n"
    "credentials: {room: {snmp: {version: 2c, community: hunter2-canary, port: %d}}}\n"
)


class Centre:
    """`state` is relative to `place`, as in agent.yaml."""

    def __init__(self, place: Path, state: str = "var") -> None:
        self.place = place
        self.state = place / state
        self.port = free_port()
        self.config = place / "agent.yaml"
        self.log = place / "agent.log"
        self.write(f"hosts: [{SELF}]")

    @property
    def run(self) -> list[str]:
        return [SHOUWANG, "run", "-c", str(self.config)]

    def write(self, sections: str) -> None:
        head = (
            f"center: {{id: test, name: 测试中心, district: 普陀区}}\n"
            f"listen: 127.0.0.1:{self.port}\nstate: {self.state}\n"
        )
        self.config.write_text(head + sections + "\n", encoding="utf-8")

    @contextlib.contextmanager
    def agent(self) -> Iterator[subprocess.Popen[bytes]]:
        with running(self.run, self.log) as child:
            self.healthy(child)
            yield child

    def healthy(self, child: subprocess.Popen[Any]) -> None:
        until(lambda: child.poll() is not None or self.get("/-/healthy"), why=f"no answer; {self.said()}")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as reply:
            return str(reply.read().decode())

    def value(self, series: str) -> float | None:
        for row in self.get("/metrics").splitlines():
            if row.startswith(series + " "):
                return float(row.rpartition(" ")[2])
        return None

    def incidents(self) -> list[dict[str, Any]]:
        """The open ones, as the API gives them."""
        found: list[dict[str, Any]] = json.loads(self.get("/api/v1/incidents"))["incidents"]
        return found

    def timeline(self, identity: str) -> list[str]:
        """The kinds of its changes, as they are on disk."""
        return self._look(lambda store: [change.kind for change in store.timeline(identity)])

    def sound(self) -> bool:
        """Whether the ledger on disk is whole."""
        return self._look(lambda store: store.verify() is None)

    def recalled(self, key: str) -> Any:
        """A small fact on disk."""
        return self._look(lambda store: store.recall(key))

    def _look(self, question: Callable[[Store], T]) -> T:
        store = Store.peek(self.state)
        try:
            return question(store)
        finally:
            store.close()

    def tell(self, verb: str, **arguments: Any) -> dict[str, Any] | None:
        """What a command would ask of the agent; None where it cannot be reached."""
        try:
            answer: dict[str, Any] = ask(self.state, verb, **arguments)
        except NotRunning:
            return None
        return answer

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        argv = [SHOUWANG, *words, "-c", str(self.config)]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
