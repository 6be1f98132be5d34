"""The section `counters` of agent.yaml: what each needs; and of `hosts` what stands at counters and in the hall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from demo.centre.node import Node
from demo.centre.plan import COUNTERS, Centre
from demo.hosts.windows.desk import PERIPHERALS
from demo.hosts.windows.model import CANARIES, CLIENT

Entry = Mapping[str, Any]
SOON, SLOWLY = "10s", "30s"  # printers, and computers: there are many of them
# Lines by the business of a counter. Medical insurance goes on by the backup line.
MEDICAL = {"any_of": ["medical", "backup"]}
ALL = ("labor", "civil", MEDICAL, "family", "social")
LINES: Sequence[tuple[Sequence[int], Sequence[Any]]] = (
    ((1, 2, 3, 4), ALL),
    ((5, 6), ("labor", "social")),
    ((7, 8, 9), (MEDICAL,)),
    ((10, 11), ("civil", "family")),
    ((12,), ()),  # information, and a look at papers before they are handed in
)
BY_KIOSKS = (MEDICAL, "social")
SERVICES = ("sshd", "WinDefend", "AcceptanceClient")
LISTEN = (22, 135, 139, 445, 5040, "49664-49669")


def counters(centre: Centre) -> Iterator[Entry]:
    """Each needs its computer, the switch that this is plugged into, both applications, and lines."""
    lines = {number: needed for numbers, needed in LINES for number in numbers}
    for number in range(1, COUNTERS + 1):
        computer = centre.nodes[f"pc-{number}"]
        needs = [computer.id, switch_of(computer), "acceptance", "queue", *lines[number]]
        yield {"ids": str(number), "name": "{}号窗口", "depends_on": needs}


def computers(centre: Centre, credentials: str) -> Iterator[Entry]:
    for node in centre.of("terminal"):
        yield {
            "id": node.id,
            "name": node.title,
            "address": node.address,
            "credentials": credentials,
            "by": "ssh",
            "system": "windows",
            "role": "terminal",
            "services": list(SERVICES),
            "listen": list(LISTEN),
            "peripherals": list(PERIPHERALS),
            "canaries": list(CANARIES),
            "software": [CLIENT],
            "depends_on": [switch_of(node)],
            "every": SLOWLY,
        }


def printers(centre: Centre, credentials: str) -> Iterator[Entry]:
    for node in centre.of("printer"):
        yield {
            "id": node.id,
            "name": node.title,
            "address": node.address,
            "credentials": credentials,
            "by": "snmp",
            "role": "terminal",
            "depends_on": [switch_of(node)],
            "every": SOON,
        }


def in_the_hall(centre: Centre, name: str) -> Entry:
    """What agent.yaml says more of a kiosk or a display."""
    needs = [switch_of(centre.nodes[name])]
    if centre.nodes[name].kind == "display":
        return {"depends_on": [*needs, "queue"]}
    return {"printers": [name.replace("kiosk", "printer")], "depends_on": [*needs, "acceptance", *BY_KIOSKS]}


def switch_of(node: Node) -> str:
    """Into which it is plugged; ValueError for what is plugged into none."""
    if node.behind is None:
        raise ValueError(f"{node.id} is plugged into no switch")
    return node.behind.switch
