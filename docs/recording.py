"""A session in a real shell on a terminal of its own, and what was shown there with its times."""

from __future__ import annotations

import codecs
import fcntl
import html
import io
import json
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

COLUMNS, ROWS = 100, 40
PROMPT = "$ "
STROKE = 0.04  # seconds between two keys
READ = 0.7  # seconds that a reader has for an answer before the next command
PATIENCE = 60.0
IDLE = 3.0  # seconds that a player waits at most where nothing was shown
NOT_SHOWN = re.compile(r"\x1b\[\?[0-9;]*[hl]|\x1b\][^\x07]*\x07|\r|\x07")
FONTS = "'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Noto Sans Mono', 'WenQuanYi Zen Hei Mono', monospace"
FROM_ELSEWHERE = re.compile(r"\s*@font-face \{.*?\n\s*\}", re.DOTALL)


WORDS = re.compile(r'(<text [^>]*?\bx=")([0-9.]+)"([^>]*?)textLength="(?P<length>[0-9.]+)"([^>]*>)([^<]+)</text>')


@dataclass
class Recording:
    """What the terminal was sent: seconds since the beginning, text."""

    shown: list[tuple[float, str]] = field(default_factory=list)

    def text(self) -> str:
        return "".join(text for _, text in self.shown)

    def asciicast(self) -> str:
        """https://docs.asciinema.org/manual/asciicast/v2/: a header and an event a line, as JSON."""
        header = {
            "version": 2,
            "width": COLUMNS,
            "height": ROWS,
            "idle_time_limit": IDLE,
            "env": {"TERM": "xterm-256color"},
        }
        lines = [header, *([round(at, 3), "o", text] for at, text in self.shown)]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def svg(self, title: str) -> str:
        """All lines one below the other, in the colours that the commands gave them."""
        console = Console(record=True, width=COLUMNS, file=io.StringIO())
        for line in NOT_SHOWN.sub("", self.text()).rstrip().split("\n"):
            console.print(Text.from_ansi(line), no_wrap=True, overflow="ignore", crop=False)
        drawn = console.export_svg(title=title, unique_id="terminal", font_aspect_ratio=0.6)
        return WORDS.sub(_in_cells, FROM_ELSEWHERE.sub("", drawn).replace("Fira Code, monospace", FONTS))


def _in_cells(drawn: re.Match[str]) -> str:
    """rich gives a Chinese character one cell of width where it has two: each run of one width by itself."""
    head, x, between, _, rest, content = drawn.groups()
    at, runs, words = float(x), [], html.unescape(content)
    cell = float(drawn["length"]) / len(words)
    for wide, letters in groupby(words, lambda letter: cell_len(letter) > 1):
        run = "".join(letters)
        width = cell * len(run) * (2 if wide else 1)
        runs.append(f'{head}{at:g}"{between}textLength="{width:g}"{rest}{html.escape(run)}</text>')
        at += width
    return "".join(runs)


class Shell:
    """bash on a terminal of COLUMNS and ROWS, in an empty home, with the commands of `programs`."""

    def __init__(self, home: Path, programs: Path) -> None:
        self.recording = Recording()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._process, self._terminal = pty.fork()
        if not self._process:
            _bash(home, programs)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
        self._began = time.monotonic()
        self.wait(PROMPT, PATIENCE)

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        """The shell's jobs end with it (SIGHUP)."""
        os.close(self._terminal)
        os.kill(self._process, signal.SIGHUP)
        os.waitpid(self._process, 0)

    def type(self, line: str) -> None:
        """A command, until the next prompt. TimeoutError if none comes."""
        self._keys(line)
        before = len(self.recording.text())
        self._send("\r")
        self._shown(lambda text: text[before:].endswith(PROMPT), PATIENCE, PROMPT)
        self._read(READ)

    def wait(self, text: str, seconds: float) -> None:
        """Until this is shown. TimeoutError."""
        self._shown(lambda shown: text in shown, seconds, text)
        self._read(READ)

    def stop(self) -> None:
        """Ctrl-C for the job in the background, and to its end."""
        self._keys("fg")
        self._send("\r")
        self._read(READ)
        before = len(self.recording.text())
        self._send("\x03")
        self._shown(lambda text: text[before:].endswith(PROMPT), PATIENCE, PROMPT)

    def _keys(self, line: str) -> None:
        for key in line:
            self._send(key)
            self._read(STROKE)

    def _send(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def _shown(self, enough: Callable[[str], bool], seconds: float, awaited: str) -> None:
        latest = time.monotonic() + seconds
        while not enough(self.recording.text()):
            if time.monotonic() > latest:
                raise TimeoutError(f"{awaited!r} was not shown within {seconds:g} s but {self.recording.text()!r}")
            self._read(0.1)

    def _read(self, seconds: float) -> None:
        latest = time.monotonic() + seconds
        while (left := latest - time.monotonic()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                text = self._decoder.decode(os.read(self._terminal, 65536))
                self.recording.shown.append((time.monotonic() - self._began, text))


def _bash(home: Path, programs: Path) -> None:
    environment = {
        "HOME": str(home),
        "PATH": f"{programs}:/usr/bin:/bin",
        "PS1": PROMPT,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "INPUTRC": os.devnull,
    }
    os.chdir(home)
    os.execvpe("bash", ["bash", "--noprofile", "--norc", "+o", "history", "-i"], environment)  # noqa: S606, S607
