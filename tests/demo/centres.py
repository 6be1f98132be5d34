"""A simulated centre with the agent watching it, as a process of its own at a free port; several may run at once.

    with part(folder, "medical") as centre:
        centre.fault("line-cut", "medical")
        centre.until('line_up{target="medical"}', 0)
        centre.until_incident("IR-04", "medical", seconds=120)

Skips where the system refuses unprivileged namespaces.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from demo.control import SOCKET, ask
from tests.exporters.alertmanagers import of_incidents
from tests.namespace import need_namespace
from tests.peers import free_port, until

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
SELECTOR = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})?")
LABEL = re.compile(r'(\w+)="([^"]*)"')
LOOK = 0.2  # seconds
Found = Mapping[str, Any]


@dataclass(frozen=True)
class Centre:
    """`ready`: seconds from the command until every target was read once."""

    folder: Path
    port: int
    process: subprocess.Popen[str]
    ready: float = 0.0

    def fault(self, name: str, whom: str = "") -> str:
        """Whom it befell."""
        return str(self.asked("fault", name, *filter(None, [whom]))["begun"][1])

    def heal(self, name: str = "all", whom: str = "") -> None:
        assert self.asked("heal", name, *filter(None, [whom]))["healed"], f"nothing to heal: {name} {whom}"

    def asked(self, *words: str) -> Any:
        """What the centre answers, by its socket, as `shouwang demo` asks it."""
        answer = ask(self.folder / SOCKET, words)
        assert "refused" not in answer, answer
        return answer

    def values(self, selector: str) -> list[float]:
        """Of all series of this metric that have these labels, as /metrics has them now."""
        found = SELECTOR.fullmatch(selector)
        assert found, selector
        wanted = dict(LABEL.findall(found["labels"] or ""))
        lines = [line for line in self.get("/metrics").splitlines() if line.startswith((found["name"] + "{", "# EOF"))]
        return [
            sample.value
            for family in text_string_to_metric_families("\n".join(lines))
            for sample in family.samples
            if wanted.items() <= sample.labels.items()
        ]

    def until(self, selector: str, value: float, seconds: float = 20, count: int | None = None) -> None:
        """Until there are such series, or so many, and all of them have this value."""

        def told() -> bool:
            found = self.values(selector)
            return set(found) == {value} and count in (None, len(found))

        until(told, seconds, f"{selector} is not {value}" + (f" {count} times" if count else ""))

    def incidents(self, playbook: str, subject: str = "") -> list[Found]:
        """The open ones of this playbook, the newest first; of this subject, where one is given."""
        return [
            each
            for each in json.loads(self.get("/api/v1/incidents"))["incidents"]
            if each["playbook"] == playbook and subject in ("", each["target"]) and each["closed"] is None
        ]

    def until_incident(self, playbook: str, subject: str = "", seconds: float = 30) -> Found:
        """The open incident, as soon as there is one."""
        return _first(lambda: self.incidents(playbook, subject), seconds, f"no incident {playbook} {subject}")

    def until_no_incident(self, playbook: str, subject: str = "", seconds: float = 180) -> None:
        """A trigger must be well for a minute, or what its playbook says, before it clears."""
        until(lambda: not self.incidents(playbook, subject), seconds, f"incident {playbook} {subject} is open")

    def alerts(self, **labels: str) -> list[Found]:
        """Of incidents: those that the agent told to the centre's Alertmanager, that fire now and have these labels."""
        told = self.asked("alerts")["alerts"]
        return [each for each in of_incidents(told) if labels.items() <= each["labels"].items()]

    def until_alert(self, seconds: float = 30, **labels: str) -> Found:
        """The alert with these labels, as API v2 of Alertmanager has it, as soon as it fires."""
        return _first(lambda: self.alerts(**labels), seconds, f"no alert {labels}")

    def until_no_alert(self, seconds: float = 180, **labels: str) -> None:
        until(lambda: not self.alerts(**labels), seconds, f"the alert {labels} fires")

    def told(self, *words: str) -> str:
        """What a command of the agent says of this centre."""
        command = [SHOUWANG, *words, "-c", str(self.folder / "agent.yaml")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return str(answer.read().decode())


def _first(look: Callable[[], list[Found]], seconds: float, why: str) -> Found:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            if found := look():
                return found[0]
        time.sleep(LOOK)
    pytest.fail(f"not within {seconds:g} s: {why}")


def part(folder: Path, *names: str) -> AbstractContextManager[Centre]:
    """Of these nodes and lines, as demo.centre.plan names them, and the switches that they hang on."""
    return running(folder, "--part", ",".join(names))


@contextmanager
def running(folder: Path, *arguments: str, early: bool = False) -> Iterator[Centre]:
    """From when every target was read once until the block ends; then it must end in order by itself. `early`: from
    when everything answers, while the agent starts."""
    need_namespace()
    port, began = free_port(), time.monotonic()
    command = [SHOUWANG, "demo", "--folder", str(folder), "--port", str(port), "--language", "en", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        for line in process.stdout:
            if "is up" in line if early else "targets were read" in line:
                break
        else:
            raise AssertionError(process.communicate()[1])
        yield Centre(folder, port, process, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, ""), errors
