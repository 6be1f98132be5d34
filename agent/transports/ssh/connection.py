"""Connection: one SSH connection with one host. Every method but `shut` blocks, and is for a thread of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from agent.core.reach import CannotAsk, ReachError
from agent.core.ssh import HostKey
from agent.transports.ssh import failures, known_hosts
from agent.transports.ssh.library import KEEPALIVE, WINDOW, paramiko, transport
from agent.transports.ssh.login import log_in
from agent.transports.ssh.rounds import MOST_ERRORS, Round
from agent.transports.ssh.route import Route
from agent.transports.ssh.wire import PIECE, Wire

if TYPE_CHECKING:
    from paramiko import Channel, PKey, Transport

T = TypeVar("T")

HANDSHAKE = 256 * 1024  # bytes: greeting, key exchange and login, with the notice that some show
# What paramiko says where the other end is gone.
ENDED = (
    "Channel closed",
    "Error reading SSH protocol banner",
    "No existing session",
    "SSH session not active",
    "Unable to open channel",
)
IDLE = 64 * 1024  # bytes that may come between two rounds: answers to keepalives, new keys
# Seconds that a connection which ends a channel without a word has to end itself, so that the right one is said of it.
GONE = 0.1
SCREEN = 511, 1000  # columns and rows of a terminal: no line wraps, few pages
LOOK = 0.5  # seconds between two looks at standard error while nothing comes on standard output


class Stale(Exception):
    """The connection does not stand any more, and nothing came of what was asked. `told` says why."""

    def __init__(self, told: ReachError) -> None:
        super().__init__(str(told))
        self.told = told


class Connection:
    """`doing` says what the server is waited for, for messages."""

    def __init__(self, route: Route, wire: Wire) -> None:
        self.route = route
        self.wire = wire
        self.doing = "greeting"
        self._transport: Transport
        self._channel: Channel | None = None

    @property
    def alive(self) -> bool:
        return bool(self._transport.is_active()) and not self.wire.closed

    def exchange_keys(self, hosts: str) -> HostKey:
        """Agrees on keys, and tells how that of the server stands by the known_hosts file `hosts`. Nothing secret was
        sent when it returns."""
        text = known_hosts.read(hosts)
        self.wire.allow(HANDSHAKE)
        self._transport = transport(self.wire, known_hosts.kinds(text, self.route.place), self.route.login.legacy)
        with self._telling():
            self._transport.start_client()
            shown = self._transport.get_remote_server_key()
        return known_hosts.judged(text, self.route.place, shown.get_name(), shown.asbytes())

    def log_in(self, key: PKey | None) -> None:
        self.doing = "login"
        login = self.route.login
        with self._telling():
            log_in(self._transport, self.route.place, login.user, key, login.password)
        self._transport.set_keepalive(KEEPALIVE)
        self.wire.allow(IDLE)

    def exchange(self, asked: Round, patience: float) -> tuple[bytes, bytes]:
        """Standard output and standard error of a round. Stale if the server opens no channel in `patience` seconds,
        or ended the connection before anything came."""
        with self._opened(asked.most + MOST_ERRORS, patience) as channel:
            channel.exec_command(asked.line)
            # A server that runs something else may not hear it out; what it says instead shows that.
            with contextlib.suppress(OSError):
                channel.sendall(asked.script)
                channel.shutdown_write()
            return self._collected(channel, asked)

    def talk(self, conversation: Callable[[Channel], T], most: int, patience: float) -> T:
        """What a conversation with the server's shell on a terminal gives; `most` bytes may come of it. Stale as for
        `exchange`: so it must only read."""
        with self._opened(most, patience) as channel:
            channel.get_pty("vt100", *SCREEN)
            channel.invoke_shell()
            return conversation(channel)

    def enter(self, name: str, conversation: Callable[[Channel], T], most: int, patience: float) -> T:
        """What a conversation with a subsystem gives (RFC 4254 section 6.5); otherwise as `talk`."""
        with self._opened(most, patience) as channel:
            try:
                channel.invoke_subsystem(name)
            except paramiko().SSHException:
                if not self.alive:
                    raise
                raise CannotAsk("permission", f"{self.route.place} gives this login no {name}") from None
            return conversation(channel)

    @contextlib.contextmanager
    def _opened(self, most: int, patience: float) -> Iterator[Channel]:
        """A channel, of which `most` bytes may come."""
        self.doing = "opening of a channel"
        self.wire.allow(most + 2 * WINDOW + IDLE)
        try:
            with self._telling():
                channel = self._transport.open_session(timeout=patience)
        except ReachError as error:
            raise Stale(error) from None
        self._channel = channel
        self.doing = "commands"
        try:
            with self._telling():
                yield channel
        except ReachError as error:
            # What is asked only reads, so that it can be put again where nothing came of it.
            if error.kind == "refused" and not self.alive:
                raise Stale(error) from None
            raise
        finally:
            self._channel = None
            with contextlib.suppress(Exception):
                channel.close()
            self.wire.allow(IDLE)

    def _collected(self, channel: Channel, asked: Round) -> tuple[bytes, bytes]:
        stdout, stderr = asked.heard
        for each in asked.heard:
            each.clear()
        channel.settimeout(LOOK)
        while True:
            try:
                piece = channel.recv(PIECE)
            except TimeoutError:
                piece = None
            while channel.recv_stderr_ready():
                stderr += channel.recv_stderr(PIECE)[: max(0, MOST_ERRORS - len(stderr))]
            if piece:
                stdout += piece
            elif piece is not None and not self.wire.overrun:
                if not channel.eof_received:
                    self.join(GONE)
                if not stdout and not self.alive:
                    raise failures.ended(self.route.place, self.doing)
                return bytes(stdout), bytes(stderr)
            if len(stdout) > asked.most or self.wire.overrun:
                raise failures.too_much(self.route.place, self.doing)

    def tunnel(self, address: str, port: int, patience: float) -> Channel:
        """A channel to an address as this host sees it. Stale as for `exchange`."""
        self.doing = f"way through to {known_hosts.place(address, port)}"
        try:
            with self._telling():
                return self._transport.open_channel("direct-tcpip", (address, port), ("127.0.0.1", 0), timeout=patience)
        except ReachError as error:
            if error.kind == "refused" and self.alive:
                raise  # it answers, and does not reach that address
            raise Stale(error) from None

    def shut(self) -> None:
        """Ends the connection, at once and from any thread; a host that hears it kills what it runs for it."""
        channel = self._channel
        if channel is None:
            self.wire.shut()
        else:
            threading.Thread(target=self._kill, args=(channel,), name="ssh end", daemon=True).start()

    def _kill(self, channel: Channel) -> None:
        """RFC 4254 section 6.9. A host that does not listen is not waited for."""
        timer = threading.Timer(1.0, self.wire.shut)
        timer.daemon = True
        timer.start()
        message = paramiko().Message()
        message.add_byte(paramiko().common.byte_chr(98))  # SSH_MSG_CHANNEL_REQUEST
        message.add_int(channel.remote_chanid)
        message.add_string("signal")
        message.add_boolean(False)
        message.add_string("KILL")
        with contextlib.suppress(Exception):
            self._transport._send_user_message(message)
        self.wire.shut()
        timer.cancel()

    def join(self, seconds: float) -> None:
        """Waits until the connection's own thread has ended."""
        if self._transport.is_alive():
            self._transport.join(seconds)

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - paramiko raises whatever a server's bytes make it stumble over
            raise self._told(error) from None

    def _told(self, error: Exception) -> ReachError:
        place, doing, library, said = self.route.place, self.doing, paramiko(), str(error)
        if self.wire.overrun:
            return failures.too_much(place, doing)
        if isinstance(error, ReachError):
            return error
        if isinstance(error, library.ssh_exception.IncompatiblePeer):
            return failures.no_algorithm(place, error)
        if said.startswith("Timeout opening channel"):
            return failures.no_channel(place)
        telling = isinstance(error, OSError | library.ChannelException)
        if telling or isinstance(error, EOFError) or said.startswith(ENDED):
            return failures.ended(place, doing, said if telling else "")
        return failures.not_ssh(place, doing, error)
