"""What a line makes of its switch's port, of its backups and of the counters that need it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from agent.core.facts import diagnosis_of
from agent.core.known import Latest
from agent.core.model import Metric, Reading, Target
from agent.core.reach import Reach
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from agent.tables import load_site
from collectors import interface_metrics as metrics
from collectors.line import COLLECTOR
from tests.collectors.ways import Wire, value, values

CONFIG = """
center: {id: changshou, name: 长寿路中心, district: 普陀区}
credentials: {room: {snmp: {version: 2c, community: public}}}
switches: [{id: core, name: 核心交换机, address: 10.0.0.1, credentials: room}]
lines:
- {id: yibao, name: 医保专线, business: medical_insurance, bandwidth: 10Mbps,
   via: {switch: core, port: gigabitethernet 1/0/3},
   carrier: {name: 电信, circuit: SH-12345, fault_desk: "10000"},
   probes: [{layer: gateway, icmp: 10.20.0.1}, {layer: carrier, icmp: 10.21.0.1}]}
- {id: spare, name: 备用专线, business: medical_insurance, backup_of: yibao,
   via: {switch: core, port: GigabitEthernet1/0/4}, probes: [{layer: gateway, icmp: 10.30.0.1}]}
- {id: minzheng, name: 民政专线, business: civil_affairs, probes: [{layer: gateway, icmp: 10.40.0.1}]}
counters:
- {ids: 1-2, depends_on: [yibao]}
- {ids: 3, depends_on: [minzheng]}
"""
DEVICE_UP = Metric("device_up", "gauge", "0/1", (), "Answers")
PORTS = ("GigabitEthernet1/0/3", "GigabitEthernet1/0/4")
ALL_UP = {"10.20.0.1": True, "10.21.0.1": True, "10.30.0.1": True, "10.40.0.1": True}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    path = tmp_path / "agent.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return load_site(path)


class Centre:
    """The lines of a site whose switch said what a test says."""

    def __init__(self, site: Site, **pings: bool) -> None:
        self.site, self.snapshot = site, Snapshot()
        self.wire = Wire(pings={**ALL_UP, **pings})
        self.runner = Runner(
            Reach(self.wire, self.wire, self.wire), self.snapshot, known=Latest(self.snapshot, lambda: site)
        )

    def target(self, name: str) -> Target:
        found = self.site.target(name)
        assert found is not None
        return found

    def switch(
        self,
        up: bool = True,
        admin: bool = True,
        answers: bool = True,
        used: float | None = None,
        received: float | None = None,
        errors: float | None = None,
        ago: float = 0.0,
    ) -> None:
        """It is read now, or so many seconds ago; `used`: of the first port's speed of 100 Mbit/s in each direction;
        `received`: bytes by the first port until then, which sends none; `errors`: packets that came damaged."""
        core, now = self.target("core"), time.time() - ago
        self.snapshot.put(Reading(core, "reach", now, 0.0, (DEVICE_UP.sample(answers),)))
        samples = [metrics.INTERFACE_UP.sample(up, interface=PORTS[0])]
        samples += [metrics.INTERFACE_ADMIN_UP.sample(admin, interface=PORTS[0])]
        if received is not None:
            samples.append(metrics.RECEIVE_BYTES.sample(received, interface=PORTS[0]))
            samples.append(metrics.TRANSMIT_BYTES.sample(0, interface=PORTS[0]))
        if errors is not None:
            samples.append(metrics.RECEIVE_ERRORS.sample(errors, interface=PORTS[0]))
        samples += [metrics.SPEED.sample(12.5e6, interface=port) for port in PORTS]
        for port, ratio in zip(PORTS, (used, 0.0), strict=True):
            for way in ("receive", "transmit") if ratio is not None and used is not None else ():
                samples.append(metrics.UTILIZATION.sample(ratio, interface=port, direction=way))
        self.snapshot.put(Reading(core, "switch", now, 0.0, tuple(samples) if answers else ()))

    def poll(self, name: str) -> Reading:
        return asyncio.run(self.runner.run(COLLECTOR, self.target(name)))

    def broken(self, name: str) -> list[str]:
        return [labels[0] for labels, on in values(self.poll(name), "line_fault_segment").items() if on]


def test_a_port_that_was_shut_is_the_fault_and_the_sentence_says_so(site: Site) -> None:
    centre = Centre(site, **{"10.20.0.1": False, "10.21.0.1": False})
    centre.switch(up=False, admin=False)
    reading = centre.poll("yibao")
    assert values(reading, "line_fault_segment")["port",] == 1
    said = diagnosis_of(site, [reading], "zh")
    assert "核心交换机 gigabitethernet 1/0/3 被关闭" in said
    assert "不要报障" in said


def test_a_port_that_was_up_before_the_trouble_began_proves_nothing_until_it_is_read_again(site: Site) -> None:
    centre = Centre(site, **{"10.20.0.1": False, "10.21.0.1": False})
    centre.switch()
    assert centre.broken("yibao") == ["port", "gateway"]
    centre.switch()
    assert centre.broken("yibao") == ["gateway"]


def test_a_port_that_damages_packets_stays_the_fault_when_a_farther_probe_then_fails_altogether(site: Site) -> None:
    centre = Centre(site)
    centre.switch(errors=0)
    assert centre.broken("yibao") == []
    centre.wire.pings["10.20.0.1"] = [[0.01] * 20 + [None] * 10]
    centre.wire.pings["10.21.0.1"] = [[0.01] * 20 + [None] * 10]
    centre.poll("yibao")
    centre.switch(errors=50)
    assert centre.broken("yibao") == ["port"]
    centre.wire.pings["10.21.0.1"] = False
    centre.poll("yibao")
    assert centre.broken("yibao") == ["port"]


def test_a_switch_that_is_silent_or_unread_is_said(site: Site) -> None:
    centre = Centre(site, **{"10.20.0.1": False, "10.21.0.1": False})
    assert "读不到" in diagnosis_of(site, [centre.poll("yibao")], "zh")
    centre.switch(answers=False)
    reading = centre.poll("yibao")
    assert "交换机 核心交换机 不应答" in diagnosis_of(site, [reading], "zh")
    assert values(reading, "line_fault_segment")["port",] == 1


def test_a_line_in_order_has_no_diagnosis_and_every_segment_at_0(site: Site) -> None:
    centre = Centre(site)
    centre.switch()
    reading = centre.poll("yibao")
    assert set(values(reading, "line_fault_segment").values()) == {0}
    assert reading.diagnoses == ()


def test_since_when_is_since_the_first_failure(site: Site) -> None:
    centre = Centre(site, **{"10.21.0.1": False})
    first = centre.poll("yibao").diagnoses[0].since
    time.sleep(0.05)
    assert centre.poll("yibao").diagnoses[0].since == pytest.approx(first, abs=0.02)


def test_the_bandwidth_is_used_by_what_the_port_carries(site: Site) -> None:
    centre = Centre(site)
    assert values(centre.poll("yibao"), "line_utilization_ratio") == {}
    centre.switch(used=0.05)
    assert values(centre.poll("yibao"), "line_utilization_ratio") == pytest.approx(
        {("receive",): 0.5, ("transmit",): 0.5}
    )


@pytest.mark.parametrize(
    ("bytes_", "segments"), [(60 * 1.2e6, ["port"]), (60 * 0.5e6, ["carrier"])], ids=["full", "half full"]
)
def test_a_line_that_our_own_traffic_fills_is_no_fault_of_the_carrier_wherever_it_begins(
    site: Site, bytes_: float, segments: list[str]
) -> None:
    centre = Centre(site)
    centre.switch(received=0, ago=60)
    centre.poll("yibao")
    centre.wire.pings["10.21.0.1"] = [[0.01] * 20 + [None] * 10]  # behind the modem a third is lost
    centre.poll("yibao")
    centre.switch(received=bytes_)
    reading = centre.poll("yibao")
    assert [labels[0] for labels, on in values(reading, "line_fault_segment").items() if on] == segments
    assert ("被本中心的流量占满" in diagnosis_of(site, [reading], "zh")) == (segments == ["port"])


def test_the_main_line_is_active_until_it_fails_or_the_traffic_says_otherwise(site: Site) -> None:
    centre = Centre(site)
    assert value(centre.poll("spare"), "line_active") is None, "the main line was not read yet"
    assert value(centre.poll("yibao"), "line_active") == 1
    assert value(centre.poll("spare"), "line_active") == 0, "by now the main line is known to serve"
    centre.wire.pings["10.21.0.1"] = False
    assert value(centre.poll("yibao"), "line_active") == 0
    assert value(centre.poll("spare"), "line_active") == 1
    assert value(centre.poll("minzheng"), "line_active") is None


def test_a_main_line_without_traffic_is_not_active_where_its_backup_has_it(site: Site) -> None:
    centre = Centre(site)
    centre.switch(used=0.05)
    assert [value(centre.poll(name), "line_active") for name in ("yibao", "spare", "yibao")] == [1, 0, 1]


def test_a_backup_stands_by_while_its_main_line_serves(site: Site) -> None:
    centre = Centre(site, **{"10.30.0.1": False})
    assert value(centre.poll("spare"), "line_standby") == 0, "the main line was not read yet"
    assert value(centre.poll("yibao"), "line_standby") == 0
    reading = centre.poll("spare")
    assert value(reading, "line_standby") == 1
    assert "这是备用线,主用线正常" in diagnosis_of(site, [reading], "zh")


def test_counters_are_affected_by_a_line_that_nothing_stands_in_for(site: Site) -> None:
    centre = Centre(site)
    affected = [values(centre.poll(name), "line_affects") for name in ("minzheng", "yibao", "spare")]
    assert affected[0] == {("3", "civil_affairs"): 1}
    assert affected[1:] == [{}, {}]
    centre.poll("spare")
    assert values(centre.poll("yibao"), "line_affects") == {}
    centre.wire.pings["10.30.0.1"] = False
    centre.poll("spare")
    assert values(centre.poll("yibao"), "line_affects") == {
        ("1", "medical_insurance"): 1,
        ("2", "medical_insurance"): 1,
    }


def test_what_carries_on_meanwhile_is_said(site: Site) -> None:
    centre = Centre(site, **{"10.20.0.1": False, "10.21.0.1": False})
    centre.poll("spare")
    assert "业务由备用专线承载,没有停" in diagnosis_of(site, [centre.poll("yibao")], "zh")
