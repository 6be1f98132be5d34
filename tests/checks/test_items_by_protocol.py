"""Items that the simulated centre has no device for turn with what a simulated device says by its own protocol: the
command line over SSH, a recorder over HTTP. The evidence is the sample that the collector made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.core.checklist import Finding
from agent.core.model import Collector, Reading, Sample, Target
from collectors import loops, recordings, signatures
from tests.checks.items import ITEMS
from tests.checks.scene import Watchers
from tests.collectors.console_watch import NOW, ConsoleWatch
from tests.collectors.recorders import Recorder, recorder
from tests.collectors.test_loops import comware
from tests.collectors.test_recordings import Watch
from tests.collectors.test_signatures import h3c, vrp
from tests.console_server import Consoles, consoles

A_DAY = 86400.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoles]:
    with consoles(tmp_path_factory.mktemp("consoles")) as found:
        yield found


@pytest.fixture
def device() -> Iterator[Recorder]:
    with recorder() as found:
        yield found


class Item:
    """Of one target, by what one collector tells of it; others are not there."""

    def __init__(self, item: str, kind: str, collector: Collector) -> None:
        self.target, self.collector = Target(kind, "it", "被测", every=30), collector
        here = {collector.name: replace(collector, watches=lambda target: True)}
        self.watchers = Watchers(ITEMS[item], self.target, collectors=here)

    def found(self, samples: Sequence[Sample], at: float) -> Finding:
        self.watchers.snapshot.put(Reading(self.target, self.collector.name, at, 0.0, tuple(samples)))
        return self.watchers.found(at)


def released(days: float, at: float) -> str:
    return datetime.fromtimestamp(NOW + at - days * A_DAY, UTC).strftime("%a %b %d %H:%M:%S %Y")


def test_a_loop_that_a_switch_sees_fails_its_item_until_it_is_gone(server: Consoles) -> None:
    loop = comware("Loop is detected on following interfaces:\n GigabitEthernet1/0/17  None  20\n")
    switch = ConsoleWatch(server.device("hp_comware", "item"), loops.COLLECTOR, {"loops": "5m"})
    item = Item("NET-11", "switch", loops.COLLECTOR)

    def found(shows: dict[str, str]) -> Finding:
        switch.poll(shows=shows)
        return item.found(switch.samples, NOW + switch.at)

    assert found(comware()).verdict.result == "pass"
    broken = found(loop)
    assert broken.verdict.result == "fail"
    assert "GigabitEthernet1/0/17: the device detects a loop" in broken.verdict.observed.en
    assert {each["metric"]: each["value"] for each in broken.evidence}["device_loop_detected"] == 1
    assert found(comware()).verdict.result == "pass"


@pytest.mark.parametrize(
    ("shown", "result"),
    [
        (h3c(released(45, 0)), "warn"),
        (h3c(released(120, 0)), "fail"),
        (h3c(released(3, 0), left=20), "warn"),
        (h3c(released(3, 0), state="Expired"), "fail"),
    ],
)
def test_a_firewall_with_old_signatures_or_a_licence_that_ends_is_told(
    server: Consoles, shown: dict[str, str], result: str
) -> None:
    firewall = ConsoleWatch(server.device("hp_comware", "item"), signatures.COLLECTOR, {"tier": "firewall"})
    item = Item("NET-25", "switch", signatures.COLLECTOR)
    well = h3c(released(3, 0)) | {"display anti-virus signature information": ""}

    def found(shows: dict[str, str]) -> Finding:
        firewall.poll(21600, {**shows, "display anti-virus signature information": ""})
        return item.found(firewall.samples, NOW + firewall.at)

    results = [str(found(each).verdict.result) for each in (well, shown, well)]
    assert results == ["pass", result, "pass"]


def test_a_huawei_firewall_whose_service_ended_fails(server: Consoles) -> None:
    firewall = ConsoleWatch(server.device("huawei_vrp", "item"), signatures.COLLECTOR, {"tier": "firewall"})
    firewall.poll(shows=vrp(ips="2026/10/31"))
    found = Item("NET-25", "switch", signatures.COLLECTOR).found(firewall.samples, NOW + firewall.at)
    assert found.verdict.result == "fail"
    assert {each["labels"].get("feature") for each in found.evidence} >= {"ips"}


def test_a_recorder_that_keeps_too_little_is_told_until_it_keeps_enough(device: Recorder) -> None:
    watch, item = Watch(device, {}), Item("PHY-14", "machine_room", recordings.COLLECTOR)

    def result(days: float) -> str:
        at = NOW + watch.at - days * A_DAY + 21600
        device.oldest = {"机房": datetime.fromtimestamp(at, UTC).isoformat()}
        watch.poll(21600)
        return str(item.found(watch.samples, NOW + watch.at).verdict.result)

    assert [result(days) for days in (40, 25, 40, 10, 40)] == ["pass", "warn", "pass", "fail", "pass"]
