"""Signs by SNMP that the configuration of a device may have changed: they only say that it is time to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.console import Family
from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll, ReachError
from collectors.device_identity import SYS_OBJECT_ID
from collectors.device_uptime import UPTIME_OIDS, Uptime, uptime

# By enterprise number of sysObjectID.
FAMILIES: Mapping[str, Family] = {
    "1.3.6.1.4.1.2011.": "huawei_vrp",
    "1.3.6.1.4.1.25506.": "hp_comware",
    "1.3.6.1.4.1.4881.": "ruijie_os",
    "1.3.6.1.4.1.9.": "cisco_ios",
}
# What changes with a change, and with saving one. TimeTicks of sysUpTime begin anew with the device, which is no
# change; that is for the hash to say.
COUNTERS: Mapping[Family, tuple[str, ...]] = {
    # HUAWEI-CONFIG-MAN-MIB hwCurrentCfgChgSeqID; the older hwCfgRunModifiedLast, hwCfgRunSavedLast
    "huawei_vrp": (
        "1.3.6.1.4.1.2011.5.25.191.1.1.0",
        "1.3.6.1.4.1.2011.6.10.1.1.1.0",
        "1.3.6.1.4.1.2011.6.10.1.1.2.0",
    ),
    # HH3C-CONFIG-MAN-MIB hh3cCfgRunModifiedLast, hh3cCfgRunSavedLast
    "hp_comware": ("1.3.6.1.4.1.25506.2.4.1.1.1.0", "1.3.6.1.4.1.25506.2.4.1.1.2.0"),
    "ruijie_os": (),
    # CISCO-CONFIG-MAN-MIB ccmHistoryRunningLastChanged, ccmHistoryRunningLastSaved
    "cisco_ios": ("1.3.6.1.4.1.9.9.43.1.1.1.0", "1.3.6.1.4.1.9.9.43.1.1.2.0"),
}
SECONDS = 5.0
CLOCKS = 300.0  # seconds by which the clocks of device and agent may go apart between two readings
NO_FAMILY = "{id}: which kind of command line is it? Write config: {{family: …}}, one of {known}"
State = Sequence[float | None]  # when a device began, in Unix seconds, and its counters


@dataclass(frozen=True, slots=True)
class Signs:
    """What the device says of itself; nothing where it does not answer by SNMP, or need not."""

    family: Family | None = None
    counters: tuple[int | None, ...] = ()
    up: Uptime | None = None

    def state(self, now: float) -> State:
        return [None if self.up is None else now - self.up.seconds, *self.counters]


async def signs(target: Target, family: Family | None, poll: Poll) -> Signs:
    """That a device is silent here keeps nobody from asking its command line."""
    if target.login is None or target.login.snmp is None:
        return Signs(family)
    try:
        async with poll.reach.snmp.session(target) as snmp:
            facts = await snmp.get((SYS_OBJECT_ID, *UPTIME_OIDS))
            family = family or of_object_id(str(facts.get(SYS_OBJECT_ID, "")))
            wanted = COUNTERS[family] if family else ()
            found: Mapping[str, Any] = await snmp.get(wanted) if wanted else {}
    except ReachError:
        return Signs(family)
    values = (found.get(oid) for oid in wanted)
    counters = tuple(value if isinstance(value, int) else None for value in values)
    return Signs(family, counters, uptime(facts, poll.monotonic))


def certain(target: Target, family: Family | None) -> Family:
    """CannotAsk where it is not known: then its command line cannot be asked."""
    if family is None:
        raise CannotAsk("missing", NO_FAMILY.format(id=target.id, known=", ".join(FAMILIES.values())))
    return family


def unmoved(before: State | None, now: State) -> bool:
    """The device counts its changes, and there was none between the two."""
    if before is None or now[0] is None or before[0] is None or abs(now[0] - before[0]) > CLOCKS:
        return False
    return list(now[1:]) == list(before[1:]) and any(each is not None for each in now[1:])


def of_object_id(object_id: str) -> Family | None:
    return next((family for prefix, family in FAMILIES.items() if object_id.startswith(prefix)), None)
