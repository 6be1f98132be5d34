"""SFTP of the simulated hosts: their files can be read, nothing can be written, and nothing else is reached."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from agent.transports.ssh.sftp_wire import Client
from demo.centre.plan import centre
from demo.hosts.model import Host, role_of
from demo.servers import sftp
from demo.world.active import Active

DUMP = "/data/backup/a/dump.sql"


class Anybody(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    def check_auth_none(self, username: str) -> int:
        return int(paramiko.AUTH_SUCCESSFUL)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    dump = tmp_path / "backup-host" / DUMP.lstrip("/")
    dump.parent.mkdir(parents=True)
    dump.write_bytes(bytes(range(256)) * 300)
    (tmp_path / "secret").write_text("of this machine")
    return tmp_path / "backup-host"


@pytest.fixture
def channel(root: Path) -> Iterator[paramiko.Channel]:
    node = centre().nodes["backup-host"]
    ours, theirs = socket.socketpair()
    serving, asking = paramiko.Transport(theirs), paramiko.Transport(ours)
    serving.add_server_key(paramiko.ECDSAKey.generate())
    serving.set_subsystem_handler("sftp", sftp.Server, sftp.Reading, Host(node, role_of(node), Active(), tree=root))
    serving.start_server(event=threading.Event(), server=Anybody())  # else it waits for the client
    asking.start_client(timeout=20)
    asking.auth_none("anybody")
    opened = asking.open_session(timeout=20)
    opened.settimeout(20)
    opened.invoke_subsystem("sftp")
    yield opened
    for transport, connection in ((asking, ours), (serving, theirs)):
        transport.close()
        transport.join(10)
        connection.close()


def test_what_a_host_has_is_read_as_it_is(channel: paramiko.Channel, root: Path) -> None:
    client, content = Client(channel, "here"), (root / DUMP.lstrip("/")).read_bytes()
    assert [name for name, _ in client.folder(b"/data/backup/a")] == [b"dump.sql"]
    assert client.stat(DUMP.encode()).size == len(content)
    assert b"".join(client.pieces(DUMP.encode(), 0, len(content))) == content
    assert b"".join(client.pieces(DUMP.encode(), 40_000, 100)) == content[40_000:40_100]


def test_free_space_is_that_of_the_file_system_on_which_it_lies(channel: paramiko.Channel) -> None:
    used, free = Client(channel, "here").room(b"/data/backup/a") or (0, 0)
    assert used + free == pytest.approx(2000 * 2**30)
    assert free / (used + free) == pytest.approx(0.48, abs=0.001)


@pytest.mark.parametrize("path", ["/data/none", "/../secret", "../secret", "/data/backup/a/../../../../secret"])
def test_nothing_else_is_there(channel: paramiko.Channel, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        paramiko.SFTPClient(channel).stat(path)


def test_nothing_can_be_written(channel: paramiko.Channel, root: Path) -> None:
    client = paramiko.SFTPClient(channel)
    before = sorted(root.rglob("*"))
    for write in (
        lambda: client.open(DUMP, "w"),
        lambda: client.open(DUMP, "r+"),
        lambda: client.remove(DUMP),
        lambda: client.rename(DUMP, DUMP + ".old"),
        lambda: client.mkdir("/data/new"),
        lambda: client.chmod(DUMP, 0o777),
    ):
        with pytest.raises(OSError, match=r"denied|unsupported|not supported|Operation"):
            write()
    assert sorted(root.rglob("*")) == before
