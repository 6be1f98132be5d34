"""Promises of an alert's annotations: what broke, whom it hurts, what to do first, whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agent.core.facts import Situation
from agent.core.incident import Incident
from agent.core.site import Site
from agent.core.text import Language
from playbooks.book import load
from playbooks.describe import Descriptions, describe
from tests.core.test_facts import DOWN, NOON, SITE, UP

BOOKS = {book.id: book for book in load()}
UP_AGAIN = replace(DOWN, samples=(UP.sample(1),))


def incident(playbook: str, kind: str, target: str, *subjects: str) -> Incident:
    return Incident("x", playbook, kind, target, "P2", NOON, subjects=subjects)


LINE = incident("IR-04", "line", "yibao", "IR-04.1")


def situation(site: Site = SITE, language: Language = "zh", reading: object = DOWN) -> Situation:
    return Situation.at(replace(site, language=language), BOOKS, [reading], [LINE])  # type: ignore[list-item]


def said(found: Incident, language: Language = "zh") -> Mapping[str, str]:
    return describe(found, situation(language=language))


def test_a_line_names_carrier_circuit_and_fault_desk():
    assert said(LINE) == {
        "summary": "医保专线 专线中断 / Private line down: 医保专线",
        "description": "长寿路中心:单条线专线中断(P2),2026-11-24 12:00 起。",
        "first_step": "查光猫、协转供电与指示灯,重插跳线",
        "impact": "1-3号窗口",
        "call": "电信报障台 10000,电路号 SH-12345",
        "opened": "2026-11-24 12:00",
    }


def test_counters_that_go_on_are_said_to_go_on():
    assert describe(LINE, situation(reading=UP_AGAIN))["impact"] == "暂不影响受理;依赖它的:1-3号窗口"
    alone = replace(SITE, counters=())
    assert describe(LINE, situation(alone))["impact"] == "医保业务;agent.yaml 的 counters 里没有窗口写明依赖它"
    assert said(incident("IR-20", "line", "yibao"))["impact"].startswith("办事人不受影响")


def test_a_disk_names_each_mountpoint_once_and_whom_to_ask():
    full = incident("IR-12", "host", "queue", 'IR-12.1{mountpoint="/var"}', 'IR-12.2{mountpoint="/var"}')
    found = said(full, "en")
    assert found["summary"] == "叫号主机 /var 磁盘将写满 / Disk filling up: 叫号主机 /var"
    assert found["description"] == "长寿路中心: Disk full (P2) since 2026-11-24 12:00. /var"
    assert found["call"] == "Full-time deputy director; Data base or software maintainer"


def test_what_concerns_the_centre_is_named_by_it_and_a_gone_target_by_its_id():
    assert said(incident("IR-11", "center", "changshou"))["summary"].startswith("长寿路中心")
    assert said(incident("IR-11", "host", "gone"))["summary"].startswith("gone")


def test_annotations_are_made_anew_only_when_something_in_them_has_changed():
    """Told by identity: the very same mapping comes back."""
    texts, site = Descriptions(), replace(SITE)
    first = Situation.at(site, BOOKS, [DOWN], [LINE])
    made = texts.of(LINE, first)
    assert texts.of(replace(LINE), Situation.at(site, BOOKS, [replace(DOWN, started=NOON + 60)], [LINE])) is made
    changed = {
        "revision": (replace(LINE, revision=2), first),
        "impact": (LINE, Situation.at(site, BOOKS, [UP_AGAIN], [LINE])),
        "site": (LINE, Situation.at(replace(site), BOOKS, [DOWN], [LINE])),
    }
    for what, (found, now) in changed.items():
        assert texts.of(LINE, first) is texts.of(LINE, first), what
        assert texts.of(found, now) is not made, what


def test_what_is_over_is_forgotten():
    texts, now = Descriptions(), situation()
    made = texts.of(LINE, now)
    texts.of(replace(LINE, closed=NOON + 60), now)
    assert texts.of(LINE, now) is not made
