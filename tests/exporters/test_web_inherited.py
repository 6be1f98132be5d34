"""A listening socket that was opened before the agent began, handed over as sd_listen_fds(3) says."""

import socket
import subprocess
import sys
from pathlib import Path

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
# Becomes the agent as systemd would: the socket is descriptor 3, and the environment says whose it is.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3, inheritable=True)
pid = os.getpid() if sys.argv[2] == "mine" else os.getpid() + 1
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(pid))
os.execv(sys.argv[3], sys.argv[3:])
"""


def answered(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET /-/healthy HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return connection.recv(200)


def started(tmp_path: Path, listening: socket.socket, whose: str) -> "subprocess.Popen[str]":
    port = listening.getsockname()[1]
    config = tmp_path / "agent.yaml"
    config.write_text(f"center: {{id: c, name: 中心, district: 区}}\nlisten: 127.0.0.1:{port}\n")
    number = listening.fileno()
    return subprocess.Popen(
        [sys.executable, "-c", HAND_OVER, str(number), whose, SHOUWANG, "run", "-c", str(config)],
        pass_fds=(number,),
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_page_is_served_at_a_socket_that_was_handed_over(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        agent = started(tmp_path, listening, "mine")
        try:
            # The connection waits in the queue of the socket until the agent takes it.
            assert b"200 OK" in answered(listening.getsockname()[1])
        finally:
            agent.terminate()
            _, errors = agent.communicate(timeout=20)
    assert agent.returncode == 0, errors


def test_a_socket_that_is_meant_for_another_process_is_left_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        agent = started(tmp_path, listening, "another's")
        _, errors = agent.communicate(timeout=20)
    assert agent.returncode == 1
    assert "listen" in errors
