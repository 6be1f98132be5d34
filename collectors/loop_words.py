"""How command lines tell loops, by family; pure. By the command references and screens of their makers:

- VRP `display loopback-detect` has a table with a status, `display loop-detection` lists of ports by what was done to
  them, `display mac-address flapping record` a record with the number of moves;
- Comware `display loopback-detection` lists ports, `display mac-address mac-move` records with the number of moves;
- RGOS `show rldp` has a section for each port, with a state for each kind of detection;
- IOS `show interfaces status err-disabled` gives the reason for which a port was shut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from agent.core.console import Family, Question

Moves = Mapping[tuple[str, ...], int]  # address, VLAN, port, and what else tells records apart: number of moves

PORT = r"[A-Za-z][A-Za-z-]*\d+(?:[/.:]\d+)*"
VRP_STATUS = re.compile(rf"^\s*({PORT})\s+\d+\s+\S+\s+(\S.*?)\s*$", re.MULTILINE)
VRP_LIST = re.compile(r"Following ports are \S+ for loop:(.*?)(?=Following|\Z)", re.DOTALL)
COMWARE_HEAD = re.compile(r"detected on (?:the )?following interfaces:", re.IGNORECASE)
COMWARE_ROW = re.compile(rf"^\s*({PORT})\s+(?:None|Block|Shutdown|No-learning)\b", re.MULTILINE | re.IGNORECASE)
RGOS_PORT = re.compile(r"^\s*interface\s+(\S.*?)\s*$", re.IGNORECASE)
RGOS_KIND = re.compile(r"^\s*(\S+)\s+detect information\s*:", re.IGNORECASE)
RGOS_STATE = re.compile(r"^\s*state\s*:\s*(\S+)", re.IGNORECASE)
IOS_ROW = re.compile(rf"^({PORT})\s.*\berr-disabled\s+(?:loopback|loopdetect|loop-detect)\b", re.MULTILINE)

MAC = r"[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}"
VRP_MOVE = re.compile(rf"S:\s*(\S+ \S+)\s+(\S+)\s+({MAC})\s+(\S+)\s+\S.*?\s(\d+)\s*$", re.MULTILINE)
COMWARE_MOVE = re.compile(rf"^\s*({MAC})\s+(\d+)\s+(\S+)\s+(\S+)\s+\d{{4}}-\d\d-\d\d \S+\s+(\d+)\s*$", re.MULTILINE)


def ports(family: Family, answers: Mapping[Question, str]) -> frozenset[str]:
    """Those on which the device says that it sees a loop, by its own names."""
    return frozenset(_PORTS[family](answers.get("loop_ports", ""), answers.get("loop_vlans", "")))


def moves(family: Family, answer: str) -> Moves:
    if family == "huawei_vrp":
        # The interface of a record that took action has its sign behind it: GE0/0/2(D).
        found = (
            (mac, vlan, port.partition("(")[0], at, count) for at, vlan, mac, port, count in VRP_MOVE.findall(answer)
        )
    else:
        found = ((mac, vlan, now, before, count) for mac, vlan, now, before, count in COMWARE_MOVE.findall(answer))
    return {(mac.lower(), vlan, port, other): int(count[:12]) for mac, vlan, port, other, count in found}


def _vrp(ports_: str, vlans: str) -> Iterator[str]:
    for port, status in VRP_STATUS.findall(ports_):
        if not status.upper().startswith("NORMAL"):
            yield port
    for listed in VRP_LIST.findall(vlans):
        yield from re.findall(PORT, listed)


def _comware(ports_: str, vlans: str) -> Iterator[str]:
    if (head := COMWARE_HEAD.search(ports_)) is not None:
        yield from COMWARE_ROW.findall(ports_, head.end())


def _rgos(ports_: str, vlans: str) -> Iterator[str]:
    port, kind = "", ""
    for line in ports_.splitlines():
        if (found := RGOS_PORT.match(line)) is not None:
            port, kind = found[1].replace(" ", ""), ""
        elif (found := RGOS_KIND.match(line)) is not None:
            kind = found[1].casefold()
        elif kind == "loop" and (found := RGOS_STATE.match(line)) is not None and found[1].casefold() != "normal":
            yield port


def _ios(ports_: str, vlans: str) -> Iterator[str]:
    yield from IOS_ROW.findall(ports_)


_PORTS: Mapping[Family, Callable[[str, str], Iterator[str]]] = {
    "huawei_vrp": _vrp,
    "hp_comware": _comware,
    "ruijie_os": _rgos,
    "cisco_ios": _ios,
}
