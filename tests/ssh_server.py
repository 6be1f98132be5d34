"""SSH servers that misbehave, as processes of their own: `python -m tests.ssh_server WORD DIR`; the word says how.

They show the host key DIR/host, take any user with the password PASSWORD, and write each password that reaches them
into DIR/passwords. The port stands on standard output.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko

from tests.peers import SYSTEM_PATH
from tests.sshd import Sshd, keygen

PASSWORD = "canary-of-ssh"
ADDRESSES = 100
GREETING = b"SSH-2.0-Hostile_1.0\r\n"
PIECE = b"x" * 32768
ESCAPES = b"\x1b]0;owned\x07\x1b[2J\x9b31m\xe2\x80\xaeesrever\n"


def drip(peer: socket.socket, text: bytes, pause: float) -> None:
    for each in text:
        peer.sendall(bytes([each]))
        time.sleep(pause)


def endless(peer: socket.socket, piece: bytes) -> None:
    while True:
        peer.sendall(piece)


# What is said instead of SSH, from the first byte on.
RAW: dict[str, Callable[[socket.socket], object]] = {
    "silent": lambda peer: time.sleep(600),
    "closes at once": lambda peer: None,
    "greeting by the byte": lambda peer: drip(peer, b"x" * 1000 + b"\r\n" + GREETING, 0.3),
    "greeting of endless lines": lambda peer: endless(peer, b"a line of the notice\r\n"),
    "greeting without a line's end": lambda peer: endless(peer, PIECE),
    "another protocol": lambda peer: peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "binary garbage": lambda peer: peer.sendall(bytes(range(256)) * 40),
    "protocol 1": lambda peer: peer.sendall(b"SSH-1.5-old\r\n"),
    "silent after the greeting": lambda peer: (peer.sendall(GREETING), time.sleep(600)),
    "packet of 4 GiB": lambda peer: (peer.sendall(GREETING + b"\xff\xff\xff\xfc"), endless(peer, PIECE)),
    "packet of nothing": lambda peer: (peer.sendall(GREETING + b"\0" * 64), time.sleep(600)),
    "keys that are junk": lambda peer: (peer.sendall(GREETING + junk_keys()), time.sleep(600)),
}


def junk_keys() -> bytes:
    payload = b"\x14" + b"\xff" * 51
    return (len(payload) + 5).to_bytes(4, "big") + b"\x04" + payload + b"\0" * 4


class Server(paramiko.ServerInterface):
    def __init__(self, word: str, folder: Path) -> None:
        self.word, self.folder = word, folder
        self.asked = 0
        self.ready = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        return "keyboard-interactive" if self.word.startswith("asks") else "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self._note(password)
        return paramiko.AUTH_SUCCESSFUL if password == PASSWORD else paramiko.AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> Any:
        return paramiko.InteractiveQuery("", "", ("Password: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> Any:
        for each in responses:
            self._note(each)
        self.asked += 1
        if self.word == "asks for the password":
            return paramiko.AUTH_SUCCESSFUL
        prompts = {
            "asks for a new password": (("New password: ", False),),
            "asks for a new password twice": (("New password: ", False), ("Retype: ", False)),
            "asks for a code that is seen": (("Code: \x1b[2J", True),),
            "asks again and again": (("Password: ", False),),
        }
        return paramiko.InteractiveQuery("", "", *prompts[self.word])

    def _note(self, password: str) -> None:
        with (self.folder / "passwords").open("a") as file:
            file.write(password + "\n")

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if self.word == "opens no channel":
            time.sleep(600)
        refused = paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        return refused if self.word == "refuses a channel" else paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        if self.word == "answers no command":
            time.sleep(600)
        self.ready.set()
        return self.word != "refuses a command"


def flood(channel: paramiko.Channel, send: Callable[[bytes], object]) -> None:
    """Beyond any window that was granted."""
    while True:
        channel.out_window_size = 2**40
        send(PIECE)


def refused_words(channel: paramiko.Channel) -> None:
    channel.sendall(ESCAPES + b"This account is " + b"not available.\n")
    channel.send_exit_status(1)
    channel.close()


def half_a_line_a_second(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b"half a line")
        time.sleep(1)


# What a command gets.
COMMANDS: dict[str, Callable[[paramiko.Channel], object]] = {
    "opens no channel": lambda channel: None,
    "refuses a channel": lambda channel: None,
    "answers no command": lambda channel: None,
    "refuses a command": lambda channel: None,
    "says nothing": lambda channel: time.sleep(600),
    "output without end": lambda channel: flood(channel, channel.sendall),
    "errors without end": lambda channel: flood(channel, channel.sendall_stderr),
    "half a line a second": half_a_line_a_second,
    "closes in the middle": lambda channel: (channel.sendall(b"half"), channel.transport.close()),
    "breaks in the middle": lambda channel: (channel.sendall(b"half"), channel.transport.sock.close()),
    "ends without a word": lambda channel: channel.close(),
    "another shell": refused_words,
    "a huge window": refused_words,
    "records": refused_words,
}
# What happens at the login.
LOGINS = (
    "notice of 1 MB",
    "asks for the password",
    "asks for a new password",
    "asks for a new password twice",
    "asks for a code that is seen",
    "asks again and again",
    "wants a change of password",
    "closes at the login",
    "never says whether",
)
WORDS = (*RAW, *COMMANDS, *LOGINS)


class Transport(paramiko.Transport):
    """Does at the login what the library would not."""

    word = ""
    answered = 0

    def _send_message(self, data: Any) -> None:
        kind = data.asbytes()[0]
        if kind in (51, 52) and self.word == "never says whether":  # USERAUTH_FAILURE, USERAUTH_SUCCESS
            return
        if kind in (51, 52) and self.word == "closes at the login":
            self.sock.close()
            return
        self.answered += kind in (51, 52)
        if kind in (51, 52) and self.word == "wants a change of password" and self.answered > 1:
            data = paramiko.Message()
            data.add_byte(b"\x3c")  # RFC 4252 section 8: USERAUTH_PASSWD_CHANGEREQ
            data.add_string("Your password has expired")
            data.add_string("")
        super()._send_message(data)


def served(peer: socket.socket, word: str, folder: Path) -> None:
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        if word in RAW:
            RAW[word](peer)
            peer.close()
            return
        huge = {"default_window_size": 2**32 - 1, "default_max_packet_size": 2**32 - 1}
        transport = Transport(peer, **(huge if word == "a huge window" else {}))
        transport.word = word
        transport.add_server_key(paramiko.Ed25519Key(filename=str(folder / "host")))
        server = Server(word, folder)
        if word == "notice of 1 MB":
            server.get_banner = lambda: ("notice " * 150_000, "en")  # type: ignore[method-assign]  # one server's own
        transport.start_server(server=server)
        while (channel := transport.accept(600)) is not None:
            server.ready.wait(600)
            server.ready.clear()
            COMMANDS.get(word, refused_words)(channel)


def main(word: str, folder: str) -> None:
    """Listens on 127.0.0.1 to 127.0.0.ADDRESSES, each a host of its own."""
    first = socket.create_server(("127.0.0.1", 0), backlog=100)
    port = first.getsockname()[1]
    others = [socket.create_server((f"127.0.0.{number}", port), backlog=10) for number in range(2, ADDRESSES + 1)]
    for each in others:
        threading.Thread(target=listen, args=(each, word, folder), daemon=True).start()
    print(port, flush=True)
    listen(first, word, folder)


def listen(listener: socket.socket, word: str, folder: str) -> None:
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=served, args=(peer, word, Path(folder)), daemon=True).start()


@dataclass(frozen=True)
class SshServer(Sshd):
    """Trusted, unless known_hosts is written anew."""

    @property
    def passwords(self) -> list[str]:
        file = self.folder / "passwords"
        return file.read_text().split() if file.exists() else []


@contextmanager
def ssh_server(folder: Path, word: str) -> Iterator[SshServer]:
    keygen(folder / "host", "ed25519")
    with (folder / "log").open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.ssh_server", word, str(folder)],
            stdout=subprocess.PIPE,
            stderr=log,
            env={"PATH": SYSTEM_PATH},
        )
    try:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        key = " ".join((folder / "host.pub").read_text().split()[:2])
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {key}\n")
        yield SshServer(folder, port)
    finally:
        child.kill()
        child.wait(5)
        assert child.stdout is not None
        child.stdout.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
