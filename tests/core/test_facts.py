"""What is known of an incident, by the names of playbooks' texts: the same for alerts, page and terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from agent.core.calendar import Calendar
from agent.core.facts import Situation, facts_of, unnamed
from agent.core.incident import Incident
from agent.core.model import Dependency, Diagnosis, Metric, Reading, Target
from agent.core.site import Center, Counter, Site
from agent.core.text import Text
from tests.core.made import NOON
from tests.core.test_impact import BOOK

CARRIER = SimpleNamespace(name="电信", circuit="SH-12345", fault_desk="10000")
LINE = Target(
    "line", "yibao", "医保专线", SimpleNamespace(business="medical_insurance", carrier=CARRIER, bandwidth=1.25e6)
)
HOST = Target("host", "queue", "叫号主机", SimpleNamespace(), address="10.0.1.20")
COUNTERS = tuple(Counter(str(n), f"{n}号窗口", (Dependency(("yibao",)),)) for n in (1, 2, 3))
CENTER = Center("changshou", "长寿路中心", "普陀区")
SITE = Site(CENTER, Calendar(), Path("agent.yaml"), Path("var"), targets=(LINE, HOST), counters=COUNTERS)
UP = Metric("line_up", "gauge", "0/1", (), "The line serves")
PROBE = Metric("line_probe_up", "gauge", "0/1", ("layer", "probe"), "This probe answered")
SEGMENT = Metric("line_fault_segment", "gauge", "0/1", ("segment",), "1 on the segment judged broken")
SAMPLES = (
    UP.sample(0),
    PROBE.sample(1, layer="port", probe="Gi1/0/3"),
    PROBE.sample(0, layer="gateway", probe="10.20.0.1"),
    SEGMENT.sample(1, segment="carrier"),
)
DOWN = Reading(LINE, "line", NOON, 0.1, SAMPLES)
BOOKS = {"IR-04": replace(BOOK, counters="depends_on"), "IR-20": replace(BOOK, id="IR-20", counters="none")}
OPEN = Incident("x", "IR-04", "line", "yibao", "P2", NOON, subjects=("IR-04.1",), value=0)


def situation(*readings: Reading, site: Site = SITE, before: Situation | None = None) -> Situation:
    return Situation.at(site, BOOKS, readings, [OPEN], "0.1.0", before)


def test_of_a_line_everything_is_known_that_its_carrier_asks_for() -> None:
    assert facts_of(situation(DOWN), OPEN, "zh") == {
        "center": "长寿路中心",
        "target": "医保专线",
        "name": "医保专线",
        "subject": "",
        "opened": "2026-11-24 12:00",
        "version": "0.1.0",
        "counters": "1-3号窗口",
        "business": "医保",
        "bandwidth": "10 Mbit/s",
        "carrier": "电信",
        "circuit": "SH-12345",
        "fault_desk": "10000",
        "verdict": "运营商段",
        "port_state": "通",
        "gateway_state": "不通",
    }
    assert facts_of(situation(DOWN), OPEN, "en")["gateway_state"] == "down"


def test_the_port_by_which_a_line_leaves_is_read_of_its_switch_where_no_probe_says_it() -> None:
    via = SimpleNamespace(switch="core", port="gigabitethernet 1/0/3")
    core, line = Target("switch", "core", "核心"), replace(LINE, options=SimpleNamespace(via=via))
    site = replace(SITE, targets=(line, core))
    port = Metric("interface_up", "gauge", "0/1", ("interface",), "ifOperStatus is up")
    states = (port.sample(1, interface="GigabitEthernet1/0/2"), port.sample(0, interface="GigabitEthernet1/0/3"))
    silent = replace(DOWN, samples=(UP.sample(0),))
    read = Reading(core, "switch", NOON, 0.1, states)
    assert facts_of(situation(silent, read, site=site), OPEN, "zh")["port_state"] == "不通"
    assert facts_of(situation(DOWN, read, site=site), OPEN, "zh")["port_state"] == "通"
    assert "port_state" not in facts_of(situation(silent, site=site), OPEN, "zh")
    assert "port_state" not in facts_of(situation(silent, read), OPEN, "zh")


def test_where_no_counters_are_named_the_business_is_said_to_be_hurt() -> None:
    assert unnamed(LINE, "zh").startswith("医保业务;")
    assert unnamed(HOST, "zh") == unnamed(None, "zh") == "agent.yaml 的 counters 里没有窗口写明依赖它"


def test_of_a_full_disk_the_file_systems_and_the_usage_are_known() -> None:
    full = Incident(
        "x", "IR-04", "host", "queue", "P3", NOON, subjects=('IR-12.1{mountpoint="/var"}', "{", ""), value=0.934
    )
    facts = facts_of(situation(), full, "zh")
    assert (facts["subject"], facts["mountpoint"], facts["usage"]) == ("/var", "/var", "93%")
    assert facts["address"] == "10.0.1.20"


def test_counters_that_go_on_are_not_said_to_be_hurt() -> None:
    up = replace(DOWN, samples=(UP.sample(1),))
    assert "counters" not in facts_of(situation(up), OPEN, "zh")
    assert "counters" not in facts_of(situation(DOWN), replace(OPEN, playbook="IR-20"), "zh")


def test_what_a_collector_concludes_is_said_with_the_centre_and_since_when() -> None:
    sentence = Text("「{center}报障:{since} 起不通」", "“{center}: down since {since}”")
    concluded = situation(replace(DOWN, diagnoses=(Diagnosis(sentence, NOON),)))
    assert facts_of(concluded, OPEN, "zh")["diagnosis"] == "「长寿路中心报障:2026-11-24 12:00 起不通」"
    assert facts_of(concluded, OPEN, "en")["diagnosis"] == "“长寿路中心: down since 2026-11-24 12:00”"
    assert "diagnosis" not in facts_of(concluded, replace(OPEN, closed=NOON + 60), "zh")
    assert "diagnosis" not in facts_of(situation(DOWN), OPEN, "zh")


def test_what_is_wrong_began_no_later_than_its_incident() -> None:
    sentence = Text("{since} 起不通", "down since {since}")
    after_a_crash = situation(replace(DOWN, diagnoses=(Diagnosis(sentence, NOON + 600),)))
    assert facts_of(after_a_crash, OPEN, "zh")["diagnosis"] == "2026-11-24 12:00 起不通"
    earlier = situation(replace(DOWN, diagnoses=(Diagnosis(sentence, NOON - 120),)))
    assert facts_of(earlier, OPEN, "zh")["diagnosis"] == "2026-11-24 11:58 起不通"


def test_segments_that_cannot_be_told_apart_are_said_as_a_span() -> None:
    several = (
        SEGMENT.sample(1, segment="port"),
        SEGMENT.sample(1, segment="gateway"),
        SEGMENT.sample(1, segment="carrier"),
    )
    found = situation(replace(DOWN, samples=several))
    assert facts_of(found, OPEN, "zh")["verdict"] == "本侧端口到运营商段之间"
    assert facts_of(found, OPEN, "en")["verdict"] == "between our port and carrier"


def test_what_is_read_now_is_not_said_of_what_is_over() -> None:
    over = facts_of(situation(DOWN), replace(OPEN, closed=NOON + 60), "zh")
    assert not {"verdict", "port_state", "gateway_state"} & over.keys()


def test_the_whole_centre_goes_by_its_name_and_a_target_that_is_gone_by_its_id() -> None:
    whole, gone = replace(OPEN, kind="center", target="changshou"), replace(OPEN, target="gone")
    assert [facts_of(situation(), each, "zh")["name"] for each in (whole, gone)] == ["长寿路中心", "gone"]


def test_whom_it_hurts_is_worked_out_anew_only_if_other_targets_are_down() -> None:
    first = situation(DOWN)
    assert situation(DOWN, before=first).impacts is first.impacts
    assert situation(replace(DOWN, samples=(UP.sample(1),)), before=first).impacts is not first.impacts
    assert situation(DOWN, site=replace(SITE, counters=()), before=first).impacts is not first.impacts


def test_a_label_of_a_device_is_never_taken_for_what_the_centre_says() -> None:
    odd = replace(OPEN, subjects=('IR-04.1{center="别处",name="x"}',))
    assert facts_of(situation(), odd, "zh")["center"] == "长寿路中心"
