"""The hardware address of a neighbour, as this machine's kernel knows it."""

from __future__ import annotations

from pathlib import Path

ARP = Path("/proc/net/arp")  # columns: address, type, flags, hardware address, mask, interface
UNKNOWN = "00:00:00:00:00:00"


def mac(address: str, table: Path = ARP) -> str:
    """Lower case with colons; "" for what is not on this machine's own network, and for IPv6."""
    try:
        rows = [line.split() for line in table.read_text(encoding="ascii", errors="replace").splitlines()[1:]]
    except OSError:
        return ""
    found = next((row[3].lower() for row in rows if len(row) > 3 and row[0] == address), UNKNOWN)
    return "" if found == UNKNOWN else found
