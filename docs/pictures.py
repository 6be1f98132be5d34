"""Takes README's pictures of a simulated centre: `python -m docs.pictures [overview] [terminal]`.

docs/pictures/overview.png is the page as Chromium shows it while two faults go on; terminal.svg and terminal.cast
(asciicast v2, for `asciinema play`) are one session in a real shell, with what the commands printed and when. Takes ten
minutes, and needs what `shouwang demo` needs, Chromium and bash. Exit 1 with the reason where something is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from docs.palette import reduced
from docs.recording import Recording, Shell

FOLDER = Path(__file__).parent / "pictures"
BIN = Path(sys.executable).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PORT = 9780  # what the demo takes by itself; another one where that is taken
WIDTH, HEIGHT = 1280, 1500  # pixels of the page
MOST = 300_000  # bytes of a picture
FAULTS = (("line-carrier-fault", "medical"), ("disk-filling", "acceptance-host"))
STARTING, SHOWING = (
    60.0,
    600.0,
)  # seconds that may pass until it runs, until a fault is an incident: a disk takes seven minutes


class Missing(Exception):
    """What the pictures need is not there; the text says what."""


def overview(home: Path) -> None:
    """The page, while the faults go on."""
    with Shell(home, BIN) as shell:
        port = _started(shell)
        for fault, whom in FAULTS:
            shell.type(f"shouwang demo fault {fault} {whom}")
        _until(lambda: {whom for _, whom in FAULTS} <= _open(port), SHOWING, "the faults became no incidents")
        time.sleep(5)  # the page has the next poll
        _photographed(f"http://127.0.0.1:{port}/", FOLDER / "overview.png", home)
        shell.stop()


def terminal(home: Path) -> None:
    """One session: start, a fault, the incident it becomes, its healing, the end."""
    with Shell(home, BIN) as shell:
        port = _started(shell)
        shell.type("")  # what was said came behind the prompt
        shell.type("shouwang demo fault line-carrier-fault")
        _until(lambda: "medical" in _open(port), SHOWING, "the fault became no incident")
        shell.type("cd ~/.local/state/shouwang-demo")
        shell.type("shouwang incident list")
        shell.type("shouwang demo heal all")
        _until(lambda: "medical" not in _open(port), SHOWING, "the incident did not close")
        shell.type("shouwang incident list")
        shell.stop()
        recording = shell.recording
    _written(recording)


def _started(shell: Shell) -> int:
    port = PORT if _free(PORT) else _free(0)
    shell.type("shouwang demo &" if port == PORT else f"shouwang demo --port {port} &")
    shell.wait("Ctrl-C", STARTING)
    return port


def _free(port: int) -> int:
    """This port, or any for 0; 0 if it is taken."""
    try:
        with socket.create_server(("127.0.0.1", port)) as server:
            return int(server.getsockname()[1])
    except OSError:
        return 0


def _open(port: int) -> set[str]:
    """What incidents that are open now are about."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/incidents", timeout=10) as answer:
        incidents = json.load(answer)["incidents"]
    return {incident["target"] for incident in incidents if incident["closed"] is None}


def _until(true: Callable[[], bool], seconds: float, otherwise: str) -> None:
    latest = time.monotonic() + seconds
    while not true():
        if time.monotonic() > latest:
            raise Missing(f"{otherwise} within {seconds:g} s")
        time.sleep(0.5)


def _photographed(url: str, picture: Path, home: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise Missing(f"no browser to take the picture with; install one of {', '.join(BROWSERS)}")
    argv = [browser, "--headless=new", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}", "--timeout=8000"]
    argv += ["--lang=zh-CN", f"--user-data-dir={home / 'browser'}", f"--screenshot={picture}"]
    argv += ["--no-sandbox"] if os.getuid() == 0 else []  # Chromium refuses to sandbox for root
    subprocess.run([*argv, url], check=True, capture_output=True, timeout=60)  # noqa: S603 - a browser of this system
    picture.write_bytes(reduced(picture.read_bytes()))
    if picture.stat().st_size > MOST:
        raise Missing(f"{picture} has {picture.stat().st_size} bytes, {MOST} at most are meant")


def _written(recording: Recording) -> None:
    (FOLDER / "terminal.cast").write_text(recording.asciicast(), "utf-8")
    (FOLDER / "terminal.svg").write_text(recording.svg("shouwang demo"), "utf-8")


PICTURES: dict[str, Callable[[Path], None]] = {"overview": overview, "terminal": terminal}


def main(names: list[str]) -> int:
    """0 if the pictures named, or all, were taken, 1 if one could not be, 2 for a wrong name."""
    if unknown := set(names) - set(PICTURES):
        sys.stderr.write(f"no such picture: {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}\n")
        return 2
    FOLDER.mkdir(exist_ok=True)
    for name in names or PICTURES:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            try:
                PICTURES[name](Path(home))
            except (Missing, subprocess.SubprocessError, OSError, ValueError) as error:
                sys.stderr.write(f"{name}: {error}\n")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
