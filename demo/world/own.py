"""What is so of the agent's machine, as far as that is the centre's: its network, which is one of the centre's own."""

from __future__ import annotations

from pathlib import Path

NAME = "own"
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")  # of the network that who reads it is in


class Own:
    """Only for a process that is in the centre's network. OSError where the system refuses."""

    @property
    def forwarding(self) -> bool:
        return FORWARDING.read_text("ascii").strip() != "0"

    @forwarding.setter
    def forwarding(self, on: bool) -> None:
        if on != self.forwarding:
            FORWARDING.write_text(str(int(on)), "ascii")
