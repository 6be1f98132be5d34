"""Promises of an alert's annotations: what broke, whom it hurts, what to do first, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.core.calendar import Calendar
from agent.core.incident import Incident
from agent.core.model import Target
from agent.core.site import Center, Site
from playbooks.book import load
from playbooks.describe import describe

BOOKS = {book.id: book for book in load()}
AT = 1795503600.0  # 2026-11-24 15:00 in Shanghai


@dataclass(frozen=True)
class Carrier:
    name: str = "电信"
    circuit: str = "SH-12345"
    fault_desk: str = "10000"


@dataclass(frozen=True)
class Options:
    carrier: Carrier = Carrier()


SITE = Site(
    Center("changshou", "长寿路中心", "普陀区"),
    Calendar(),
    Path("agent.yaml"),
    Path("var"),
    targets=(Target("line", "yibao", "医保专线", Options()), Target("host", "queue", "叫号主机")),
)


def incident(playbook: str, kind: str, target: str, *subjects: str) -> Incident:
    return Incident("x", playbook, kind, target, "P2", AT, subjects=subjects)


def test_a_line_names_carrier_circuit_and_fault_desk():
    said = describe(incident("IR-04", "line", "yibao", "IR-04.1"), BOOKS["IR-04"], SITE, "zh", "1-8号窗口")
    assert said == {
        "summary": "医保专线 专线中断 / Private line down: 医保专线",
        "description": "长寿路中心:单条线专线中断(P2),2026-11-24 15:00 起。",
        "first_step": "查光猫、协转供电与指示灯,重插跳线",
        "impact": "1-8号窗口。counters 中依赖该线路(且无可用备线)的窗口;业务为线路的 business",
        "call": "电信报障台 10000,电路号 SH-12345",
        "opened": "2026-11-24 15:00",
    }


def test_a_disk_names_each_mountpoint_once_and_whom_to_ask():
    full = incident("IR-12", "host", "queue", 'IR-12.1{mountpoint="/var"}', 'IR-12.2{mountpoint="/var"}')
    said = describe(full, BOOKS["IR-12"], SITE, "en")
    assert said["summary"] == "叫号主机 /var 磁盘将写满 / Disk filling up: 叫号主机 /var"
    assert said["description"] == "长寿路中心: Disk full (P2) since 2026-11-24 15:00. /var"
    assert said["call"] == "Full-time deputy director; Data base or software maintainer"


def test_what_concerns_the_centre_is_named_by_it_and_a_gone_target_by_its_id():
    assert describe(incident("IR-11", "center", "changshou"), BOOKS["IR-11"], SITE, "zh")["summary"].startswith(
        "长寿路中心"
    )
    assert describe(incident("IR-11", "host", "gone"), BOOKS["IR-11"], SITE, "zh")["summary"].startswith("gone")
