"""The page, asked from inside the centre's network: by sockets that were made outside, where the page's own one is."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import suppress
from typing import Any

PATIENCE = 5.0  # seconds
TRIES = 24  # connections: an agent on a busy machine is long in starting
UNREAD = "nodata"  # the state of a target that was never read, as /api/v1/targets has it


class Outside(http.client.HTTPConnection):
    """To be made before the namespace is entered, with the page's address; for one connection that is kept, and another
    after each that failed."""

    def __init__(self, host: str, port: int, patience: float = PATIENCE) -> None:
        super().__init__(host, port, timeout=patience)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._made = [socket.socket(family) for _ in range(TRIES)]

    def connect(self) -> None:
        if not self._made:
            raise ConnectionError("every socket that was made outside was used")
        self.sock = self._made.pop()
        self.sock.settimeout(self.timeout)
        self.sock.connect((self.host, self.port))

    def standing(self) -> tuple[int, int]:
        """How many targets there are, and how many of them were never read. OSError or HTTPException where the page
        does not answer."""
        try:
            self.request("GET", "/api/v1/targets")
            targets: Any = json.load(self.getresponse())["targets"]
        except (OSError, http.client.HTTPException):
            self.close()  # half an answer may still come by this one
            raise
        return len(targets), sum(target["state"] == UNREAD for target in targets)

    def end(self) -> None:
        """No more is asked, and who waits for an answer in another thread waits no longer."""
        with suppress(OSError, AttributeError):  # not connected, or just closed by that thread
            self.sock.shutdown(socket.SHUT_RDWR)
        self.close()
        while self._made:
            self._made.pop().close()
