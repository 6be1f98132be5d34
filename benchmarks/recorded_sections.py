"""Where `shouwang discover` puts a recorded device: the section of agent.yaml, asked over SNMP as the command asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from agent.cli.scanning import oids, recognise
from agent.core.reach import Login, SnmpLogin
from agent.core.secrets import Secret
from agent.discovery.entries import entry
from agent.discovery.scan import Scan
from agent.reaching import reaching
from tests.snmp_agent import SnmpAgent

BOUND = 0.9
# By what the recordings' index says that a device is. Some of its recordings name no sysObjectID, and count too.
RIGHT = {
    **dict.fromkeys(("switch", "router", "firewall", "wlan", "olt"), "switches"),
    **dict.fromkeys(("ups", "env", "pdu", "power", "camera"), "machine_room"),
    **dict.fromkeys(("host", "nas", "bmc", "printer", "other"), "hosts"),
}


class Placed(NamedTuple):
    name: str
    kind: str
    section: str
    found: str  # the kind that discover found

    @property
    def right(self) -> bool:
        return RIGHT[self.kind] == self.section


async def placed(name: str, kind: str, agent: SnmpAgent) -> Placed:
    """Of the device that the agent serves just now."""
    login = Login("recorded", SnmpLogin("2c", Secret(agent.community), port=agent.port))
    async with reaching() as reach:
        (answer,) = await Scan(reach, [login], oids(), recognise, 1000.0).run([agent.host])
    found = entry(answer, ())
    return Placed(name, kind, found.section, found.recognised.kind or "")


def sections(all_: Iterable[Placed]) -> list[str]:
    """Prints the share that comes into the right section; what is out of bounds."""
    by_kind: dict[str, list[Placed]] = defaultdict(list)
    for each in all_:
        by_kind[each.kind].append(each)
    every = [each for of_kind in by_kind.values() for each in of_kind]
    right = sum(each.right for each in every)
    parts = [f"{kind} {sum(each.right for each in of)}/{len(of)}" for kind, of in sorted(by_kind.items())]
    print(f"right section by discover: {right / max(1, len(every)):.1%} of {len(every)}: {', '.join(parts)}")
    for each in every:
        if not each.right:
            print(f"  {each.name}: {each.section} ({each.found}) instead of {RIGHT[each.kind]}")
    return [] if right >= BOUND * len(every) else [f"right section by discover {right} of {len(every)}, expected 90 %"]
