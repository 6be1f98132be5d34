"""agent.yaml, as a document: a part for each section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.text import Language
from demo.centre.node import Line, Node
from demo.centre.plan import Centre
from demo.configuration.applications import applications
from demo.configuration.comments import commented
from demo.configuration.counters import computers, counters, printers, switch_of
from demo.configuration.data import backups, database
from demo.configuration.people import PEOPLE, ROSTER
from demo.configuration.reduced import reduced
from demo.configuration.shifted import shifted
from demo.configuration.switches import ASSETS, switches
from demo.hosts.model import CANARIES, role_of
from demo.servers.ssh import USER
from demo.world.alerts import URL
from demo.world.room import CONTACTS

Entry = Mapping[str, Any]
SSH = {"user": USER, "password": "file:secrets/ssh", "known_hosts": "secrets/known_hosts"}
EVERY = "5s"  # so that what happens is seen soon


def agent_yaml(part: Centre, listen: str, language: Language = "zh") -> str:
    """The whole file, for a centre or a part of one."""
    centre = part.whole
    document = {
        "language": language,
        "center": {"id": "demo", "name": "演示街道社区事务受理服务中心", "district": "演示区"},
        "people": list(PEOPLE),
        "duty": ROSTER,
        "listen": listen,
        "notify": {"alertmanagers": [URL]},
        "credentials": {
            "room": {"snmp": {"version": "2c", "community": "file:secrets/community"}},
            "switches": {"snmp": {"version": "2c", "community": "file:secrets/community"}, "ssh": SSH},
            "servers": {"ssh": SSH},
        },
        "machine_room": [*_machine_room(centre), *_contacts(centre)],
        "switches": list(switches(centre, "switches", EVERY)),
        "assets": ASSETS,
        "lines": [_line(line) for line in centre.lines.values()],
        "hosts": [*map(_host, centre.of("host")), *computers(centre, "servers"), *printers(centre, "room")],
        "applications": [*applications(centre, EVERY), database(EVERY)],
        "backups": list(backups()),
        "counters": list(counters(centre)),
    }
    return commented(shifted(reduced(document, part), part.shift), language)


def _machine_room(centre: Centre) -> Iterator[Entry]:
    for node in centre.of("ups", "sensor"):
        entry = {"id": node.id, "name": node.title, "address": node.address, "credentials": "room", "every": EVERY}
        if node.kind == "ups":
            yield {**entry, "kind": "ups"}
        else:
            places = {"机柜进风": "inlet", "回风": "return", "送风": "supply"}
            yield {**entry, "kind": "sensor", "place": places}


def _contacts(centre: Centre) -> Iterator[Entry]:
    measures = ("water", "smoke", "door", "cooling_alarm")
    points = [
        {"name": name, "table": "discrete", "address": number, "measures": measure}
        for number, (name, measure) in enumerate(zip(CONTACTS, measures, strict=True))
    ]
    for node in centre.of("contacts"):
        entry = {"id": node.id, "name": node.title, "address": node.address, "kind": "contacts", "every": EVERY}
        yield {**entry, "modbus": {"unit": 1, "points": points}}


def _line(line: Line) -> Entry:
    probes = [
        {"layer": "gateway", "icmp": line.gateway},
        {"layer": "carrier", "icmp": line.carrier_hop},
        {"layer": "far_gateway", "icmp": line.far_gateway},
        {"layer": "application", "tcp": f"{line.application}:443"},
    ]
    entry = {
        "id": line.id,
        "name": line.title,
        "business": line.business,
        "via": {"switch": line.behind.switch, "port": line.behind.port},
        "bandwidth": "10Mbps",
        "carrier": {"name": line.carrier, "circuit": line.circuit, "fault_desk": "10000"},
        "every": EVERY,
        "probes": probes,
    }
    return {**entry, "backup_of": line.backup_of} if line.backup_of else entry


def _host(node: Node) -> Entry:
    role = role_of(node)
    return {
        "id": node.id,
        "name": node.title,
        "address": node.address,
        "credentials": "servers",
        "by": "ssh",
        "powered_by": node.fed_by,
        "depends_on": [switch_of(node)],
        "services": list(role.services),
        "listen": list(role.ports),
        "canaries": list(CANARIES),
        "every": EVERY,
    }
