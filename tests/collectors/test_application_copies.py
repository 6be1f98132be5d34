"""Copies of an application on servers and counters' machines: which are not those laid down."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.calendar import Calendar
from agent.core.model import Reading, Sample, Target
from agent.core.reach import Poll
from agent.core.site import Person
from agent.core.text import Said, spoken
from collectors.application import COLLECTORS, ApplicationOptions, metrics
from collectors.application.copies import COLLECTOR
from collectors.host.metrics import SOFTWARE
from tests.collectors.host.hosts import host_options
from tests.collectors.polled import Found, by_metric

CLIENT = "C:\\受理\\client.exe"
RIGHT, OLD = (hashlib.sha256(each.encode()).hexdigest() for each in ("3.2.1", "3.2.0"))
OUTDATED, INFO = "application_outdated_copies", "application_outdated_copy_info"


@dataclass
class Centre:
    """Implements agent.core.others.Known: an application, and hosts whose newest readings the test sets."""

    copies: dict[str, Any]
    hosts: dict[str, str] = field(default_factory=dict)  # role by id
    told: dict[str, tuple[str, str]] = field(default_factory=dict)  # digest and version by id of the host
    shown: str | None = None  # the version of the server
    kept: dict[str, Any] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    remarked: list[Said] = field(default_factory=list)

    @property
    def application(self) -> Target:
        given = {"id": "acceptance", "role": "acceptance", "http": "http://10.1.0.5/", "copies": self.copies}
        return Target("application", "acceptance", "受理", ApplicationOptions.model_validate(given))

    @property
    def people(self) -> Sequence[Person]:
        return ()

    def targets(self) -> Sequence[Target]:
        hosts = [
            Target("host", id_, id_, host_options(id=id_, role=role, system="windows", software=[CLIENT]))
            for id_, role in self.hosts.items()
        ]
        bare = Target("host", "printer-pc", "打印", host_options(id="printer-pc"))
        return (*hosts, bare, self.application)

    def target(self, identity: str) -> Target | None:
        return next((each for each in self.targets() if each.id == identity), None)

    def reading(self, identity: str, metric: str) -> Reading | None:
        samples: tuple[Sample, ...] = ()
        if metric == SOFTWARE.name and identity in self.told:
            samples = (SOFTWARE.sample(1, path=CLIENT, sha256=self.told[identity][0], version=self.told[identity][1]),)
        if metric == metrics.INFO.name and identity == "acceptance" and self.shown is not None:
            samples = (metrics.INFO.sample(1, role="acceptance", version=self.shown),)
        return Reading(self.target(identity), "host_windows", 0.0, 0.1, samples) if samples else None

    def counters(self, identity: str) -> Sequence[str]:
        return ()

    def poll(self) -> Found:
        nothing: Any = None
        poll = Poll(nothing, 1e9, 1.0, {}, known=self, kept=self.kept)
        self.remarked = poll.remarks

        async def collected() -> list[Sample]:
            return [each async for each in COLLECTOR.collect(self.application, self.application.options, poll)]

        assert COLLECTOR.applies(self.application)
        return by_metric(asyncio.run(collected()), COLLECTOR.metrics)


def counters(*copies: tuple[str, str], **more: Any) -> Centre:
    ids = [f"pc-{number}" for number in range(1, len(copies) + 1)]
    wanted = {"file": CLIENT, "sha256": RIGHT}
    return Centre(wanted | more, dict.fromkeys(ids, "terminal"), dict(zip(ids, copies, strict=True)))


def test_counters_with_another_copy_are_counted_and_named() -> None:
    centre = counters((RIGHT, "3.2.1"), (OLD, "3.2.0"), (OLD, ""))
    assert centre.poll() == {
        OUTDATED: {("acceptance", "terminal"): 2},
        INFO: {
            ("acceptance", "terminal", "pc-2", "3.2.0"): 1,
            ("acceptance", "terminal", "pc-3", OLD[:12]): 1,
        },
    }
    centre.told = dict.fromkeys(centre.told, (RIGHT, "3.2.1"))
    assert centre.poll() == {OUTDATED: {("acceptance", "terminal"): 0}}


def test_by_version_alone_another_build_of_it_is_right() -> None:
    centre = counters((RIGHT, "3.2.1"), (OLD, "3.2.1"), (OLD, "3.2.0"))
    centre.copies = {"file": CLIENT, "version": "3.2.1"}
    assert centre.poll()[OUTDATED] == {("acceptance", "terminal"): 1}


def test_a_copy_that_is_not_there_is_not_the_one_laid_down() -> None:
    assert counters(("missing", "")).poll()[INFO] == {("acceptance", "terminal", "pc-1", "missing"): 1}


def test_a_machine_that_is_switched_off_has_what_it_had_also_over_a_restart_of_the_agent() -> None:
    centre = counters((RIGHT, "3.2.1"), (OLD, "3.2.0"))
    centre.poll()
    centre.told.clear()
    assert centre.poll()[OUTDATED] == {("acceptance", "terminal"): 1}
    del centre.hosts["pc-2"]
    assert centre.poll()[OUTDATED] == {("acceptance", "terminal"): 0}


def test_a_machine_that_was_never_read_is_neither_right_nor_wrong_and_is_remarked() -> None:
    centre = counters((RIGHT, "3.2.1"), (OLD, "3.2.0"))
    del centre.told["pc-2"]
    assert centre.poll() == {OUTDATED: {("acceptance", "terminal"): 0}}
    assert [spoken(each, "en") for each in centre.remarked] == [
        f"acceptance: the {CLIENT} of these hosts was never read: pc-2"
    ]
    centre.told.clear()
    centre.kept.clear()
    assert centre.poll() == {}


def test_the_server_is_told_by_the_version_that_it_shows_and_by_its_own_file() -> None:
    centre = counters((OLD, "3.2.0"), server="nginx/3.2.1")
    centre.hosts = {"pc-1": "server"}
    centre.shown = "nginx/3.2.1"
    assert centre.poll()[OUTDATED] == {("acceptance", "server"): 1}
    centre.shown = "nginx/3.2.0"
    assert centre.poll()[OUTDATED] == {("acceptance", "server"): 2}
    assert ("acceptance", "server", "acceptance", "nginx/3.2.0") in centre.poll()[INFO]


def test_a_server_that_shows_no_version_now_is_not_judged() -> None:
    centre = Centre({"server": "3.2.1"})
    assert centre.poll() == {}


@pytest.mark.parametrize(
    ("copies", "message"),
    [
        ({}, "write server, or file"),
        ({"file": CLIENT}, "which copy of it is right"),
        ({"version": "3.2.1", "server": "3"}, "which copy of it is right"),
        ({"file": "client.exe", "version": "3"}, "absolute path"),
        ({"file": CLIENT, "sha256": "abc"}, "sha256"),
    ],
)
def test_what_says_no_copy_is_refused(copies: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ApplicationOptions.model_validate({"id": "a", "http": "http://10.1.0.5/", "copies": copies})
    assert message in str(refused.value)


def test_applications_without_copies_are_not_asked_about_them() -> None:
    given = {"id": "a", "http": "http://10.1.0.5/"}
    plain = Target("application", "a", "a", ApplicationOptions.model_validate(given))
    assert [each.name for each in COLLECTORS if each.applies(plain)] == ["application"]
