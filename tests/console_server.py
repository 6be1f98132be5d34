"""Command lines of network devices over real SSH, in a process of their own: `python -m tests.console_server DIR`.
Made from how public manuals and screens of such devices say that they behave.

The user who logs in says which device it is and what goes wrong: `FAMILY WORD`. Its configurations are running and
saved in DIR/FAMILY/WORD, read at each command; `script` there holds what `Device.says`. Every line that is typed is
written down there in `typed`, what is said to a question in `replies`, each password in `passwords`, each login in
`logins`.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko

from agent.core.model import Target
from agent.core.reach import Login, SshLogin
from agent.core.secrets import Secret
from demo.consoles.styles import STYLES
from demo.consoles.terminal import BYTES, Question, Terminal
from tests.peers import SYSTEM_PATH
from tests.sshd import keygen

PASSWORD = "canary-of-console"
# All answer at the same port: a host has one conversation at a time, and this is how many there are.
ADDRESSES = tuple(f"127.0.0.{number}" for number in range(1, 21))


# All that may be typed, by family: what the table has, replies in the negative, and an empty line.
ALLOWED = {
    family: {"", "N", style.paging_off, style.running, style.saved, style.leave} for family, style in STYLES.items()
}
# What `Device.says` can say too, by word.
SAYS: Mapping[str, Mapping[str, Any]] = {
    "offers a new password": {
        "asks": [
            "\r\nWarning: The initial password poses security risks.\r\n"
            "The password needs to be changed. Change now? [Y/N]:"
        ]
    },
    "offers to save": {"asks": ["Warning: There are security risks in the configuration file. Save it now? [Y/N]:"]},
    "demands a new password": {"asks": ["Your password has expired.\r\nEnter old password: "]},
    "asks for the password again": {"asks": ["\r\nUser Access Verification\r\n\r\nPassword: "]},
    "closes": {"closes": True},
    "low privilege": {"prompt": "{name}>"},
}


class Server(paramiko.ServerInterface):
    """`family` and `word` are known after the login."""

    def __init__(self, folder: Path) -> None:
        self.root = self.folder = folder
        self.family = self.word = ""
        self.ready = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self.family, _, self.word = username.partition(" ")
        self.folder = self.root / self.family / self.word
        note(self.folder / "passwords", password)
        if password != PASSWORD:
            return paramiko.AUTH_FAILED
        note(self.folder / "logins", username)
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_pty_request(self, channel: paramiko.Channel, *how: Any) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        self.ready.set()
        return True


def note(path: Path, line: str) -> None:
    with path.open("a", encoding=BYTES) as file:
        file.write(line + "\n")


class Strange(Terminal):
    """What goes wrong in a session, by its word."""

    def __init__(self, channel: paramiko.Channel, family: str, word: str, folder: Path) -> None:
        name = (folder / "name").read_bytes().decode(BYTES) if (folder / "name").exists() else "SW-1"
        super().__init__(channel, STYLES[family], name, self._configuration)
        self.word, self.folder = word, folder
        self.prompts = 0
        told = (folder / "script").read_text() if (folder / "script").exists() else "{}"
        self.script: dict[str, Any] = {**SAYS.get(word, {}), **json.loads(told)}

    def _configuration(self, what: Question) -> bytes:
        path = once if (once := self.folder / f"{what} once").exists() else self.folder / what
        text = path.read_bytes()
        once.unlink(missing_ok=True)
        return text

    def line(self) -> str:
        """Written down too."""
        text = super().line()
        note(self.folder / "typed", text)
        return text

    def echo(self, key: str, typed: bytes) -> None:
        if (len(self.prompt()) + len(typed)) % self.script.get("columns", 10_000) == 0:
            self.say("\r\n")
        self.say(f" \x1b[1D{key}" if self.word == "paints its lines" else key)

    def prompt(self) -> str:
        name = f"{self.name}-{self.prompts}" if self.word == "another prompt each time" else self.name
        return str(self.script.get("prompt", self.style.prompt)).format(name=name)

    def ready(self) -> None:
        self.prompts += 1
        self.say(self.prompt() + (self.script.get("interrupts", "") if self.prompts > 2 else ""))

    def greet(self) -> None:
        greetings: Mapping[str, Callable[[], object]] = {
            "notice that looks like prompts": self._strange_notice,
            "notice of 1 MB": lambda: self.say("Only for those who may, # > and others.\r\n" * 26_000),
            "press to continue": lambda: (self.say("Press Y or ENTER to continue, N to exit.\r\n"), self.line()),
            "says nothing": lambda: time.sleep(600),
        }
        if self.word == "waits for a line":
            self.line()
        super().greet()
        greetings.get(self.word, lambda: None)()
        for each in self.script.get("asks", ()):
            self._ask(each)
        if self.script.get("closes"):
            self.channel.close()
            raise EOFError
        self.say(self.script.get("greets", ""))

    def _strange_notice(self) -> None:
        for each in ("<look>", "Welcome #", "password:", "Change now? [Y/N]:", "<SW-", "[SW-1]", "SW-2>"):
            self.say("\r\n" + each)
            time.sleep(0.3)
            self.say(" and so on\r\n")

    def _ask(self, question: str) -> None:
        self.say(question)
        note(self.folder / "replies", self.line())

    def do(self, command: str) -> None:
        style = self.style
        displays = command in (style.running, style.saved)
        unwilling = self.word == "may not put off paging" and command == style.paging_off
        if command in self.script.get("shows", {}):
            self.tell(self.script["shows"][command].replace("\n", "\r\n"))
        elif self.word == "knows no command" or unwilling:
            self.say(style.unknown)
        elif displays and "refuses" in self.script:
            self.say(self.script["refuses"])
        elif displays and self.word == "shows nothing":
            self.say(style.nothing_seen)
        elif displays and (self.word == "forbids" or (self.word == "forbids the saved one" and command == style.saved)):
            self.say(style.forbidden)
        elif displays and self.word == "finds no file system":
            self.say("Error: The file flash:/running does not exist.\r\n")
        elif command == style.saved and self.word == "nothing saved":
            self.say(style.nothing_saved)
        else:
            super().do(command)

    def tell(self, text: str) -> None:
        if self.word == "half of the configuration":
            text = text[: text.index("\n", len(text) // 2) + 1]
        self._misbehave(text)
        super().tell(text)

    def put(self, lines: list[str]) -> None:
        for place, line in enumerate(lines):
            self._say(line)
            if self.word == "slow" and place % 10 == 0:
                time.sleep(0.05)

    def _say(self, line: str) -> None:
        """Rests in the middle of a line too where that is what it does."""
        prompt = self.style.prompt.format(name=self.name)
        if rest := self.script.get("seconds"):
            for each in line:
                self.say(each)
                time.sleep(rest)
            return
        before, found, after = line.partition(prompt)
        self.say(before + found)
        if found and self.word == "rests after what looks like its prompt":
            time.sleep(0.4)
        self.say(after)

    def _misbehave(self, text: str) -> None:
        if self.word == "hangs in the answer":
            self.say(text[:300])
            time.sleep(600)
        if self.word == "half a line a second":
            while True:
                self.say("half a line ")
                time.sleep(0.5)
        if self.word == "drops":
            self.say(text[:300])
            self.channel.transport.sock.close()
            raise EOFError
        if self.word.startswith("1 GB"):
            piece = "x" * 32_768 if "without" in self.word else "interface Vlanif 1 and so on\r\n" * 1000
            while True:
                self.say(piece)


def served(peer: socket.socket, folder: Path) -> None:
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        transport = paramiko.Transport(peer)
        transport.add_server_key(paramiko.Ed25519Key(filename=str(folder / "host")))
        server = Server(folder)
        transport.start_server(server=server)
        while (channel := transport.accept(600)) is not None:
            server.ready.wait(600)
            server.ready.clear()
            Strange(channel, server.family, server.word, server.folder).run()
            channel.close()


def main(folder: str) -> None:
    first = socket.create_server((ADDRESSES[0], 0), backlog=100)
    port = first.getsockname()[1]
    listeners = [first, *(socket.create_server((each, port), backlog=100) for each in ADDRESSES[1:])]
    print(port, flush=True)
    while True:
        for listener in select.select(listeners, [], [])[0]:
            peer, _ = listener.accept()
            threading.Thread(target=served, args=(peer, Path(folder)), daemon=True).start()


@dataclass(frozen=True)
class Device:
    """Running and saved configuration are what `write` wrote last."""

    folder: Path
    port: int
    family: str
    word: str

    def target(self, timeout: float = 10.0, id_: str = "core", options: Any = None, **login: Any) -> Target:
        how = {
            "user": f"{self.family} {self.word}",
            "password": Secret(PASSWORD),
            "known_hosts": str(self.folder.parent.parent / "known_hosts"),
            "port": self.port,
        } | login
        ssh = SshLogin(**how)
        return Target("switch", id_, id_, options, "127.0.0.1", Login("room", ssh=ssh), timeout=timeout)

    def write(self, running: str | bytes, saved: str | bytes | None = None) -> None:
        saved = running if saved is None else saved
        for name, text in (("running", running), ("saved", saved)):
            (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def shows_once(self, running: str) -> None:
        """The next time that its running configuration is asked for."""
        (self.folder / "running once").write_text(running)

    def says(self, **script: Any) -> Device:
        """`asks`: questions at the login; `closes`: it ends the session then; `greets`: what comes then; `prompt`, with
        {name}; `refuses`: its answer to both questions; `shows`: its answers to other commands; `interrupts`: what
        comes after each prompt but the first two; `seconds`: rest after each character of an answer; `columns`, after
        which what is typed goes on in a new line.
        """
        (self.folder / "script").write_text(json.dumps(script))
        return self

    def noted(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text("latin-1").splitlines() if path.exists() else []


@dataclass(frozen=True)
class Consoles:
    """All devices, behind one port; trusted."""

    folder: Path
    port: int

    def device(self, family: str, word: str = "as usual", running: str | bytes = "") -> Device:
        """As new, with this configuration."""
        folder = self.folder / family / word
        folder.mkdir(parents=True, exist_ok=True)
        for each in folder.iterdir():
            each.unlink()
        found = Device(folder, self.port, family, word)
        found.write(running)
        return found


@contextmanager
def consoles(folder: Path) -> Iterator[Consoles]:
    keygen(folder / "host", "ed25519")
    with (folder / "log").open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.console_server", str(folder)],
            stdout=subprocess.PIPE,
            stderr=log,
            env={"PATH": SYSTEM_PATH},
        )
    try:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        key = " ".join((folder / "host.pub").read_text().split()[:2])
        (folder / "known_hosts").write_text(f"[127.0.0.*]:{port} {key}\n")
        yield Consoles(folder, port)
    finally:
        child.kill()
        child.wait(5)
        assert child.stdout is not None
        child.stdout.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
