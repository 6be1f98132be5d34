"""The page, asked from inside the centre's network: by a socket that was made outside, where the page's own one is."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any

PATIENCE = 5.0  # seconds
UNREAD = "nodata"  # the state of a target that was never read, as /api/v1/targets has it


class Outside(http.client.HTTPConnection):
    """To be made before the namespace is entered, with the page's address; for one connection that is kept."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self._made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._made.settimeout(PATIENCE)

    def connect(self) -> None:
        self.sock = self._made
        self.sock.connect((self.host, self.port))

    def standing(self) -> tuple[int, int]:
        """How many targets there are, and how many of them were never read. OSError or HTTPException where the page
        does not answer."""
        self.request("GET", "/api/v1/targets")
        targets: Any = json.load(self.getresponse())["targets"]
        return len(targets), sum(target["state"] == UNREAD for target in targets)
