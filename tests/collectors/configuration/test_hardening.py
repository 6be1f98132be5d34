"""What is wrong in a running configuration is found, and nothing else is: over made-up configurations with known
faults, and over SSH from a device to the samples."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.configurations import Record
from agent.core.changes import Register
from agent.core.configurations import OnRecord, Standing, Version
from agent.core.model import Reading, Target
from agent.core.reach import Reach, unopened
from agent.core.registers import Registers
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from checks import book
from checks.judges import TOPICS
from collectors.configuration import HARDENING, READING
from collectors.configuration.hardening.collector import LONGEST, samples
from collectors.configuration.hardening.found import Rule
from collectors.configuration.hardening.table import RULES
from collectors.configuration.options import ConfigOptions
from collectors.switch import SwitchOptions
from tests.collectors.configuration.hardening_table import FILES, TRUTH, found, judged
from tests.collectors.configuration.test_over_ssh import target
from tests.collectors.configuration.test_reading import DAY, Memory
from tests.console_server import Consoles, consoles

BROKEN = {each.rule.id for name in TRUTH for each in found(name)}
OUTSIDE = ("http_redirect",)  # what no configuration says; tests/collectors/configuration/test_management.py
ITEMS = {item.id: item for item in book.items_of(book.load(["network_platform"]))}
DOCS = (Path(__file__).parents[3] / "docs" / "configurations.md").read_text(encoding="utf-8")
NOW = 1_000_000.0
HARDENED = [name for name, entry in TRUTH.items() if entry["hardened"]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoles]:
    with consoles(tmp_path_factory.mktemp("consoles")) as found_:
        yield found_


@pytest.mark.parametrize("name", TRUTH)
def test_no_seeded_fault_is_missed_and_nothing_else_is_found(name: str) -> None:
    result = judged(name)
    assert [fault["fault"] for fault in result.missed] == []
    assert [(each.rule.id, each.subjects) for each in result.false] == []


@pytest.mark.parametrize("name", HARDENED)
def test_a_hardened_device_has_nothing_against_it(name: str) -> None:
    assert found(name) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_an_id_of_its_own_and_breaks_somewhere(rule: Rule) -> None:
    assert [each.id for each in RULES].count(rule.id) == 1
    assert rule.id in BROKEN or rule.id in OUTSIDE


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_words_at_its_item_and_the_item_looks_at_its_topic(rule: Rule) -> None:
    words = ITEMS[rule.item].words["device_hardening_finding_info"]
    assert words.labels["rule"][rule.id].zh != words.labels["rule"][rule.id].en
    assert TOPICS[rule.item] == rule.topic
    assert ITEMS[rule.item].judge == "device_configuration"
    told = words.labels["rule"][rule.id].en.removesuffix(", now")
    assert f"| {rule.item} | {rule.result} | `{rule.id}` |" in DOCS
    assert f"<br>{told} |" in DOCS


@pytest.mark.parametrize("name", TRUTH)
def test_labels_are_bounded_and_hold_no_secret(name: str) -> None:
    """In these files each secret says `Invented`."""
    for sample in samples(found(name)):
        assert all(len(label) <= LONGEST + 5 for label in sample.labels)
        assert not any("Invented" in label for label in sample.labels)


def test_from_the_command_line_of_a_device_to_its_samples(server: Consoles, tmp_path: Path) -> None:
    """By SSH, the record and the rules: what the truth says of this device, each with what it is about."""
    device = server.device("huawei_vrp", "good", (FILES / "huawei" / "hall-counter-b.cfg").read_text(encoding="utf-8"))
    kept = Record(tmp_path / "configurations", lambda: tmp_path / "baselines")

    async def read() -> list[Reading]:
        async with reaching() as reach:
            runner = Runner(reach, Snapshot(), registers=Registers(kept, Register()))
            return [await runner.run(each, target(device, 0)) for each in (READING, HARDENING)]

    reading, hardening = asyncio.run(read())
    assert reading.failure is None
    assert hardening.failure is None
    told = {each.labels: each.value for each in hardening.by_metric["device_hardening_findings"]}
    assert {labels for labels, value in told.items() if value and labels[0] != "ssh"} == {("cleartext", "fail")}
    assert told["cleartext", "fail"] == 3
    found_ = hardening.by_metric["device_hardening_finding_info"]
    assert {each.labels[2:] for each in found_ if each.labels[0] != "ssh"} == {
        ("telnet_on", "telnet server enable"),
        ("telnet_taken", "vty 0 4"),
        ("telnet_account", "chen.duty (telnet)"),
    }


@dataclass
class Recorded:
    """A switch of which a configuration is on record. `way`: its answers from outside; without one, nobody looks."""

    text: str
    seen: float = NOW
    way: Any = field(default_factory=lambda: unopened("wire"))

    def __post_init__(self) -> None:
        self.store = Memory(Standing((Version(self.seen, "1"),), self.seen), OnRecord(self.text))
        registers = Registers(self.store, Register())
        reach = Reach(self.way, self.way, self.way, ssh=self.way)
        self.runner = Runner(reach, Snapshot(), lambda: NOW, registers=registers)

    def read(self) -> Reading:
        options = SwitchOptions(id="core", address="10.0.0.1", config=ConfigOptions(backup=DAY))
        return asyncio.run(self.runner.run(HARDENING, Target("switch", "core", "core", options, "10.0.0.1")))


def test_nothing_is_told_of_a_device_whose_configuration_was_never_read() -> None:
    switch = Recorded("")
    switch.store.now = Standing()
    reading = switch.read()
    assert reading.failure is None
    assert "device_hardening_findings" not in reading.by_metric


def test_a_changed_configuration_is_judged_anew() -> None:
    text = (FILES / "h3c" / "hall-access-1.cfg").read_text(encoding="utf-8")
    switch = Recorded(text)
    assert "device_hardening_finding_info" not in switch.read().by_metric
    switch.store.now = Standing((Version(NOW, "2"),), NOW)
    switch.store.known = OnRecord(text.replace(" ssh server enable\n", " ssh server enable\n telnet server enable\n"))
    assert "telnet_on" in {each.labels[2] for each in switch.read().by_metric["device_hardening_finding_info"]}


def test_a_configuration_of_which_the_account_sees_a_part_is_not_judged() -> None:
    text = (FILES / "h3c" / "hall-access-1.cfg").read_text(encoding="utf-8")
    reading = Recorded(re.sub(r"(?m)^line ", "li ", text)).read()
    assert "device_hardening_findings" not in reading.by_metric
    assert "has no line and was not judged" in reading.remarks[0].en  # type: ignore[union-attr]  # a Text


def test_a_configuration_that_the_device_may_no_longer_have_is_not_judged() -> None:
    text = (FILES / "h3c" / "hall-access-1.cfg").read_text(encoding="utf-8")
    reading = Recorded(text, NOW - 3 * DAY).read()
    assert "device_hardening_findings" not in reading.by_metric
    assert "3 days ago" in reading.remarks[0].en  # type: ignore[union-attr]  # a Text


def test_lines_that_a_banner_shows_are_no_settings() -> None:
    text = (FILES / "h3c" / "hall-access-1.cfg").read_text(encoding="utf-8")
    said = text.replace("Type undo for nothing you cannot explain.", "telnet server enable\nftp server enable")
    assert said != text
    assert "device_hardening_finding_info" not in Recorded(said).read().by_metric


@pytest.mark.parametrize(("name", "firewall"), [("h3c/hall-access-1.cfg", False), ("h3c/edge-f1000.cfg", True)])
def test_only_a_firewall_is_judged_by_its_policy(name: str, firewall: bool) -> None:
    reading = Recorded((FILES / name).read_text(encoding="utf-8")).read()
    topics = {each.labels[0] for each in reading.by_metric["device_hardening_findings"]}
    assert ("policy" in topics) == firewall
