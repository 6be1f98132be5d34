"""A simulated centre with the agent watching it, as a process of its own at a free port.

    with running(folder) as centre:
        centre.fault("line-cut", "medical")
        centre.until('line_up{target="medical"}', 0)

Skips where the system refuses unprivileged namespaces.
"""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.namespace import need_namespace
from tests.peers import until

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
SELECTOR = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})?")
LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Centre:
    folder: Path
    port: int
    process: subprocess.Popen[str]

    def fault(self, name: str, whom: str = "") -> str:
        return self._asked("fault", name, *filter(None, [whom]))

    def heal(self, name: str = "all", whom: str = "") -> str:
        return self._asked("heal", name, *filter(None, [whom]))

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

    def until(self, selector: str, value: float, seconds: float = 20) -> None:
        """Until there are such series and all of them have this value."""
        until(lambda: set(self.values(selector)) == {value}, seconds, f"{selector} is not {value}")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    def _asked(self, *words: str) -> str:
        command = [SHOUWANG, "demo", *words, "--folder", str(self.folder), "--language", "en"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Centre]:
    """From when every target was read once until the block ends; then it must end in order by itself."""
    need_namespace()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [SHOUWANG, "demo", "--folder", str(folder), "--port", str(port), "--language", "en", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        for line in process.stdout:
            if "targets were read" in line:
                break
        else:
            raise AssertionError(process.communicate()[1])
        yield Centre(folder, port, process)
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, ""), errors
