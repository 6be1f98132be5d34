"""What is asked when: one round at each poll, what costs more at its own pace, what hangs not again so soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from agent.core.model import Target
from agent.core.others import NothingKnown
from agent.core.reach import Poll, Reach, ReachError, Unanswered
from agent.core.site import Person
from agent.core.ssh import Answer, Broken, Command, denied
from collectors.host.linux import COLLECTOR, SUBJECTS
from collectors.host.linux.system import RELEASE
from tests.collectors.host.hosts import NOW, Found, by_metric, host_options

SAYS = {
    "/proc/mounts": "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv ext4 rw 0 0\n",
    "/proc/meminfo": "MemTotal: 100 kB\nMemAvailable: 50 kB\n",
    "/proc/net/tcp": "sl\n 0: 0100007F:0016 0:0 0A\n",
    "stat -f": "4096 100 50 50 0 0\n",
    "ps -e": "COMMAND\ninit\n",
    "find": "",
    "/etc/os-release": "NAME=x\nID=debian\n",
    "ls -d": "/usr/bin/apt-get\n",
    "apt-get": "Inst a [1] (2 Debian-Security:12 [all])\n",
}


@dataclass
class Said:
    """A way into a host that answers by SAYS and `says`; `hang` are words of a command that it never ends,
    `refuse`: it lets nothing run as root."""

    hang: str = ""
    refuse: bool = False
    says: dict[str, str] = field(default_factory=dict)
    rounds: list[list[Command]] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    people: Sequence[Person] = ()
    at: float = 1000.0
    failure: ReachError | None = None
    remarks: list[Any] = field(default_factory=list)

    @asynccontextmanager
    async def session(self, target: Target, dialect: str = "posix") -> AsyncIterator[Any]:
        yield self

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        self.rounds.append(list(commands))
        answers: list[Answer] = []
        for each in commands:
            words = " ".join(each.argv)
            if self.hang and self.hang in words:
                raise Broken(Unanswered("timeout", "web: no end of the commands"), tuple(answers))
            if each.root and self.refuse:
                answers.append(denied(each))
                continue
            said = next((text for name, text in {**SAYS, **self.says}.items() if name in words), None)
            answers.append(Answer(each, 127 if said is None else 0, (said or "").encode()))
        return answers

    def poll(self, after: float, **options: Any) -> Found:
        self.at += after
        self.rounds.clear()
        return by_metric(asyncio.run(self._polled(host_options(**options))))

    async def _polled(self, options: Any) -> list[Any]:
        target = replace(Target("host", "web", "web", options, "10.0.0.1"), timeout=20)
        reach: Any = Reach(None, None, None, ssh=self)  # type: ignore[arg-type]  # no other way is taken
        known = NothingKnown()
        known.people = self.people
        poll = Poll(reach, NOW + self.at, self.at, self.memory, kept=self.kept, known=known)
        self.failure, self.remarks, samples = None, poll.remarks, []
        try:
            async for sample in COLLECTOR.collect(target, options, poll):
                samples.append(sample)
        except ReachError as error:
            self.failure = error
        return samples

    def asked(self, words: str) -> int:
        return sum(words in " ".join(each.argv) for one in self.rounds for each in one)


def test_a_poll_is_one_round_until_something_slower_is_due() -> None:
    host = Said()
    first = host.poll(0)
    heavy = [each for each in SUBJECTS if each.heavy]
    assert 3 <= len(host.rounds) <= 3 + len(heavy), "what it is made of, what is read always, what is due, heavy ones"
    assert first["host_updates_pending"] == {("yes",): 1}
    again = host.poll(30)
    assert len(host.rounds) == 1
    assert host.asked("dist-upgrade") == host.asked("ps -e") == 0
    assert again["host_updates_pending"] == first["host_updates_pending"], "it is held"
    host.poll(30)
    assert len(host.rounds) == 2
    assert host.asked("dist-upgrade") == 0
    host.poll(6 * 3600)
    assert host.asked("dist-upgrade") == 1


def test_nothing_is_asked_more_seldom_than_agent_yaml_says_but_what_is_refused() -> None:
    host = Said()
    host.poll(0, ask_within="1m")
    host.poll(60, ask_within="1m")
    assert host.asked("dist-upgrade") == host.asked("ps -e") == 1
    host.poll(20, ask_within="1m")
    assert host.asked("dist-upgrade") == 0
    host = Said(refuse=True)
    host.poll(0, ask_within="1m")
    host.poll(60, ask_within="1m")
    assert host.asked("--list-boots") == 0, "each try is a line in the host's log"


def test_a_poll_that_comes_a_little_early_asks_what_is_due_with_it() -> None:
    host = Said()
    host.poll(0, services=["x"])
    for _ in range(3):
        host.poll(59.9, services=["x"])
        assert host.asked("ps -e") == 1


def test_a_command_that_several_subjects_ask_is_put_once() -> None:
    host = Said()
    host.poll(0, services=["x"])
    assert host.asked("ps -e") == 1
    assert host.asked("/proc/net/dev") == 2, "to learn the interfaces, and to read them"


def test_what_a_host_is_made_of_is_learnt_once_an_hour_and_mounts_at_each_poll() -> None:
    host = Said()
    host.poll(0)
    assert host.asked(RELEASE.argv[-1]) == 1
    host.poll(1800)
    assert (host.asked(RELEASE.argv[-1]), host.asked("/proc/mounts")) == (0, 1)
    host.poll(1801)
    assert host.asked(RELEASE.argv[-1]) == 1


def test_a_file_system_that_the_host_cannot_even_end_asking_is_left_and_the_others_are_told() -> None:
    host = Said(hang="-- /srv")
    found = host.poll(0)
    assert host.failure is not None
    assert "host_memory_usage_ratio" in found
    found = host.poll(30)
    assert host.failure is None
    assert host.asked("-- /srv") == 0
    assert found["host_filesystem_usage_ratio"] == {("/",): 0.5}
    assert any("/srv" in str(each) for each in host.remarks)
    host.hang = ""
    host.poll(500)
    assert host.asked("-- /srv") == 0
    assert host.poll(100)["host_filesystem_usage_ratio"] == {("/",): 0.5, ("/srv",): 0.5}


def test_what_could_not_be_read_aside_is_left_for_a_while_and_what_it_gave_is_not_shown() -> None:
    host = Said()
    assert "host_audit_active" in host.poll(0)
    host.hang = "ps -e"
    found = host.poll(300)
    assert host.failure is None
    assert "host_audit_active" not in found
    assert "host_memory_usage_ratio" in found
    host.hang = ""
    assert "host_audit_active" not in host.poll(60)
    assert host.asked("ps -e") == 0
    assert "host_audit_active" in host.poll(660)


def test_what_sudo_refuses_is_said_once_and_tried_again_after_an_hour() -> None:
    """Each try is a line in the host's log, and with some settings of sudo a mail to its administrator."""
    host = Said(refuse=True, says={"ls -d": "/bin/journalctl\n/run/systemd/system\n/sbin/auditctl\n/bin/awk\n"})
    host.poll(0)
    assert host.asked("/bin/journalctl -u") == 1
    for _ in range(3):
        host.poll(60)
        assert sum(each.root for one in host.rounds for each in one) == 0
        (said,) = [str(each) for each in host.remarks if "export sudoers" in str(each)]
        assert "/bin/journalctl -u ssh" in said, "as the line of sudoers has to name it"
        assert "/sbin/auditctl -s" in said
        assert "/bin/awk -F: " in said
    host.refuse = False
    host.poll(3600)
    assert host.asked("/bin/journalctl -u") >= 1
    host.poll(60)
    assert not any("export sudoers" in str(each) for each in host.remarks), "also what else is asked every 6 hours"


def test_what_hangs_each_time_is_left_for_longer_each_time() -> None:
    """A process that nobody can end stays on the host with each try."""
    host = Said(hang="-- /srv")
    tries = 0
    for _ in range(24 * 6):
        host.poll(600)
        tries += host.asked("-- /srv")
    assert 3 <= tries <= 8
    host.hang = ""
    host.poll(6 * 3600)
    assert "/srv" in str(host.poll(60)["host_filesystem_usage_ratio"])


def test_what_was_held_is_not_shown_for_ever() -> None:
    host = Said()
    host.poll(0)
    host.hang = "apt-get"
    assert "host_updates_pending" not in host.poll(6 * 3600)
    assert "host_updates_pending" not in host.poll(30)


def test_names_that_look_alike_give_one_series() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv/a\\040b ext4 rw 0 0\n/dev/sdc1 /srv/a\\012b ext4 rw 0 0\n"
    found = Said(says={"/proc/mounts": mounts}).poll(0)
    assert set(found["host_filesystem_usage_ratio"]) == {("/",), ("/srv/a b",)}


def test_an_account_is_told_once_its_person_left_by_the_day_of_the_centre() -> None:
    """NOW is the evening of the 18th of November 2026 in Shanghai."""
    says = {"/etc/passwd": "li:x:1000:1000::/home/li:/bin/bash\n", "passwd -S": "li P 2026-01-01 0 90 7 -1\n"}
    for last, failures in ((date(2026, 11, 18), 0), (date(2026, 11, 17), 1)):
        host = Said(says=says, people=[Person("li", "李工", "other", until=last, accounts=("li",))])
        assert host.poll(0)["host_hardening_findings"]["accounts", "fail"] == failures
