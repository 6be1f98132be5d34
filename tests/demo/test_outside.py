"""The page of the simulated centre, asked from inside its network while the agent is still starting."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator

import pytest

from demo.outside import Outside

TARGETS = {"targets": [{"state": "ok"}, {"state": "nodata"}, {"state": "fault"}]}
PATIENCE = 0.5


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        content = json.dumps(TARGETS).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as found:
        yield found


@pytest.fixture
def outside(listening: socket.socket) -> Iterator[Outside]:
    asking = Outside("127.0.0.1", listening.getsockname()[1], PATIENCE)
    yield asking
    asking.end()


def served(listening: socket.socket, connections: int) -> threading.Thread:
    def serve() -> None:
        for _ in range(connections):
            connection, address = listening.accept()
            with connection:
                Page(connection, address, None)  # type: ignore[arg-type]  # it asks nothing of its server

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


def test_it_tells_how_many_targets_were_never_read_by_one_connection(
    listening: socket.socket, outside: Outside
) -> None:
    thread = served(listening, 1)
    assert [outside.standing() for _ in range(3)] == [(3, 1)] * 3
    outside.end()
    thread.join(10)
    assert not thread.is_alive()


def test_a_page_that_did_not_answer_in_time_is_asked_again(listening: socket.socket, outside: Outside) -> None:
    for _ in range(2):
        with pytest.raises(TimeoutError):
            outside.standing()
    for _ in range(2):
        listening.accept()[0].close()  # what was asked too early
    served(listening, 1)
    assert outside.standing() == (3, 1)


def test_it_does_not_ask_for_ever(outside: Outside) -> None:
    outside.end()
    with pytest.raises(ConnectionError, match="every socket"):
        outside.standing()
