"""What is written down and not watched is said, so that nobody trusts a watch that is not kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from agent.config import load, not_yet_watched
from agent.core.model import Collector, Sample, Section, Target
from agent.core.reach import Poll
from agent.core.site import Site
from agent.options import DeviceOptions, NotYet, Options
from collectors import COLLECTORS
from tests.config import tables
from tests.config.places import no_holidays


class Part(Options):
    way: str = ""

    @property
    def watched(self) -> bool:
        return self.way != "dns"


class Thing(DeviceOptions):
    later: Annotated[str | None, NotYet()] = None
    parts: tuple[Part, ...] = ()


class Note(Options):
    text: str = ""
    sound: Annotated[str, NotYet()] = ""


class Room(DeviceOptions):
    @property
    def watched(self) -> bool:
        return False


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    return
    yield


WATCHING = {"thing": Collector("thing", ("host", "machine_room"), (), collect, lambda target: target.id != "left-out")}
SECTIONS = {
    "hosts": Section("hosts", Thing, "host"),
    "machine_room": Section("machine_room", Room, "machine_room"),
    "notes": Section("notes", Note, many=False),
    "remarks": Section("remarks", Note),
}


def site(folder: Path, text: str) -> Site:
    path = folder / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, SECTIONS, holidays=no_holidays)


def test_a_target_that_no_collector_reads_is_said(tmp_path: Path) -> None:
    told = not_yet_watched(
        site(tmp_path, "hosts: [{id: a, address: 10.0.0.1}, {id: left-out, name: 门厅, address: 10.0.0.2}]"), WATCHING
    )
    assert [text.en for text in told] == ["host left-out (门厅): not yet watched; no collector reads it"]
    assert told[0].zh == "主机 left-out(门厅):尚未监测,还没有能读它的采集器"


def test_an_option_or_part_of_a_watched_target_that_nothing_uses_is_said(tmp_path: Path) -> None:
    text = "hosts: [{id: a, address: 10.0.0.1, later: x, parts: [{way: icmp}, {way: dns}]}]"
    told = [text.en for text in not_yet_watched(site(tmp_path, text), WATCHING)]
    assert told == ["host a: option later is not used yet", "host a: option parts[1] is not used yet"]


def test_a_section_that_is_written_and_not_used_is_said(tmp_path: Path) -> None:
    read = site(tmp_path, "notes: {text: x}\nremarks: [{text: y}]\nduty: duty.csv\n")
    assert [text.en.split(":")[0] for text in not_yet_watched(read, WATCHING)] == ["duty", "notes", "remarks"]
    assert [text.en.split(":")[0] for text in not_yet_watched(read, WATCHING, {"notes", "duty"})] == ["remarks"]


def test_a_file_that_nothing_reads_is_not_called_checked(tmp_path: Path) -> None:
    (told,) = not_yet_watched(site(tmp_path, "duty: duty.csv\n"), WATCHING)
    assert told.en == f"duty: the file {tmp_path}/duty.csv is not read yet"


def test_hosts_are_read_in_every_way_that_can_be_written_down(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(
        "credentials: {a: {ssh: {user: x, password: y}}}\n"
        "hosts: [{id: pc, address: 10.0.0.1, by: ssh, system: windows, credentials: a},\n"
        "  {id: web, address: 10.0.0.3, by: ssh, credentials: a}, {id: door, address: 10.0.0.2}]\n"
    )
    told = [each.en for each in not_yet_watched(load(path, tables.SECTIONS, holidays=no_holidays), COLLECTORS)]
    assert not told


def test_parts_of_thresholds_that_have_no_effect_are_said(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(
        "hosts: [{id: a, address: 10.0.0.1}]\n"
        "thresholds:\n"
        "  IR-04: {for: 30s}\n"
        "  IR-12: [{for: 1m, above: 0.9}, {for: 2m, target: a}, {for: 3m}]\n"
        "  NET-01: {for: 30s, metric: line_up}\n"
    )
    read = load(path, tables.SECTIONS, holidays=no_holidays)
    told = [text.en for text in not_yet_watched(read, COLLECTORS, {"thresholds"}, {"IR-04", "IR-12"})]
    assert told == [
        "thresholds: option IR-12[0].above is not used yet",
        "thresholds: option IR-12[1] is not used yet",
        "thresholds: option IR-12[2] is not used yet",
    ]


def test_what_is_absent_or_default_is_not_said(tmp_path: Path) -> None:
    assert not_yet_watched(site(tmp_path, "hosts: [{id: a, address: 10.0.0.1}]\nnotes:\nremarks: []\n"), WATCHING) == []


def test_an_option_of_a_used_section_that_nothing_uses_is_said(tmp_path: Path) -> None:
    told = not_yet_watched(site(tmp_path, "notes: {text: x, sound: y}"), WATCHING, {"notes"})
    assert [text.en for text in told] == ["notes: option sound is not used yet"]


def test_a_target_of_which_only_the_answer_is_watched_is_said(tmp_path: Path) -> None:
    (told,) = not_yet_watched(site(tmp_path, "machine_room: [{id: ups, address: 10.0.0.1}]"), WATCHING)
    assert told.en == "machine room device ups: only whether it answers is watched; its readings are not collected yet"


def test_options_that_have_no_effect_on_a_host_are_said(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(
        "credentials: {a: {ssh: {user: x, password: y}}}\n"
        "hosts: [{id: web, address: 10.0.0.1, by: ssh, credentials: a, canaries: [/srv/a]},\n"
        "  {id: door, address: 10.0.0.2, canaries: [/srv/a], listen: [22]}]\n"
    )
    read = load(path, tables.SECTIONS, holidays=no_holidays)
    assert [text.en for text in not_yet_watched(read, COLLECTORS)] == [
        "host door: option listen is not used yet",
        "host door: option canaries is not used yet",
    ]
