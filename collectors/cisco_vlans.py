"""Cisco's IOS keeps the table of addresses of each VLAN behind a community or context of its own: `community@10` in
version 1 and 2c, context `vlan-10` in version 3. Without them it tells those of VLAN 1 only."""

from __future__ import annotations

from dataclasses import replace

from agent.core.model import Target
from agent.core.reach import Pace, Snmp, SnmpLogin, SnmpSession, Unanswered
from agent.core.secrets import Secret
from agent.core.text import Text
from collectors.mac_table import Station, of_bridge, stations
from collectors.ports import Ports

VLAN_STATE = "1.3.6.1.4.1.9.9.46.1.3.1.1.2"  # CISCO-VTP-MIB vtpVlanState, by domain and VLAN
OPERATIONAL = 1
NO_ETHERNET = range(1002, 1006)
MOST_VLANS = 100
SECONDS = 2.0  # for one VLAN
UNREAD = Text(
    "{switch}:VLAN {vlan} 的 MAC 地址表读不到:{error};版本 3 请让该组可读 context vlan- match prefix,"
    "版本 2c 请让视图(view)包含 BRIDGE-MIB",
    "{switch}: addresses in VLAN {vlan} cannot be read: {error}; in version 3 let the group read context vlan- match "
    "prefix, in version 2c let the view hold BRIDGE-MIB",
)
PACE = Pace(pauses=(0.8, 1.0), repetitions=25, names=40)


async def vlans(snmp: SnmpSession) -> list[int]:
    """The VLANs of a Cisco device; none where it has no VTP, as on its small-business switches."""
    found = set()
    async for index, row in snmp.columns((VLAN_STATE,)):
        number = index.rpartition(".")[2]
        if row[VLAN_STATE] == OPERATIONAL and int(number) not in NO_ETHERNET:
            found.add(int(number))
    return sorted(found)[:MOST_VLANS]


async def of_each(numbers: list[int], snmp: Snmp, target: Target, ports: Ports) -> tuple[list[Station], Text | None]:
    """The addresses learnt in these VLANs, and what people should do if the device does not let them be read; after the
    first that it does not, no more are tried."""
    found: list[Station] = []
    if target.login is None or target.login.snmp is None:
        return found, None
    for number in numbers:
        login = login_of(target.login.snmp, number)
        try:
            async with snmp.open(target.address or "", login, SECONDS, f"VLAN {number}", PACE) as session:
                entries, bridge = await of_bridge(session, number)
        except Unanswered as error:
            return found, UNREAD.format(switch=target.id, vlan=number, error=error)
        found += stations(entries, Ports(ports.by_index, bridge))
    return found, None


def login_of(login: SnmpLogin, vlan: int) -> SnmpLogin:
    if login.community is not None:
        return replace(login, community=Secret(f"{login.community.reveal()}@{vlan}"))
    return replace(login, context=f"vlan-{vlan}")
