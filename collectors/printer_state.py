"""What a printer says of its paper: the kiosk's, the counter's, the office's. HOST-RESOURCES-MIB hrPrinterTable (RFC
2790), which a printer with Printer-MIB (RFC 3805) has too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.device import by_snmp
from collectors.device_metrics import PRINTER_STATES, STATE

STATUS, ERRORS = "1.3.6.1.2.1.25.3.5.1.1", "1.3.6.1.2.1.25.3.5.1.2"  # hrPrinterStatus, hrPrinterDetectedErrorState
WORKING = frozenset({3, 4, 5})  # idle, printing, warmup; 1 other, 2 unknown
# Bits of the first byte, 0x80 is bit 0. What stops the printer comes before "offline", which follows from it.
FAULTS = ((0x04, "jammed"), (0x40, "no_paper"), (0x02, "offline"), (0x80, "low_paper"))
RETRY_ABSENT = 900.0  # seconds; until then what is no printer is not asked again


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing for a device that is no printer. Of several printers the first is `printer`."""
    since: float | None = poll.memory.get("none_since")
    if since is not None and poll.monotonic - since < RETRY_ABSENT:
        return
    async with poll.reach.snmp.session(target) as snmp:
        rows = [row async for _, row in snmp.columns((STATUS, ERRORS)) if STATUS in row]
    poll.memory["none_since"] = None if rows else poll.monotonic
    for number, row in enumerate(rows, 1):
        sensor = "printer" if number == 1 else f"printer #{number}"
        now = state_of(row[STATUS], row.get(ERRORS))
        for state in PRINTER_STATES:
            yield Sample(STATE, float(state == now), (sensor, state))


def state_of(status: Any, errors: Any) -> str:
    """One of PRINTER_STATES; "" for a printer that works not for another reason (door, toner) or does not know."""
    bits = errors[0] if isinstance(errors, bytes) and errors else 0
    fault = next((state for bit, state in FAULTS if bits & bit), "")
    return fault or ("ok" if status in WORKING else "")


def _watches(target: Target) -> bool:
    """Of the machine room only what agent.yaml does not call something else."""
    return by_snmp(target) and (target.kind == "host" or getattr(target.options, "kind", None) is None)


COLLECTOR = Collector("printer_state", ("machine_room", "host"), (STATE,), collect, _watches)
