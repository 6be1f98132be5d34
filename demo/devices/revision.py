"""Where a switch's configuration stands: what was typed into it by hand, whether that was saved, and what the device
counts of both."""

from __future__ import annotations

from dataclasses import dataclass

# HUAWEI-CONFIG-MAN-MIB and HH3C-CONFIG-MAN-MIB: hwCurrentCfgChgSeqID; hwCfgRunModifiedLast, hwCfgRunSavedLast;
# hh3cCfgRunModifiedLast, hh3cCfgRunSavedLast.
VRP_SEQUENCE = "1.3.6.1.4.1.2011.5.25.191.1.1.0"
VRP_TIMES = "1.3.6.1.4.1.2011.6.10.1.1.1.0", "1.3.6.1.4.1.2011.6.10.1.1.2.0"
COMWARE_TIMES = "1.3.6.1.4.1.25506.2.4.1.1.1.0", "1.3.6.1.4.1.25506.2.4.1.1.2.0"
SET_UP, KEPT = 3600.0, 3660.0  # seconds of uptime after which it was set up, and saved


@dataclass
class Revision:
    """`lines` that were typed since the device was set up, and those of them that it would start with; a line `undo X`
    takes out what begins so. `changes`: how often the running configuration was changed; `changed` and `stored`: uptime
    then, 0 for not since the start. `by_hand`: what somebody has typed beside, lines divided by semicolons, one
    that begins with a space below the one before."""

    lines: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    by_hand: str = ""
    changes: int = 12
    changed: float = SET_UP
    stored: float = KEPT

    def type_in(self, lines: tuple[str, ...], uptime: float) -> None:
        """From now on these are the lines. What is so already is no change."""
        if lines != self.lines:
            self.lines, self.changes, self.changed = lines, self.changes + 1, uptime

    def save(self, uptime: float) -> None:
        self.saved, self.stored = self.lines, uptime

    def start(self) -> None:
        """The device starts, with what was saved."""
        self.lines, self.changes, self.changed, self.stored = self.saved, 0, 0.0, 0.0
