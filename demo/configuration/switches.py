"""The section `switches` of agent.yaml, and the files that go with it: baselines, and the list of assets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from demo.centre.macs import macs
from demo.centre.plan import Centre
from demo.centre.vlans import MANAGEMENT, PUBLIC, vlan_of, vlans
from demo.consoles.texts import approved
from demo.servers.ssh import USER
from demo.world.active import Active
from demo.world.power import Power
from demo.world.switching import Switching

Entry = Mapping[str, Any]
ASSETS, BASELINES, FIRMWARE = "assets.csv", "baselines", "firmware.yaml"
HEADINGS = "编号,名称,MAC地址,IP地址,序列号,责任人,所属网络"
OWNER = "王工"
NETWORKS = {MANAGEMENT: "management", PUBLIC: "public"}
MAKERS = {"core": "H3C", "access": "Huawei"}
ENDED = {"core": "7.1.04*", "access": "V200R010*"}  # versions that their makers no longer maintain
# Soon, as all of the demo is, and a little sooner than the poll at which it is due; a real switch is read more seldom.
TABLES, CONFIG = "9s", {"backup": "1d", "spacing": "3s"}


def switches(centre: Centre, credentials: str, every: str) -> Iterator[Entry]:
    networks: dict[str, list[int]] = {"management": [], "business": [], "public": []}
    for number in vlans(centre):
        networks[NETWORKS.get(number, "business")].append(number)
    uplinks = {name: list(switch.uplinks) for name, switch in _switching(centre).switches.items()}
    for node in centre.of("core", "access"):
        entry = {
            "id": node.id,
            "name": node.title,
            "address": node.address,
            "credentials": credentials,
            "tier": node.kind,
            "uplinks": uplinks[node.id],
            "networks": networks,
            "tables": TABLES,
            "config": CONFIG,
            "powered_by": node.fed_by,
            "every": every,
        }
        yield {**entry, "depends_on": [node.behind.switch]} if node.behind else entry


def files(centre: Centre) -> Iterator[tuple[str, bytes]]:
    """Paths below the folder of agent.yaml, with what stands there."""
    mine = _switching(centre)
    for name, switch in mine.switches.items():
        yield f"{BASELINES}/{name}.cfg", approved(switch, centre, USER)
    yield f"{BASELINES}/{FIRMWARE}", yaml.safe_dump({"releases": list(_releases(mine))}, sort_keys=False).encode()
    yield ASSETS, "".join(f"{line}\n" for line in (HEADINGS, *_assets(centre, mine))).encode()


def _releases(mine: Switching) -> Iterator[Entry]:
    """Each model once, with the version that it has."""
    for tier, maker in MAKERS.items():
        for switch in [each for each in mine.switches.values() if each.tier == tier][:1]:
            yield {"vendor": maker, "model": switch.model, "approved": [switch.version], "ended": [ENDED[tier]]}


def _assets(centre: Centre, mine: Switching) -> Iterator[str]:
    """Everything that is plugged in, and the switches."""
    of = macs(centre)
    for node in centre.nodes.values():
        mac = of[node.id].hex(":") if node.id in of else ""
        serial = mine.switches[node.id].serial if node.id in mine.switches else ""
        network = NETWORKS.get(vlan_of(centre, node.id) or MANAGEMENT, "business")
        yield f"{node.id},{node.title},{mac},{node.address},{serial},{OWNER},{network}"
    for line in centre.lines.values():
        yield f"modem-{line.id},{line.title}光猫,{of[line.id].hex(':')},,,{OWNER},business"


def _switching(centre: Centre) -> Switching:
    """As it was set up."""
    nothing = Active()
    return Switching(centre, nothing, Power(nothing))
