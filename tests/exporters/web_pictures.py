"""A made-up centre for tests of the page, and to look at: `python -m tests.exporters.web_pictures [busy|calm|empty]`
serves it on a free port until interrupted."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from agent.core.calendar import Calendar
from agent.core.checklist import Area, Finding, Item, Result, Score, Verdict
from agent.core.incident import Change, Incident, Playbook
from agent.core.model import Dependency, Failure, Metric, Reading, Sample, Target
from agent.core.site import Center, Counter, Person, Site
from agent.core.snapshot import Snapshot
from agent.core.text import Text
from exporters.prometheus import Exposition
from exporters.web.server import Server
from exporters.web.view import Note, Picture, Receiver
from playbooks.book import load

AT = 1795485871.0  # Tuesday 2026-11-24 10:04:31 in Shanghai: service hours

LINE_UP = Metric("line_up", "gauge", "0/1", (), "The line serves")
TRIP = Metric("line_round_trip_seconds", "gauge", "seconds", ("layer", "probe"), "Mean round trip")
LOSS = Metric("line_loss_ratio", "gauge", "ratio", ("layer", "probe"), "Lost packets")
PROBE = Metric("line_probe_up", "gauge", "0/1", ("layer", "probe"), "This probe answered")
SEGMENT = Metric("line_fault_segment", "gauge", "0/1", ("segment",), "1 on the segment judged broken")
DEVICE_UP = Metric("device_up", "gauge", "0/1", ("tier",), "Answers")
UPTIME = Metric("device_uptime_seconds", "gauge", "seconds", (), "Uptime")
PORT_UP = Metric("interface_up", "gauge", "0/1", ("interface",), "ifOperStatus")
SPEED = Metric("interface_speed_bytes", "gauge", "bytes per second", ("interface",), "ifSpeed")
USED = Metric("interface_utilization_ratio", "gauge", "ratio", ("interface", "direction"), "Rate over speed")
PORT_ERRORS = Metric("interface_receive_errors_total", "counter", "packets", ("interface",), "ifInErrors")
PORT_INFO = Metric("interface_info", "gauge", "1", ("interface", "description", "type"), "ifAlias")
KEY_PORT = Metric("interface_critical_up", "gauge", "0/1", ("interface", "role"), "A key port")
DEVICE_INFO = Metric("device_info", "gauge", "1", ("vendor", "model", "version", "serial"), "What it is")
BOOTED = Metric("host_boot_timestamp_seconds", "gauge", "Unix seconds", (), "Start")
PORT_ADMIN = Metric("interface_admin_up", "gauge", "0/1", ("interface",), "ifAdminStatus")
CPU = Metric("host_cpu_usage_ratio", "gauge", "ratio", (), "CPU in use")
MEMORY = Metric("host_memory_usage_ratio", "gauge", "ratio", (), "Memory in use")
DISK = Metric("host_filesystem_usage_ratio", "gauge", "ratio", ("mountpoint",), "Space in use")
APP_UP = Metric("application_up", "gauge", "0/1", ("role",), "Answers as expected")
RESPONSE = Metric("application_response_seconds", "gauge", "seconds", ("role", "phase"), "Time to answer")
GOOD = Metric("shouwang_target_read_timestamp_seconds", "gauge", "Unix seconds", ("collector",), "Last good run")


def carrier(name: str, circuit: str, desk: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, circuit=circuit, fault_desk=desk)


def line(identity: str, name: str, business: str, who: SimpleNamespace) -> Target:
    options = SimpleNamespace(business=business, carrier=who, bandwidth=1_250_000.0)
    return Target("line", identity, name, options, every=30)


TELECOM, MOBILE = carrier("电信", "SH-12345", "10000"), carrier("移动", "CMSH-0098-7", "10086")
TARGETS = (
    line("yibao", "医保专线", "medical_insurance", TELECOM),
    line("minzheng", "民政专线", "civil_affairs", TELECOM),
    line("laodong", "劳动专线", "labor", MOBILE),
    line("shebao", "社保专线", "social_security", MOBILE),
    Target("switch", "core", "核心交换机", address="10.0.0.1"),
    Target("switch", "access-1", "一楼接入交换机", address="10.0.0.11"),
    Target("switch", "access-2", "二楼接入交换机", address="10.0.0.12"),
    Target("host", "queue-server", "叫号服务器", address="10.0.1.20"),
    Target("host", "localhost", "监控主机"),
    Target("application", "acceptance", "统一受理软件", depends_on=(Dependency(("yibao", "minzheng")),)),
    Target("application", "yibao-web", "医保系统", depends_on=(Dependency(("yibao",)),)),
    Target("machine_room", "ups-1", "机房UPS", address="10.0.0.10"),
)
COUNTERS = tuple(
    Counter(str(n), f"{n}号窗口", (Dependency(("acceptance",)), *((Dependency(("yibao",)),) if n <= 4 else ())))
    for n in range(1, 13)
)
SITE = Site(
    Center("changshou", "长寿路街道社区事务受理服务中心", "普陀区"),
    Calendar(),
    Path("/etc/shouwang/agent.yaml"),
    Path("/var/lib/shouwang"),
    targets=TARGETS,
    people=(Person("wang", "王工", "network_administrator", phone="021-5550-0100", mobile="13800000000"),),
    counters=COUNTERS,
)


def reading(target: Target, *samples: Sample, age: float = 12, failure: Failure | None = None) -> Reading:
    return Reading(target, target.kind, AT - age - 0.2, 0.2, samples, failure)


def healthy(target: Target) -> Reading:
    n = len(target.id)
    if target.kind == "line":
        probes = ({"layer": "gateway", "probe": "10.20.0.1"}, {"layer": "application", "probe": "10.20.1.10:443"})
        return reading(
            target,
            LINE_UP.sample(1),
            *[TRIP.sample(0.0011 * n * (1 + place), **each) for place, each in enumerate(probes)],
            *[PROBE.sample(1, **each) for each in probes],
            LOSS.sample(0.0, **probes[0]),
        )
    if target.kind == "switch":
        ports = [f"GigabitEthernet1/0/{port}" for port in range(1, 25)]
        return reading(
            target,
            DEVICE_UP.sample(1, tier="core"),
            UPTIME.sample(86400 * 212.4),
            DEVICE_INFO.sample(1, vendor="Huawei", model="S5735", version="V200R019", serial=""),
            KEY_PORT.sample(0, interface=ports[7], role="uplink"),
            KEY_PORT.sample(1, interface=ports[2], role="line"),
            *[SPEED.sample(125_000_000, interface=name) for name in ports],
            *[USED.sample(0.0123, interface=name, direction="receive") for name in ports],
            *[USED.sample(0.3, interface=name, direction="transmit") for name in ports],
            *[PORT_ERRORS.sample(port * 10, interface=name) for port, name in enumerate(ports)],
            *[PORT_INFO.sample(1, interface=ports[2], description="医保专线", type="ethernetCsmacd")],
            *[PORT_ADMIN.sample(port % 5 != 0, interface=name) for port, name in enumerate(ports)],
            *[PORT_UP.sample(port % 5 != 0 and port != 7, interface=name) for port, name in enumerate(ports)],
        )
    if target.kind == "host":
        return reading(
            target, CPU.sample(0.12), MEMORY.sample(0.41), DISK.sample(0.63, mountpoint="/"), BOOTED.sample(AT - 7e5)
        )
    if target.kind == "application":
        return reading(target, APP_UP.sample(1, role="other"), RESPONSE.sample(0.021 * n, role="other", phase="total"))
    return reading(target, DEVICE_UP.sample(1, tier="other"))


def playbooks() -> Mapping[str, Playbook]:
    return {playbook.id: playbook for playbook in load()}


NETWORK = Item(
    "NET-05",
    "network_platform",
    Text("各条线专线可达、无长期丢包", "Private lines answer, without lasting loss"),
    Text("探测网关", "probe the gateway"),
    "automatic",
    "critical",
    2,
    ("line_up",),
    (),
    ("icmp",),
    Text("按分段定位结果报障", "report the fault by the segment found"),
    ("IR-04",),
)
DISKS = replace(
    NETWORK,
    id="HOST-04",
    area="host_management",
    title=Text("磁盘空间", "Disk space"),
    severity="high",
    playbooks=("IR-12", "IR-99"),
)
AREAS = (
    Area("network_platform", Text("网络平台", "Network platform"), (NETWORK,)),
    Area("host_management", Text("主机管理", "Host management"), (DISKS,)),
)


def finding(item: Item, kind: str, subject: str, result: Result, observed: str, age: float = 30.0) -> Finding:
    said = Text(observed, observed)
    bad = result not in (Result.PASS, Result.NOT_CONNECTED)
    verdict = Verdict(result, subject, said, Text("应正常", "should be well"), item.remedy if bad else None)
    return Finding(item.id, item.area, kind, verdict, AT - age)


FINDINGS = (
    finding(NETWORK, "line", "minzheng", Result.PASS, "通,丢包 0%"),
    finding(DISKS, "host", "queue-server", Result.WARN, "/var 已用 93%"),
    finding(NETWORK, "line", "laodong", Result.UNKNOWN, "没有读数", 7200),
    finding(NETWORK, "line", "yibao", Result.FAIL, "不通"),
    finding(DISKS, "center", "changshou", Result.NOT_CONNECTED, "没有接入主机"),
)


def calm() -> Picture:
    return Picture(
        SITE,
        AT,
        "0.1.0",
        readings=tuple(healthy(target) for target in TARGETS),
        playbooks=playbooks(),
        areas=AREAS,
        findings=FINDINGS,
        scores=(Score("network_platform", "green", 0.96, 2, 2), Score("host_management", "amber", 0.8, 1, 1)),
        receivers=(Receiver("http://10.1.0.5:9093", reachable=True, since=AT - 86400),),
    )


def busy() -> Picture:
    base = calm()
    yibao, access, queue, ups = (SITE.target(each) for each in ("yibao", "access-2", "queue-server", "ups-1"))
    assert yibao
    assert access
    assert queue
    assert ups
    broken = {
        "yibao": reading(
            yibao,
            LINE_UP.sample(0),
            PROBE.sample(1, layer="port", probe="Gi1/0/3"),
            PROBE.sample(0, layer="gateway", probe="10.20.0.1"),
            LOSS.sample(1.0, layer="gateway", probe="10.20.0.1"),
            SEGMENT.sample(1, segment="carrier"),
        ),
        "access-2": reading(
            access,
            GOOD.sample(AT - 1860, collector="switch"),
            failure=Failure("timeout", "access-2: switch had no full answer in 10 s"),
        ),
        "queue-server": reading(queue, CPU.sample(0.35), MEMORY.sample(0.72), DISK.sample(0.934, mountpoint="/var")),
        "ups-1": reading(ups, DEVICE_UP.sample(1, tier="other"), age=400),
    }
    down = Incident("20261124-1", "IR-04", "line", "yibao", "P2", AT - 1110, subjects=("IR-04.1",), value=0)
    full = Incident(
        "20261124-2",
        "IR-12",
        "host",
        "queue-server",
        "P3",
        AT - 7300,
        acknowledged_by="wang",
        subjects=('IR-12.1{mountpoint="/var"}',),
        value=0.934,
    )
    past = Incident("20261123-7", "IR-04", "line", "shebao", "P2", AT - 90000, closed=AT - 88000)
    return replace(
        base,
        readings=tuple(broken.get(each.target.id, each) for each in base.readings if each.target),
        incidents=(full, down),
        changes=(
            Change("opened", down, down.opened),
            Change("acknowledged", full, AT - 6000, "wang"),
            Change("opened", full, full.opened),
            Change("closed", past, AT - 88000),
            Change("opened", past, past.opened),
        ),
        maintenance=frozenset({"laodong"}),
        receivers=(
            Receiver("http://10.1.0.5:9093", reachable=False, since=AT - 600, waiting=2, error="connection refused"),
        ),
        notes=(
            Note(
                "fault",
                Text("新的 agent.yaml 有错误,仍按原配置运行", "the new agent.yaml has errors; the old one stays"),
                AT - 900,
                "agent.yaml:23: lines[0].probes[1].icpm: unknown key; known: layer, icmp, tcp",
            ),
        ),
    )


def empty() -> Picture:
    return Picture(replace(SITE, targets=(), counters=()), AT, "0.1.0", polling=False)


class MadeUp:
    """A View and Actions over one picture."""

    def __init__(self, picture: Picture) -> None:
        self.shown = picture
        self.errors: tuple[str, ...] = ()
        self.reloads = 0

    def picture(self) -> Picture:
        return self.shown

    async def timeline(self, incident: str) -> tuple[Change, ...]:
        return tuple(change for change in reversed(self.shown.changes) if change.incident.id == incident)

    def checklist(self) -> Mapping[str, Any]:
        return {"at": AT, "counts": {"pass": 2}, "ratio": float("inf")}

    async def ledger_head(self) -> Mapping[str, Any]:
        return {"hash": "0" * 64}

    async def reload(self) -> tuple[str, ...]:
        self.reloads += 1
        return self.errors


def snapshot_of(picture: Picture) -> Snapshot:
    snapshot = Snapshot()
    for each in picture.readings:
        snapshot.put(each)
    return snapshot


async def serve(picture: Picture) -> None:
    made_up = MadeUp(picture)
    server = Server(made_up, Exposition(snapshot_of(picture)), made_up)
    port = await server.start("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(f"http://127.0.0.1:{port}/", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve({"busy": busy, "calm": calm, "empty": empty}[sys.argv[1] if sys.argv[1:] else "busy"]()))
