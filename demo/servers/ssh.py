"""SSH: hosts and switches, by the address at which they are asked. One socket serves all; TCP_NODELAY is set on each
connection."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import paramiko

from demo.hosts import rounds
from demo.hosts.windows import powershell, scripts
from demo.network.exchange import Serve, Service
from demo.network.packet import TCP
from demo.servers import sftp
from demo.servers.consoles import Shell, shell
from demo.servers.keys import Keys
from demo.world.world import World

PORT = 22
PATIENCE = 30.0  # seconds
WATCH = 0.5  # seconds
MOST_INPUT = 2**20
ENDS = (rounds.END, powershell.END)
USER = "monitor"
# As on devices that somebody has hardened; the library alone would offer what is long broken, too.
EXCHANGES = ("curve25519-sha256@libssh.org", "ecdh-sha2-nistp256")
CIPHERS = ("aes256-ctr", "aes128-ctr")
BROKEN_EXCHANGE, BROKEN_CIPHER = "diffie-hellman-group1-sha1", "3des-cbc"
Life = tuple[str, float]  # the key that a host showed, and which of its starts that was


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    for node in world.centre.of("host", "terminal", "core", "access"):
        serve(Service(node.address, TCP, PORT), first)
    talks = Talks(world, keys)
    with socket.create_server((own, first), backlog=128) as listening:
        listening.setblocking(False)
        working = [asyncio.ensure_future(talks.accept(listening)), asyncio.ensure_future(talks.watch())]
        try:
            yield
        finally:
            for each in working:
                each.cancel()


class Talks:
    """The connections there are, each with its host and the life of that."""

    def __init__(self, world: World, keys: Keys) -> None:
        self._world, self._keys = world, keys
        self._open: list[tuple[str, Life, paramiko.Transport]] = []

    async def accept(self, listening: socket.socket) -> None:
        while True:
            connection, (address, *_) = await asyncio.get_running_loop().sock_accept(listening)
            threading.Thread(target=self.begin, args=(connection, address), daemon=True).start()

    async def watch(self) -> None:
        """A host that was set up or started anew has none of the connections of the one before."""
        while True:
            await asyncio.sleep(WATCH)
            for host, life, transport in self._open:
                if life != self._life(host):
                    transport.close()
            self._open = [each for each in self._open if each[2].is_active()]

    def _key(self, host: str) -> paramiko.PKey:
        return self._keys.shown(host, self._world.active.on("host-key-changed", host))

    def _offered(self, host: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        switch = self._world.switching.switches.get(host)
        if switch is not None and switch.old_ssh:
            return (*EXCHANGES, BROKEN_EXCHANGE), (*CIPHERS, BROKEN_CIPHER)
        return EXCHANGES, CIPHERS

    def _life(self, host: str) -> Life:
        switch = self._world.switching.switches.get(host)
        machine = self._world.hosts.get(host) or self._world.terminals.get(host)
        return self._key(host).get_base64(), switch.boots if switch else machine.boot if machine else 0

    def begin(self, connection: socket.socket, address: str) -> None:
        connection.setblocking(True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host = self._world.centre.by_address[address].id
        life, transport = self._life(host), paramiko.Transport(connection)
        with suppress(paramiko.SSHException, OSError, EOFError):
            transport.add_server_key(self._key(host))
            offers = transport.get_security_options()
            offers.kex, offers.ciphers = self._offered(host)
            if host in self._world.hosts:
                transport.set_subsystem_handler("sftp", sftp.Server, sftp.Reading, self._world.hosts[host])
            console = shell(self._world, host, USER)
            login = Login(self._keys, lambda line, said: self._answer(host, line, said), console)
            login.logged = lambda: self._world.logins.append(host)
            transport.start_server(server=login)
            self._open.append((host, life, transport))

    def _answer(self, host: str, line: bytes, script: bytes) -> rounds.Said:
        if host in self._world.terminals:
            return scripts.answered(self._world.terminals[host], line, script)
        if line != rounds.LINE:
            return rounds.Said(b"", b"sh: only rounds of commands are answered here\n")
        return rounds.answered(self._world.hosts[host], script)


class Login(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    """Who may log in, and what becomes of a command: read to its end, answered, ended. What has a command line
    of its own, `console`, takes none. `logged` is called at each login that succeeds."""

    logged: Callable[[], object] = staticmethod(lambda: None)

    def __init__(self, keys: Keys, answer: Callable[[bytes, bytes], rounds.Said], console: Shell | None) -> None:
        self._keys, self._answer, self._console = keys, answer, console

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        good = username == USER and password == self._keys.password
        if good:
            self.logged()
        return int(paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        refused = paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        return int(paramiko.OPEN_SUCCEEDED if kind == "session" else refused)

    def check_channel_pty_request(self, channel: paramiko.Channel, *how: object) -> bool:
        return self._console is not None

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        _take(channel)
        if self._console is not None:
            threading.Thread(target=self._console, args=(channel,), daemon=True).start()
        return self._console is not None

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        _take(channel)
        return bool(super().check_channel_subsystem_request(channel, name))

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        _take(channel)
        if self._console is not None:
            return False
        threading.Thread(target=self._run, args=(channel, command), daemon=True).start()
        return True

    def _run(self, channel: paramiko.Channel, command: bytes) -> None:
        with suppress(OSError, EOFError):
            channel.settimeout(PATIENCE)
            said = self._answer(command, _read(channel))
            channel.sendall(said.stdout)
            channel.sendall_stderr(said.stderr)
            channel.send_exit_status(0)
            channel.close()


def _take(channel: paramiko.Channel) -> None:
    """The transport keeps each channel that was opened for whoever accepts it, for as long as the connection lasts."""
    channel.get_transport().accept(0)


def _read(channel: paramiko.Channel) -> bytes:
    """Until the script's last line, or the end of the input."""
    heard = b""
    while not heard.endswith(ENDS) and len(heard) < MOST_INPUT and (more := channel.recv(65536)):
        heard += more
    return heard
