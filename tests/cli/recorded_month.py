"""October 2025 as an agent recorded it: two lines and an application, made by hand so that people can check the sheet.

Served 08:30-11:30 and 13:30-16:30 on weekdays; National Day is 1-8 October, and Saturday the 11th is worked for it: 18
days of 6 hours, 388,800 seconds.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from agent import maintenance
from agent.core.availability import Interval
from agent.core.states import Seen, of_seen
from agent.core.store import Store
from tests.core.made import closing, incident, opening

ZONE = ZoneInfo("Asia/Shanghai")
AGENT_YAML = """
center: {id: test, name: 测试中心, district: 普陀区}
people: [{id: wang, name: 王工, role: network_administrator}]
lines:
  - {id: yibao, name: 医保专线, business: medical_insurance, probes: [{layer: application, tcp: "127.0.0.1:1"}]}
  - {id: minzheng, name: 民政专线, business: civil_affairs, probes: [{layer: application, tcp: "127.0.0.1:2"}]}
applications: [{id: acceptance, name: 统一受理软件, role: acceptance, tcp: "127.0.0.1:3"}]
"""
# From when on yibao was up, down, or not seen (the agent was off), until the next line.
YIBAO = (
    ("2025-09-30 00:00", "up"),
    ("2025-10-13 09:00", "down"),  # 47 minutes of a Monday's service
    ("2025-10-13 09:47", "up"),
    ("2025-10-15 11:20", "down"),  # over lunch: 20 minutes of 2 h 20 min count
    ("2025-10-15 13:40", "up"),
    ("2025-10-18 02:00", "down"),  # Saturday night, nobody is served
    ("2025-10-18 05:00", "up"),
    ("2025-10-20 10:00", "unknown"),  # an hour of service that nobody saw
    ("2025-10-20 11:00", "up"),
    ("2025-10-24 13:30", "down"),  # the carrier's cut-over, planned until 16:30
    ("2025-10-24 15:00", "up"),
    ("2025-10-28 16:00", "down"),  # one outage, 10 minutes of which nobody saw
    ("2025-10-28 16:10", "unknown"),
    ("2025-10-28 16:20", "down"),
    ("2025-10-28 16:30", "up"),
    ("2025-11-01 00:00", "unknown"),
)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


def recorded(place: Path) -> Path:
    """A directory with agent.yaml and its state; gives the path of agent.yaml."""
    config = place / "agent.yaml"
    config.write_text(AGENT_YAML.lstrip(), encoding="utf-8")
    store = Store.open(place / "var")
    seen: list[Seen] = [
        ("line", "yibao", Interval(at(start), at(end), state == "up"))
        for (start, state), (end, _) in pairwise(YIBAO)
        if state != "unknown"
    ]
    seen.append(("line", "minzheng", Interval(at("2025-09-01 00:00"), at("2025-11-30 00:00"), True)))
    seen.append(("application", "acceptance", Interval(at("2025-10-20 00:00"), at("2025-11-30 00:00"), True)))
    store.write([of_seen(seen)])
    planned = {"targets": ["yibao"], "start": at("2025-10-24 13:30"), "end": at("2025-10-24 16:30")}
    planned |= {"reason": "电信割接", "by": "wang"}
    store.write(maintenance.add((), planned, ["yibao"], at("2025-10-20 09:00")).writes)
    broken = incident("yibao", opened=at("2025-10-13 09:01"))
    store.record([opening(broken), closing(broken, at("2025-10-13 09:48"))])
    store.close()
    return config
