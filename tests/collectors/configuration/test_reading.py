"""When the configuration of a switch is read, and what is told of it: through the runner, with a store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from agent.core.changes import Planned, Register
from agent.core.configurations import Form, OnRecord, Standing, Version, as_read, digest
from agent.core.kept import Kept
from agent.core.model import Reading, Target
from agent.core.reach import CannotAsk, Login, Reach, ReachError, SnmpLogin, SshLogin, Unanswered
from agent.core.registers import Registers
from agent.core.secrets import Secret
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from collectors.configuration import READING, STORED
from collectors.configuration.normal import normal
from collectors.configuration.options import ConfigOptions
from collectors.configuration.pacing import REFUSED, RETRY, SPACING, UNSAVED, Facts, due
from collectors.device_identity import SYS_OBJECT_ID
from collectors.device_uptime import SYS_UP_TIME
from collectors.switch import SwitchOptions
from tests.collectors.configuration.pairs import COMWARE

DAY = 86_400.0
COUNTER = "1.3.6.1.4.1.25506.2.4.1.1.1.0"


@dataclass
class Memory:
    """Implements agent.core.configurations.Configurations."""

    now: Standing = field(default_factory=Standing)
    known: OnRecord = field(default_factory=OnRecord)
    asked_for: int = 0

    async def standing(self, identity: str) -> Standing:
        return self.now

    async def texts(self, identity: str) -> OnRecord:
        return self.known

    async def keep(self, identity: str, running: str, saved: str | None, at: float, form: Form) -> Standing:
        self.now = as_read(self.now, running, saved, at, form)
        self.known = replace(self.known, running=running)
        return self.now

    def wanted(self, identity: str) -> int:
        return self.asked_for

    def fingerprint(self, secret: str) -> str:
        return digest(secret)[:8]


@dataclass
class Switch:
    """A switch that answers by SNMP and at its command line, and a clock that the test moves."""

    running: str = COMWARE
    saved: str | None = COMWARE
    facts: dict[str, Any] = field(default_factory=lambda: {SYS_OBJECT_ID: "1.3.6.1.4.1.25506.1.1", COUNTER: 7})
    failure: ReachError | None = None
    hangs: bool = False
    first: list[str | ReachError] = field(default_factory=list)  # what it shows, or says, before `running`
    takes: float = 0.0
    at: float = 1_000_000.0
    asked: list[str] = field(default_factory=list)
    store: Memory = field(default_factory=Memory)
    changes: Register = field(default_factory=Register)
    kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """As an agent that was started just now."""
        reach = Reach(cast(Any, self), cast(Any, self), cast(Any, self), console=self)
        registers = Registers(self.store, self.changes)
        self.runner = Runner(reach, Snapshot(), lambda: self.at, kept=self.kept, registers=registers)

    @asynccontextmanager
    async def session(self, target: Target) -> AsyncIterator[Switch]:
        yield self

    async def get(self, oids: Sequence[str]) -> Mapping[str, Any]:
        return {oid: self.facts[oid] for oid in oids if oid in self.facts}

    async def ask(self, target: Target, family: Any, questions: Sequence[Any]) -> Mapping[Any, bytes]:
        self.asked.append(family)
        if self.hangs:
            await asyncio.sleep(3600)
        if self.failure is not None:
            raise self.failure
        await asyncio.sleep(self.takes)
        running = self.first.pop(0) if self.first else self.running
        if isinstance(running, ReachError):
            raise running
        texts = {"running": running, "saved": self.saved}
        return {each: text.encode() for each, text in texts.items() if text is not None}

    def read(self, after: float = 0.0, within: float = 60.0, **config: Any) -> Reading:
        """`after` seconds; both clocks go on. TimeoutError where it is not done `within` seconds."""
        self.at += after
        memory = self.runner._memories.get(("configuration", "switch", "core"), {})
        if memory.get("tried") is not None:
            memory["tried"] -= after
        run = self.runner.run(READING, self.target(**config))
        return asyncio.run(asyncio.wait_for(run, within))

    def target(self, **config: Any) -> Target:
        options = SwitchOptions(id="core", address="10.0.0.1", config=ConfigOptions(backup=DAY, **config))
        login = Login("room", SnmpLogin("2c", Secret("c")), SshLogin("monitor"))
        return Target("switch", "core", "core", options, "10.0.0.1", login)

    def approve(self) -> None:
        text = normal("hp_comware", self.running.encode(), self.store.fingerprint)
        self.store.now = replace(self.store.now, approved=digest(text))
        self.store.known = replace(self.store.known, approved=text)


def values(reading: Reading) -> dict[str, float]:
    return {each.metric.name: each.value for each in reading.samples if each.metric.name.startswith("device_config")}


def test_a_switch_is_read_once_a_day_and_told_each_time() -> None:
    switch = Switch()
    first = values(switch.read())
    assert first == {"device_config_changed_timestamp_seconds": 1_000_000.0, "device_config_saved": 1.0}
    assert [values(switch.read(after=30)) for _ in range(3)] == [first] * 3
    assert switch.asked == ["hp_comware"]
    switch.read(after=DAY)
    assert switch.asked == ["hp_comware"] * 2


def test_without_a_baseline_nothing_is_told_of_it_and_what_to_do_is_remarked() -> None:
    reading = Switch().read()
    assert "device_config_unapproved" not in values(reading)
    assert "shouwang config approve core" in reading.remarks[0].en  # type: ignore[union-attr]  # a Text


def test_a_sign_that_something_changed_has_it_read_and_the_hash_decides() -> None:
    switch = Switch()
    switch.read()
    switch.approve()
    switch.facts[COUNTER] = 8
    assert values(switch.read(after=SPACING))["device_config_unapproved"] == 0
    assert len(switch.asked) == 2
    switch.facts[COUNTER], switch.running = 9, COMWARE.replace("access vlan 10", "access vlan 20")
    reading = values(switch.read(after=2 * SPACING))
    assert reading["device_config_unapproved"] == 1
    assert reading["device_config_saved"] == 0
    assert reading["device_config_changed_timestamp_seconds"] == switch.at


@pytest.mark.parametrize(("after", "read"), [(4, 1), (5, 2)])
def test_how_soon_after_another_reading_a_sign_has_it_read_is_what_agent_yaml_says(after: float, read: int) -> None:
    switch = Switch()
    switch.read(spacing=5)
    switch.facts[COUNTER] = 8
    switch.read(after=after, spacing=5)
    assert len(switch.asked) == read


def test_a_restart_has_it_read_and_changes_nothing() -> None:
    switch = Switch()
    switch.facts[SYS_UP_TIME] = 90_000_00
    switch.read()
    changed = switch.store.now.changed
    switch.facts[SYS_UP_TIME], switch.facts[COUNTER] = 60_00, 0
    assert values(switch.read(after=SPACING))["device_config_changed_timestamp_seconds"] == changed
    assert len(switch.asked) == 2


def test_a_sign_given_while_no_agent_ran_is_not_missed() -> None:
    switch = Switch()
    switch.read()
    switch.facts[COUNTER] = 8
    switch.begin()
    switch.read(after=60)
    assert len(switch.asked) == 2
    switch.begin()
    switch.read(after=60)
    assert len(switch.asked) == 2


CHANGED = COMWARE.replace("access vlan 10", "access vlan 20")
LOGGED = COMWARE.replace("access vlan 10", "access v%Nov 24 10:00:01:123 2026 core IFNET/3/PHY_UPDOWN: down.")


def test_a_log_in_the_middle_of_a_line_is_no_change() -> None:
    switch = Switch()
    switch.read()
    switch.approve()
    versions = switch.store.now.versions
    switch.first = [LOGGED]
    assert values(switch.read(after=DAY))["device_config_unapproved"] == 0
    assert (switch.store.now.versions, len(switch.asked)) == (versions, 3)
    switch.first, switch.running = [LOGGED, CHANGED], CHANGED
    assert values(switch.read(after=DAY))["device_config_unapproved"] == 1
    (newest, _), asked = switch.store.now.versions, len(switch.asked)
    assert (newest.running, asked) == (digest(switch.store.known.running or ""), 6)
    assert "IFNET" not in (switch.store.known.running or "")


def test_a_configuration_that_differs_each_time_is_kept_and_remarked() -> None:
    switch = Switch()
    switch.read()
    switch.first = [CHANGED.replace("vlan 20", f"vlan {each}") for each in (21, 22, 23)]
    reading = switch.read(after=DAY)
    assert any("one after the other" in each.en for each in reading.remarks)  # type: ignore[union-attr]  # a Text
    assert "vlan 23" in (switch.store.known.running or "")
    assert len(switch.asked) == 4
    assert not any("one after" in each.en for each in switch.read(after=DAY).remarks)  # type: ignore[union-attr]  # a Text


@pytest.mark.parametrize("why", ["is silent then", "is too slow for two"])
def test_a_change_of_a_device_that_cannot_be_read_twice_is_taken(why: str) -> None:
    switch = Switch()
    switch.read()
    if why == "is silent then":
        switch.first = [CHANGED, Unanswered("timeout", "10.0.0.1: no end")]
    switch.running, switch.takes = CHANGED, 0.0 if switch.first else 0.3
    assert switch.read(after=DAY, timeout=0.5).failure is None
    assert len(switch.store.now.versions) == 2
    assert len(switch.asked) == (2 if switch.takes else 3)


def test_a_planned_change_is_no_drift() -> None:
    switch = Switch()
    switch.read()
    switch.approve()
    switch.running = COMWARE.replace("access vlan 10", "access vlan 20")
    told = values(switch.read(after=DAY))
    assert (told["device_config_unapproved"], told["device_config_renewal_due"]) == (1, 0)
    switch.changes.adopt([Planned("CHG-0001", ("core",), switch.at - 600, switch.at + 600, "why", "wang", switch.at)])
    told = values(switch.read(after=30))
    assert (told["device_config_unapproved"], told["device_config_renewal_due"]) == (0, 1)
    switch.approve()
    assert values(switch.read(after=30))["device_config_renewal_due"] == 0


def test_a_switch_that_cannot_be_read_is_not_told_of_until_it_can() -> None:
    switch = Switch()
    switch.read()
    switch.failure = Unanswered("timeout", "10.0.0.1: no end")
    assert switch.read(after=DAY).failure is not None
    assert switch.read(after=30).failure is not None
    assert len(switch.asked) == 2
    switch.failure = None
    assert switch.read(after=30).failure is not None
    assert values(switch.read(after=RETRY))["device_config_saved"] == 1
    assert switch.store.now.seen == int(switch.at)


def test_a_reading_that_is_cut_off_is_a_failure_until_the_next() -> None:
    switch = Switch(hangs=True)
    with pytest.raises(TimeoutError):
        switch.read(within=0.1)
    switch.hangs = False
    assert switch.read(after=30).failure is not None
    assert switch.read(after=RETRY).failure is None


def test_an_account_that_is_refused_is_not_tried_until_it_is_locked() -> None:
    switch = Switch(failure=CannotAsk("authentication", "10.0.0.1 does not let monitor in"))
    for _ in range(100):
        assert switch.read(after=30).failure is not None
    assert len(switch.asked) == 1


def test_how_old_the_stored_one_is_needs_no_switch() -> None:
    switch = Switch()
    switch.read()
    target = Target("switch", "core", "core", SwitchOptions(id="core", address="10.0.0.1"))
    assert values(asyncio.run(switch.runner.run(STORED, target))) == {
        "device_config_backup_timestamp_seconds": 1_000_000.0
    }


def test_somebody_who_asks_has_it_read_at_once() -> None:
    switch = Switch()
    switch.read()
    switch.store.asked_for += 1
    switch.read(after=1)
    switch.read(after=1)
    assert len(switch.asked) == 2


def test_a_saved_configuration_that_is_not_shown_is_not_known() -> None:
    switch = Switch(saved=None)
    reading = switch.read()
    assert "device_config_saved" not in values(reading)
    assert any("saved configuration" in each.en for each in reading.remarks)  # type: ignore[union-attr]  # a Text
    assert values(Switch(saved="").read())["device_config_saved"] == 0


def test_a_family_that_nobody_knows_is_asked_for() -> None:
    switch = Switch(facts={SYS_OBJECT_ID: "1.3.6.1.4.1.99999.1"})
    failure = switch.read().failure
    assert failure is not None
    assert (failure.kind, "huawei_vrp" in failure.message) == ("missing", True)
    assert switch.read(family="cisco_ios", after=RETRY).failure is None
    assert switch.asked == ["cisco_ios"]


SECRET = " wlan access-key canary\n"
WITH_SECRET = COMWARE.replace("#\nradius", SECRET + "#\nradius")


def of_older_rules(switch: Switch, *left: tuple[str, str]) -> None:
    """What is on record, and approved, as if older rules had `left` what today's do not."""
    text = switch.store.known.running or ""
    for now, then in left:
        assert now in text
        text = text.replace(now, then)
    version = Version(switch.at, digest(text), digest(text), rules=1)
    switch.store.now = Standing((version,), switch.at, digest(text), switch.store.now.mark)
    switch.store.known = OnRecord(text, text)


READABLE = (f"access-key ***{digest('canary')[:8]}", "access-key canary")
HIDDEN = (f"hash ***{digest('$h$6$Abc123xyz$LongHashOfTheFirst==')[:8]}", "hash ***")


def test_rules_that_mask_more_are_no_change_of_the_device() -> None:
    switch = Switch(running=WITH_SECRET, saved=WITH_SECRET)
    switch.read()
    of_older_rules(switch, READABLE)
    changed = switch.store.now.changed
    switch.running = switch.saved = WITH_SECRET.replace("$c$3$n0Gz", "$c$3$AAAA")
    reading = values(switch.read(after=DAY))
    assert reading["device_config_unapproved"] == 0
    assert reading["device_config_changed_timestamp_seconds"] == changed
    newest, oldest = switch.store.now.versions
    assert (newest.same, newest.rules > oldest.rules, newest.saved == newest.running) == (True, True, True)
    assert values(switch.read(after=DAY)) == reading
    assert len(switch.store.now.versions) == 2


@pytest.mark.parametrize("change", ["of the device", "of the secret alone"])
def test_a_change_beside_that_of_the_rules_is_one(change: str) -> None:
    old, new = ("access vlan 10", "access vlan 20") if change == "of the device" else ("canary\n", "another\n")
    switch = Switch(running=WITH_SECRET, saved=WITH_SECRET)
    switch.read()
    of_older_rules(switch, READABLE)
    switch.running = WITH_SECRET.replace(old, new)
    reading = values(switch.read(after=DAY))
    assert reading["device_config_unapproved"] == 1
    assert reading["device_config_changed_timestamp_seconds"] == switch.at
    assert not switch.store.now.versions[0].same
    switch.running = WITH_SECRET
    assert values(switch.read(after=DAY))["device_config_unapproved"] == 0  # it is as it was approved, by any rules


def test_rules_that_show_more_are_no_change_where_the_device_counts_none() -> None:
    for evidence, expected in (("counter", 0), ("what it sent", 0), ("neither", 1), ("counter of another start", 1)):
        switch = Switch(running=COMWARE)
        switch.facts[SYS_UP_TIME] = 90_000_00
        switch.read()
        switch.facts[SYS_UP_TIME] += int(DAY * 100)
        of_older_rules(switch, HIDDEN)
        if evidence != "what it sent":
            switch.store.now = replace(switch.store.now, mark="another")
        if evidence == "neither":
            switch.facts[COUNTER] = 8
        if evidence == "counter of another start":
            switch.facts[SYS_UP_TIME] = 60_00
        assert values(switch.read(after=DAY))["device_config_unapproved"] == expected, evidence


def test_an_account_that_sees_less_than_before_puts_nothing_on_record() -> None:
    switch = Switch()
    switch.read()
    versions = switch.store.now.versions
    switch.running = switch.saved = COMWARE.replace("line vty 0 63\n authentication-mode scheme\n", "")
    failure = switch.read(after=DAY).failure
    assert failure is not None
    assert (failure.kind, "line" in failure.message) == ("permission", True)
    assert switch.store.now.versions == versions
    # Somebody says that it was taken out on purpose.
    switch.changes.adopt([Planned("CHG-0001", ("core",), switch.at, switch.at + DAY, "why", "wang", switch.at)])
    assert switch.read(after=REFUSED).failure is None
    assert len(switch.store.now.versions) == 2


def test_an_account_that_never_saw_all_of_it_is_remarked() -> None:
    switch = Switch(running=COMWARE.replace("line vty 0 63\n authentication-mode scheme\n", ""))
    for _ in range(2):
        assert any("has no line" in each.en for each in switch.read(after=30).remarks)  # type: ignore[union-attr]  # a Text


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(age=None), True),
        (Facts(age=60.0), False),
        (Facts(age=DAY), True),
        (Facts(age=-1.0), True),
        (Facts(age=60.0, since=60.0, signed=True), False),
        (Facts(age=SPACING, since=SPACING, signed=True), True),
        (Facts(age=SPACING, since=SPACING, signed=True, vain=1), False),
        (Facts(age=4000.0, since=4000.0, signed=True, vain=9), True),
        (Facts(age=60.0, signed=True), True),
        (Facts(age=UNSAVED, since=UNSAVED, unsaved=True), True),
        (Facts(age=60.0, since=60.0, unsaved=True), False),
        (Facts(age=None, since=SPACING, failed=True), False),
        (Facts(age=60.0, since=RETRY, failed=True), True),
        (Facts(age=60.0, since=RETRY, failed=True, refused=True), False),
        (Facts(age=60.0, since=REFUSED, failed=True, refused=True), True),
        (Facts(age=60.0, since=1.0, wanted=True), True),
    ],
    ids=repr,
)
def test_when_it_is_due(facts: Facts, expected: bool) -> None:
    assert due(facts, DAY) is expected


def test_what_failed_is_tried_no_later_than_what_went_well_but_for_a_refusal() -> None:
    assert due(Facts(age=60.0, since=60.0, failed=True), every=60.0)
    assert not due(Facts(age=60.0, since=60.0, failed=True, refused=True), every=60.0)


def test_a_poll_beside_a_reading_that_somebody_asked_for_tells_of_no_failure() -> None:
    switch = Switch()
    switch.read()
    switch.hangs, switch.store.asked_for = True, 1

    async def both() -> Reading:
        reading = asyncio.ensure_future(switch.runner.run(READING, switch.target()))
        while len(switch.asked) < 2:
            await asyncio.sleep(0)
        found = await switch.runner.run(READING, switch.target())
        reading.cancel()
        return found

    assert asyncio.run(both()).failure is None
