"""One session at the command line of a device that shows its configurations and does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from demo.consoles.styles import Style

PAGE = 24  # lines
BYTES = "latin-1"  # one character for one byte: a device's texts are not always UTF-8
Question = Literal["running", "saved"]
# The bytes of a configuration; None where none was saved.
Configurations = Callable[[Question], bytes | None]


class Channel(Protocol):
    """As paramiko has it."""

    def recv(self, most: int) -> bytes: ...

    def sendall(self, data: bytes) -> None: ...


class Terminal:
    """Raises EOFError when whoever typed is gone, OSError where the connection breaks."""

    def __init__(self, channel: Channel, style: Style, name: str, configurations: Configurations) -> None:
        self.channel, self.style, self.name = channel, style, name
        self._configurations = configurations
        self.paging = True
        self._typed = b""

    def run(self) -> None:
        """Until somebody leaves."""
        self.greet()
        while True:
            self.ready()
            command = self.line().strip()
            if command == self.style.leave:
                return
            if command:
                self.do(command)

    def say(self, text: str) -> None:
        self.channel.sendall(text.encode(BYTES))

    def key(self) -> bytes:
        if not self._typed:
            self._typed = self.channel.recv(1024)
            if not self._typed:
                raise EOFError
        first, self._typed = self._typed[:1], self._typed[1:]
        return first

    def line(self) -> str:
        """Echoed as it is typed."""
        typed = b""
        while (key := self.key()) not in (b"\r", b"\n"):
            typed += key
            self.echo(key.decode(BYTES), typed)
        self.say("\r\n")
        return typed.decode(BYTES)

    def echo(self, key: str, typed: bytes) -> None:
        self.say(key)

    def ready(self) -> None:
        self.say(self.prompt())

    def prompt(self) -> str:
        return self.style.prompt.format(name=self.name)

    def greet(self) -> None:
        self.say("\r\n*** Only for those who may ***\r\n")

    def do(self, command: str) -> None:
        style = self.style
        if command == style.paging_off:
            self.paging = False
            self.say(style.paging_said)
        elif command == style.running:
            self.show("running")
        elif command == style.saved:
            self.show("saved")
        else:
            self.say(style.unknown)

    def show(self, what: Question) -> None:
        text = self._configurations(what)
        if text is None:
            self.say(self.style.nothing_saved)
            return
        if what == "running":
            self.say(self.style.before)
        self.tell(text.decode(BYTES).replace("\n", "\r\n"))

    def tell(self, text: str) -> None:
        """In pages, unless that was put off."""
        lines = text.splitlines(keepends=True)
        size = PAGE if self.paging else len(lines) or 1
        for first in range(0, len(lines), size):
            if first:
                self.say(self.style.more)
                while self.key() != b" ":
                    pass
                self.say(self.style.wipe)
            self.put(lines[first : first + size])

    def put(self, lines: list[str]) -> None:
        self.say("".join(lines))
