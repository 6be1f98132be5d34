"""What is seen of a device's management without logging in: clear-text ports and what SSH offers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from agent.core.model import Reading, Target
from agent.core.reach import Reach, ReachError, Unanswered
from agent.core.snapshot import Snapshot
from agent.core.ssh import Offer
from agent.core.tcp import Script, Talk
from agent.reaching import reaching
from agent.runner import Runner
from collectors.configuration import HARDENING
from collectors.configuration.hardening.wire import RETRY
from collectors.configuration.options import LOOK as EVERY
from collectors.switch import SwitchOptions
from tests.collectors.configuration.hardening_table import FILES
from tests.collectors.configuration.test_hardening import Recorded
from tests.sshd import Keys, sshd
from tests.transports.test_ssh_offers import OLD

GOOD = Offer("SSH-2.0-HUAWEI-1.5", ("curve25519-sha256",), ("rsa-sha2-512",), ("aes256-ctr",), ("hmac-sha2-256",))
REFUSED = Unanswered("refused", "10.0.0.1: connection refused")


@dataclass
class Device:
    """A device that answers at the ports in `open`, refuses the others, and offers what it is told, if anything."""

    open: tuple[int, ...] = ()
    offers: Offer | None = GOOD
    else_: ReachError = REFUSED
    redirects: bool = False
    looks: list[int] = field(default_factory=list)

    async def offer(self, address: str, port: int, timeout: float) -> Offer:
        self.looks.append(port)
        if self.offers is None:
            raise self.else_
        return self.offers

    async def connect(self, address: str, port: int, **how: Any) -> float:
        self.looks.append(port)
        if port not in self.open:
            raise self.else_
        return 0.01

    async def talk(self, address: str, port: int, script: Script, **how: Any) -> Talk:
        failure = None if self.redirects else Unanswered("timeout", "no such line").failure
        return Talk(0.0, 0.01, 0.1, failure=failure)

    def runner(self) -> Runner:
        way = cast(Any, self)
        return Runner(Reach(way, way, way, ssh=way), Snapshot())

    def told(self) -> dict[tuple[str, ...], float]:
        return labelled(asyncio.run(self.runner().run(HARDENING, TARGET)))


TARGET = Target("switch", "core", "core", SwitchOptions(id="core", address="10.0.0.1"), "10.0.0.1")


def labelled(reading: Reading) -> dict[tuple[str, ...], float]:
    assert reading.failure is None
    return {each.labels: each.value for each in reading.samples if each.metric.name.startswith("device_")}


def test_nothing_but_sound_ssh_is_as_it_should_be() -> None:
    closed = {("telnet",): 0, ("http",): 0, ("ftp",): 0}
    judged = {("ssh", "warn"): 0, ("ssh", "fail"): 0, ("cleartext", "warn"): 0, ("cleartext", "fail"): 0}
    assert Device().told() == {**closed, **judged}


def test_a_clear_text_port_that_answers_is_open() -> None:
    told = Device(open=(23, 21)).told()
    assert (told["telnet",], told["http",], told["ftp",]) == (1, 0, 1)


def test_a_page_that_only_sends_on_to_https_is_a_warning_and_not_open() -> None:
    told = Device(open=(80,), redirects=True).told()
    assert told["http",] == 0
    assert told["cleartext", "warn", "http_redirect", "HTTP → HTTPS"] == 1
    assert Device(open=(80,)).told()["http",] == 1


def test_a_device_that_says_nothing_at_all_is_not_judged() -> None:
    silent = Device(offers=None, else_=Unanswered("timeout", "no answer"))
    assert silent.told() == {}


def test_a_port_behind_a_filter_is_closed_where_another_one_answers() -> None:
    assert Device(else_=Unanswered("timeout", "no answer")).told()["telnet",] == 0


def test_version_1_is_told_by_the_greeting() -> None:
    for banner in ("SSH-1.99-Comware-5.20", "SSH-1.5-old"):
        told = Device(offers=Offer(banner)).told()
        assert told["ssh", "fail", "ssh_version_1", "SSH-1"] == 1


def test_it_is_looked_at_a_few_times_a_day_and_told_each_time() -> None:
    device = Device(open=(23,))
    runner = device.runner()

    def poll(after: float) -> dict[tuple[str, ...], float]:
        memory = runner._memories.get(("hardening", "switch", "core"), {})
        if "looked" in memory:
            memory["looked"] -= after
        return labelled(asyncio.run(runner.run(HARDENING, TARGET)))

    first = poll(0)
    assert [poll(RETRY), poll(RETRY)] == [first, first]
    assert device.looks.count(22) == 1
    poll(EVERY)
    assert device.looks.count(22) == 2


def test_what_openssh_offers_after_an_old_device_is_told_by_its_names(tmp_path: Path) -> None:
    """Over the wire, from a real server without a login."""

    async def read(target: Target) -> Reading:
        async with reaching() as reach:
            return await Runner(reach, Snapshot()).run(HARDENING, target)

    with sshd(tmp_path, Keys(("rsa",), options=OLD)) as server:
        target = replace(TARGET, address=server.host, login=server.target().login)
        told = labelled(asyncio.run(read(target)))
        assert "Accepted" not in server.log
    assert told["ssh", "fail"] == 1
    assert told["ssh", "warn"] == 1
    assert told["ssh", "fail", "ssh_broken", "3des-cbc, diffie-hellman-group1-sha1"] == 1
    assert told["ssh", "warn", "ssh_weak", "ssh-rsa"] == 1


def test_what_is_seen_goes_before_what_the_configuration_says_of_the_same_rule() -> None:
    """Defaults of a version are guessed only while nobody has seen them."""
    text = (FILES / "h3c" / "office-access-3.cfg").read_text(encoding="utf-8")
    assert labelled(Recorded(text).read())["ssh", "fail"] == 1
    assert labelled(Recorded(text, way=Device()).read())["ssh", "fail"] == 0
