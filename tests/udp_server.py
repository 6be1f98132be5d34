"""A server by UDP on a free loopback port that answers as a test says."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator

Reply = Callable[[bytes], Iterable[bytes]]


@contextlib.contextmanager
def answering(reply: Reply) -> Iterator[int]:
    """The port. `reply` gives the packets that go back for each that comes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError, ConnectionError):
                    query, peer = opened.recvfrom(4096)
                    for each in reply(query):
                        opened.sendto(each, peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield opened.getsockname()[1]
        finally:
            over.set()
            thread.join(10)
