"""The SSH server of the simulated centre keeps nothing of a command that is over, and counts who logged in."""

from __future__ import annotations

import socket
import threading

import paramiko

from demo.centre.plan import centre
from demo.hosts.rounds import Said
from demo.servers.keys import Keys
from demo.servers.ssh import USER, Login, Talks
from demo.verbs import answer
from demo.world.world import World


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


def test_only_logins_that_succeed_are_counted_by_node() -> None:
    world, keys = World(centre()), Keys()
    talks = Talks(world, keys)
    for password in ("guessed", keys.password, keys.password):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            near = socket.create_connection(listening.getsockname())
            far, _ = listening.accept()
        threading.Thread(target=talks.begin, args=(far, world.centre.nodes["file-host"].address), daemon=True).start()
        client = paramiko.Transport(near)
        try:
            client.connect(username=USER, password=password)
        except paramiko.AuthenticationException:
            assert password == "guessed"
        finally:
            client.close()
    assert answer(world, ["logins"]) == {"logins": {"file-host": 2}}
