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
from tests.peers import SYSTEM_PATH
from tests.sshd import keygen

PASSWORD = "canary-of-console"
PAGE = 24  # lines
# All answer at the same port: a host has one conversation at a time, and this is how many there are.
ADDRESSES = tuple(f"127.0.0.{number}" for number in range(1, 21))


@dataclass(frozen=True)
class Style:
    """How a family prompts, pages, wipes a page break away and refuses."""

    prompt: str
    paging_off: str
    running: str
    saved: str
    leave: str
    more: str
    wipe: str
    unknown: str
    forbidden: str
    nothing_saved: str
    before: str = ""  # what stands before a configuration
    paging_said: str = ""
    nothing_seen: str = ""  # the configuration as an account with too little privilege sees it


VRP = Style(
    prompt="<{name}>",
    paging_off="screen-length 0 temporary",
    running="display current-configuration",
    saved="display saved-configuration",
    leave="quit",
    more="  ---- More ----",
    wipe="\x1b[42D" + " " * 42 + "\x1b[42D",
    unknown="            ^\r\nError: Unrecognized command found at '^' position.\r\n",
    forbidden="Error: You do not have permission to run the command or the command is incomplete.\r\n",
    nothing_saved="Error: There is no correct configuration file.\r\n",
    paging_said="Info: The configuration takes effect on the current user terminal interface only.\r\n",
    nothing_seen="#\r\nreturn\r\n",
)
COMWARE = Style(
    prompt="<{name}>",
    paging_off="screen-length disable",
    running="display current-configuration",
    saved="display saved-configuration",
    leave="quit",
    more="---- More ----",
    wipe="\x1b[16D" + " " * 16 + "\x1b[16D",
    unknown="             ^\r\n % Unrecognized command found at '^' position.\r\n",
    forbidden="Permission denied.\r\n",
    nothing_saved="The config file does not exist!\r\n",
    nothing_seen="#\r\nreturn\r\n",
)
IOS = Style(
    prompt="{name}#",
    paging_off="terminal length 0",
    running="show running-config",
    saved="show startup-config",
    leave="exit",
    more=" --More-- ",
    wipe="\x08" * 9 + " " * 8 + "\x08" * 9,
    unknown="             ^\r\n% Invalid input detected at '^' marker.\r\n\r\n",
    forbidden="Command authorization failed.\r\n\r\n",
    nothing_saved="startup-config is not present\r\n",
    before="Building configuration...\r\n\r\n",
    nothing_seen="Building configuration...\r\n\r\nCurrent configuration : 54 bytes\r\n!\r\n!\r\n!\r\nend\r\n",
)
RGOS = Style(
    prompt="{name}#",
    paging_off="terminal length 0",
    running="show running-config",
    saved="show startup-config",
    leave="exit",
    more=" --More-- ",
    wipe="\r" + " " * 10 + "\r",
    unknown="                ^\r\n% Invalid input detected at '^' marker.\r\n\r\n",
    forbidden="% Unrecognized host or address, or permission denied.\r\n",
    nothing_saved="%Error: startup-config is not present\r\n",
    before="\r\nBuilding configuration...\r\n",
    nothing_seen="\r\nBuilding configuration...\r\nCurrent configuration : 20 bytes\r\n\r\n!\r\nend\r\n",
)
STYLES: Mapping[str, Style] = {"huawei_vrp": VRP, "hp_comware": COMWARE, "ruijie_os": RGOS, "cisco_ios": IOS}

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
    with path.open("a", encoding="latin-1") as file:
        file.write(line + "\n")


class Terminal:
    """One session at the command line."""

    def __init__(self, channel: paramiko.Channel, family: str, word: str, folder: Path) -> None:
        self.channel, self.word, self.folder = channel, word, folder
        self.style = STYLES[family]
        self.paging = True
        self.prompts = 0
        self._typed = b""
        told = (folder / "script").read_text() if (folder / "script").exists() else "{}"
        self.script: dict[str, Any] = {**SAYS.get(word, {}), **json.loads(told)}
        self.name = (folder / "name").read_bytes().decode("latin-1") if (folder / "name").exists() else "SW-1"

    def say(self, text: str) -> None:
        self.channel.sendall(text.encode("latin-1"))

    def key(self) -> bytes:
        if not self._typed:
            self._typed = self.channel.recv(1024)
            if not self._typed:
                raise EOFError
        first, self._typed = self._typed[:1], self._typed[1:]
        return first

    def line(self) -> str:
        """Echoed as it is typed, and written down."""
        typed = b""
        while (key := self.key()) not in (b"\r", b"\n"):
            typed += key
            if (len(self.prompt()) + len(typed)) % self.script.get("columns", 10_000) == 0:
                self.say("\r\n")
            self.say(f" \x1b[1D{key.decode('latin-1')}" if self.word == "paints its lines" else key.decode("latin-1"))
        self.say("\r\n")
        text = typed.decode("latin-1")
        note(self.folder / "typed", text)
        return text

    def prompt(self) -> str:
        name = f"{self.name}-{self.prompts}" if self.word == "another prompt each time" else self.name
        return str(self.script.get("prompt", self.style.prompt)).format(name=name)

    def greet(self) -> None:
        greetings: Mapping[str, Callable[[], object]] = {
            "notice that looks like prompts": self._strange_notice,
            "notice of 1 MB": lambda: self.say("Only for those who may, # > and others.\r\n" * 26_000),
            "press to continue": lambda: (self.say("Press Y or ENTER to continue, N to exit.\r\n"), self.line()),
            "says nothing": lambda: time.sleep(600),
        }
        if self.word == "waits for a line":
            self.line()
        self.say("\r\n*** Only for those who may ***\r\n")
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

    def run(self) -> None:
        self.greet()
        while True:
            self.prompts += 1
            self.say(self.prompt() + (self.script.get("interrupts", "") if self.prompts > 2 else ""))
            command = self.line()
            if command.strip() == self.style.leave:
                return
            self.do(command.strip())

    def do(self, command: str) -> None:
        style = self.style
        if command == "":
            return
        if self.word == "knows no command" or command not in (style.paging_off, style.running, style.saved):
            self.say(style.unknown)
        elif command == style.paging_off:
            if self.word == "may not put off paging":
                self.say(style.unknown)
            else:
                self.paging = False
                self.say(style.paging_said)
        elif "refuses" in self.script:
            self.say(self.script["refuses"])
        elif self.word == "shows nothing":
            self.say(style.nothing_seen)
        elif self.word == "forbids" or (self.word == "forbids the saved one" and command == style.saved):
            self.say(style.forbidden)
        elif self.word == "finds no file system":
            self.say("Error: The file flash:/running does not exist.\r\n")
        elif command == style.saved and self.word == "nothing saved":
            self.say(style.nothing_saved)
        else:
            self.show("running" if command == style.running else "saved")

    def show(self, what: str) -> None:
        path = once if (once := self.folder / f"{what} once").exists() else self.folder / what
        text = path.read_bytes().decode("latin-1").replace("\n", "\r\n")
        once.unlink(missing_ok=True)
        if self.word == "half of the configuration":
            text = text[: text.index("\n", len(text) // 2) + 1]
        self._misbehave(text)
        if what == "running":
            self.say(self.style.before)
        for place, line in enumerate(text.splitlines(keepends=True)):
            if self.paging and place and place % PAGE == 0:
                self.say(self.style.more)
                while self.key() != b" ":
                    pass
                self.say(self.style.wipe)
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
            Terminal(channel, server.family, server.word, server.folder).run()
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
        {name}; `refuses`: its answer to both questions; `interrupts`: what comes after each prompt but the first two;
        `seconds`: rest after each character of an answer; `columns`, after which what is typed goes on in a new line.
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
