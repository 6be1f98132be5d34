"""SSH as collectors see it: commands as argument lists, what each gave, a session with one host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from agent.core.reach import ReachError, Unanswered
from agent.core.sftp import Sftp
from agent.core.text import Text

if TYPE_CHECKING:
    from agent.core.model import Target

Dialect = Literal["posix", "windows"]
LIMIT = 64 * 1024  # bytes of one command's output, where it does not say
CANNOT_RUN, NOT_FOUND = 126, 127  # POSIX.1-2024 XCU 2.8.2: exit status of a shell
ENDED_LATE = (
    124,
    137,
    143,
)  # timeout(1): coreutils when it had to end, both when they had to kill, busybox when to end
# What sudo(8) says before it runs the command all the same, and when a rule forbids it and no password would help.
SUDO_GOES_ON = (b"sudo: unable to resolve host", b"sudo: unable to send", b"sudo: setrlimit(")
SUDO_SORRY = b"Sorry, user "
# What timeout(1) says, of coreutils and of busybox, where there is no sudo to run.
NO_SUDO = (b"timeout: failed to run command 'sudo'", b"timeout: can't execute 'sudo'")
# By the sudoers file of `export sudoers` sudo asks a command to end after so long, and kills it 2 seconds later
# (sudoers(5), command_timeout): what runs as root and does not heed SIGTERM nobody else can end.
SUDO_SECONDS, SUDO_KILLS = 8, 2
SIGNALLED = 128  # a shell adds the signal's number to it


@dataclass(frozen=True, slots=True)
class Command:
    """One command that only reads. `argv` is never looked at by a shell; text may hold bytes as surrogates (PEP 383).

    `limit` bytes of output are kept, the first or with `last` the last, the rest is not sent; `seconds` at most, where
    the host has timeout(1); `root`: by sudo, which the host must allow for exactly these arguments; `stdin` is at most
    64 KiB.
    """

    argv: tuple[str, ...]
    limit: int = LIMIT
    seconds: float | None = None
    root: bool = False
    stdin: bytes = b""
    last: bool = False

    @property
    def program(self) -> str:
        """What it runs, be it by env(1) with settings of its own."""
        argv = self.argv[1:] if self.argv[0] == "env" else self.argv
        return next((each for each in argv if "=" not in each), self.argv[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave: exit status as its shell tells it, output as bytes, `cut` if there was more."""

    command: Command
    status: int
    stdout: bytes
    stderr: bytes = b""
    cut: bool = False

    @property
    def ok(self) -> bool:
        return self.status == 0

    @property
    def text(self) -> str:
        """The output as text; bytes that are no UTF-8 stay as surrogates, so that a file name can be given back."""
        return self.stdout.decode("utf-8", "surrogateescape")

    @property
    def signal(self) -> int | None:
        """The number of the signal that ended it."""
        return self.status - SIGNALLED if SIGNALLED < self.status < 2 * SIGNALLED else None

    @property
    def late(self) -> bool:
        """It was ended since it took longer than `seconds`."""
        return self.command.seconds is not None and self.status in ENDED_LATE

    @property
    def forbidden(self) -> bool:
        """The host did not let it run as root: by what sudo says, beside which the command's own words may stand."""
        if not self.command.root or self.status not in (1, NOT_FOUND):
            return False
        said = (line for line in self.stderr.splitlines() if not line.startswith(SUDO_GOES_ON))
        return any(b"sudo:" in line or line.startswith((SUDO_SORRY, *NO_SUDO)) for line in said)

    @property
    def absent(self) -> bool:
        """The host does not have this program, or not as one that can be run."""
        return self.status in (CANNOT_RUN, NOT_FOUND) and not self.forbidden


@dataclass(frozen=True, slots=True)
class AsRoot:
    """A command that only root can run on a host, and the item of the checklist that needs it."""

    item: str
    argv: tuple[str, ...]


class Broken(Unanswered):
    """A round did not come to its end; `answers` are those of the commands that did, in their order."""

    def __init__(self, why: ReachError, answers: tuple[Answer, ...]) -> None:
        super().__init__(why.kind, str(why))
        self.answers = answers


def reading(path: str, limit: int = LIMIT, root: bool = False) -> Command:
    """The command that reads a file; also one of /proc, whose size says nothing."""
    return Command(("head", "-c", str(limit + 1), "--", path), limit=limit, root=root)


UNSEEN = Text(
    "没有 root 权限,看不到:{commands}。可用 shouwang export sudoers 生成所需的 sudoers 文件(主机上须有 sudo),"
    "装好后一小时内读到",
    "not seen for want of root: {commands}; `shouwang export sudoers` writes the sudoers file that allows it, by the "
    "host's sudo; within an hour it is read",
)


def denied(command: Command) -> Answer:
    """What a host answers that does not let it run as root."""
    return Answer(command, 1, b"", b"sudo: a password is required\n")


def unseen(answers: Iterable[Answer]) -> Text | None:
    """A remark on what was not seen because the host did not let it run as root; None if there is nothing."""
    missing = dict.fromkeys(" ".join(each.command.argv) for each in answers if each.forbidden)
    return UNSEEN.format(commands=", ".join(missing)) if missing else None


class SshSession(Protocol):
    """A turn with one host, within one deadline. Unanswered where the host hangs, lies or goes away."""

    async def run(self, *argv: str, limit: int = LIMIT, seconds: float | None = None, root: bool = False) -> Answer:
        """One command; it may fail, which is an answer."""
        ...

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        """Many commands in one exchange, one after the other, an answer for each in their order. Broken, which is an
        Unanswered, where it does not come to its end."""
        ...

    async def read(self, path: str, limit: int = LIMIT) -> bytes:
        """A file's bytes, `limit` at most. Unanswered: missing (no such file), permission."""
        ...


@dataclass(frozen=True, slots=True)
class HostKey:
    """The key that a server shows: `place` as known_hosts names it, `kind` like ssh-ed25519, `blob` as on the wire.

    `standing`: known, unknown, changed (others are known for this place), revoked. `known` are the fingerprints that
    known_hosts has for it.
    """

    place: str
    kind: str
    blob: bytes
    fingerprint: str
    standing: Literal["known", "unknown", "changed", "revoked"]
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server shows whoever connects: its greeting, `SSH-2.0-…`, and the algorithms that it takes, by their names
    on the wire; none for a server that speaks version 1 alone."""

    banner: str
    exchanges: tuple[str, ...] = ()
    host_keys: tuple[str, ...] = ()
    ciphers: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()


class Ssh(Protocol):
    def session(
        self, target: Target, dialect: Dialect = "posix", apart: bool = False
    ) -> AbstractAsyncContextManager[SshSession]:
        """A turn with this host, of at most its timeout; the connection behind it is kept for the next. `apart`: on
        another connection, for what takes so long that nobody else should wait for it.

        CannotAsk: no login, no key file, or `host_key`: the host shows a key that known_hosts does not have. Then
        nothing was sent that is secret.
        """
        ...

    def sftp(self, target: Target, apart: bool = False) -> AbstractAsyncContextManager[Sftp]:
        """As `session`, for reading files by SFTP, which an account may have that can run nothing."""
        ...

    async def host_key(self, target: Target) -> HostKey:
        """The key that this host shows now; nothing is sent but what the key exchange needs."""
        ...

    async def offer(self, address: str, port: int, timeout: float) -> Offer:
        """What the server at this address offers, without logging in. Unanswered: protocol, where that is no SSH."""
        ...

    def keep(self, targets: Iterable[Target]) -> None:
        """Closes the connections that none of these targets uses any more, or not with this login."""
        ...
