"""The section `applications` of agent.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from demo.centre.plan import Centre
from demo.configuration.counters import in_the_hall
from demo.configuration.data import UPLOADS
from demo.hosts.windows.model import CLIENT, CLIENT_VERSION
from demo.servers.certificates import SERVER
from demo.world.pages import NOTICE

Entry = Mapping[str, Any]


def applications(centre: Centre, every: str) -> Iterator[Entry]:
    for entry in (_acceptance(centre), *_line_systems(centre), _queue(centre), _names(centre), *_screens(centre)):
        yield {**entry, "every": every}


def _acceptance(centre: Centre) -> Entry:
    return {
        "id": "acceptance",
        "name": "统一受理平台",
        "role": "acceptance",
        "http": f"https://{centre.nodes['acceptance-host'].address}/",
        "expect": {"status": [200], "body": "受理"},
        "tls": {"ca": "ca.pem", "server_name": SERVER},
        "copies": {"file": CLIENT, "version": CLIENT_VERSION},
        **UPLOADS,
        "depends_on": ["acceptance-host"],
    }


def _line_systems(centre: Centre) -> Iterator[Entry]:
    """What clerks log in to beyond each line; the backup line leads to that of its main one."""
    for line in centre.lines.values():
        if not line.backup_of:
            tcp = f"{line.application}:443"
            name = line.title.replace("专线", "业务系统")
            yield {"id": f"{line.id}-system", "name": name, "role": "line_system", "tcp": tcp, "depends_on": [line.id]}


def _queue(centre: Centre) -> Entry:
    address = centre.nodes["queue-host"].address
    return {
        "id": "queue",
        "name": "排队叫号系统",
        "role": "queue",
        "http": f"http://{address}/",
        "ticket": {"http": f"http://{address}/api", "json": "last.time"},
        "depends_on": ["queue-host"],
    }


def _names(centre: Centre) -> Entry:
    dns = {"name": SERVER, "server": centre.nodes["names"].address}
    answer = {"answer": [centre.nodes["acceptance-host"].address]}
    return {"id": "dns", "name": "域名解析", "role": "dns", "dns": dns, "expect": answer}


def _screens(centre: Centre) -> Iterator[Entry]:
    for node in centre.of("kiosk", "display"):
        expect = {"status": [200], "json": {"screen": "on"}}
        http = f"http://{node.address}/"
        yield {
            "id": node.id,
            "name": node.title,
            "role": node.kind,
            "http": http,
            "expect": expect,
            **({"published": {"words": [NOTICE]}} if node.kind == "display" else {}),
            **in_the_hall(centre, node.id),
        }
