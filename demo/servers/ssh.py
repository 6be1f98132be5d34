"""SSH: hosts, by the address at which they are asked. One socket serves all; TCP_NODELAY is set on each connection."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import paramiko

from demo.hosts import rounds
from demo.network.exchange import Service
from demo.network.packet import TCP
from demo.servers.keys import Keys
from demo.servers.snmp import Serve
from demo.world.world import World

PORT = 22
PATIENCE = 30.0  # seconds
MOST_INPUT = 2**20
USER = "monitor"


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    for node in world.centre.of("host"):
        serve(Service(node.address, TCP, PORT), first)
    with socket.create_server((own, first), backlog=128) as listening:
        listening.setblocking(False)
        accepting = asyncio.ensure_future(_accept(world, keys, listening))
        try:
            yield
        finally:
            accepting.cancel()


async def _accept(world: World, keys: Keys, listening: socket.socket) -> None:
    while True:
        connection, (address, *_) = await asyncio.get_running_loop().sock_accept(listening)
        threading.Thread(target=_talk, args=(world, keys, connection, address), daemon=True).start()


def _talk(world: World, keys: Keys, connection: socket.socket, address: str) -> None:
    connection.setblocking(True)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    node = world.centre.by_address[address]
    transport = paramiko.Transport(connection)
    with suppress(paramiko.SSHException, OSError, EOFError):
        transport.add_server_key(keys.shown(node.id, world.active.on("host-key-changed", node.id)))
        transport.start_server(server=Login(keys, lambda line, said: _answer(world, node.id, line, said)))


def _answer(world: World, host: str, line: bytes, script: bytes) -> rounds.Said:
    if line != rounds.LINE:
        return rounds.Said(b"", b"sh: only rounds of commands are answered here\n")
    return rounds.answered(world.hosts[host], script)


class Login(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    """Who may log in, and what becomes of a command: read to its end, answered, ended."""

    def __init__(self, keys: Keys, answer: Callable[[bytes, bytes], rounds.Said]) -> None:
        self._keys, self._answer = keys, answer

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        good = username == USER and password == self._keys.password
        return int(paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        refused = paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        return int(paramiko.OPEN_SUCCEEDED if kind == "session" else refused)

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
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


def _read(channel: paramiko.Channel) -> bytes:
    """Until the script's last line, or the end of the input."""
    heard = b""
    while not heard.endswith(b"\nexit 0\n") and len(heard) < MOST_INPUT and (more := channel.recv(65536)):
        heard += more
    return heard
