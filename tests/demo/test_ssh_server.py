"""The SSH server of the simulated centre keeps nothing of a command that is over."""

from __future__ import annotations

import socket
import threading

import paramiko

from demo.hosts.rounds import Said
from demo.servers.keys import Keys
from demo.servers.ssh import USER, Login


def test_a_connection_that_is_kept_holds_no_channel_that_is_over() -> None:
    keys = Keys()
    near, far = socket.socketpair()
    server, client = paramiko.Transport(far), paramiko.Transport(near)
    server.add_server_key(keys.own("host"))
    server.start_server(event=threading.Event(), server=Login(keys, lambda line, said: Said(line, b""), None))
    client.connect(username=USER, password=keys.password)
    for number in range(20):
        channel = client.open_session()
        channel.exec_command(f"round {number}")
        channel.shutdown_write()
        assert channel.recv(100) == f"round {number}".encode()
        channel.close()
    assert server.server_accepts == []
    client.close()
    server.close()
