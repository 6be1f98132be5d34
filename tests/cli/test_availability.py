"""The availability sheet of a recorded month is what a person counts, and planned maintenance is kept and told."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agent.cli import main
from agent.core.availability import Interval
from agent.core.database import MIGRATIONS, NAME, migrate
from agent.core.ledger import records
from agent.core.states import of_seen
from agent.core.store import Store
from tests.cli.recorded_month import at, recorded

SHEET = """\
可用率 2025-10,按服务时间计
  对象           可用率         中断   次数    最长        未知   计划维护
  医保专线      98.603%   1 小时 27 分   3   47 分   1 小时 10 分     3 小时
  民政专线     100.000%            –      0       –           –          –
  统一受理软件 100.000%            –      0       –     48 小时          –
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("month"))


def run(config: Path, *words: str) -> Result:
    done = CliRunner().invoke(main.application(), [*words, "-c", str(config)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def sheet(config: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(config, "availability", *words, "--format", "json").stdout)
    return found | {"by": {each["target"]: each for each in found["targets"]}}


def words_of(table: str) -> list[list[str]]:
    return [re.split(r"\s{2,}| (?=\d+\.\d)", line.strip()) for line in table.splitlines() if re.search(r"\w", line)]


def test_the_sheet_of_a_month_is_what_a_person_counts(config: Path) -> None:
    found = sheet(config, "--month", "2025-10")
    yibao = found["by"]["yibao"]
    down = (47 + 20 + 20) * 60
    assert (yibao["down_seconds"], yibao["outages"], yibao["longest_outage_seconds"]) == (down, 3, 47 * 60)
    assert (yibao["unknown_seconds"], yibao["maintenance_seconds"]) == (70 * 60, 3 * 3600)
    assert yibao["up_seconds"] == 388_800 - down - 70 * 60 - 3 * 3600
    assert yibao["availability_ratio"] == yibao["up_seconds"] / (yibao["up_seconds"] + down)
    assert yibao["maintenance_retroactive_seconds"] == 0
    acceptance = found["by"]["acceptance"]  # watched since the 20th: 8 days of service that nobody saw
    assert (acceptance["unknown_seconds"], acceptance["up_seconds"]) == (8 * 21_600, 10 * 21_600)
    assert found["by"]["minzheng"]["availability_ratio"] == 1


def test_the_sheet_is_told_in_chinese(config: Path) -> None:
    told = words_of(run(config, "availability", "--month", "2025-10").stdout)
    assert told == words_of(SHEET)


def test_around_the_clock_nights_count_too(config: Path) -> None:
    yibao = sheet(config, "--month", "2025-10", "--hours", "all")["by"]["yibao"]
    assert yibao["down_seconds"] == (47 + 140 + 180 + 20) * 60
    assert yibao["outages"] == 4
    assert sum(yibao[f"{each}_seconds"] for each in ("up", "down", "unknown", "maintenance")) == 31 * 86_400


@pytest.mark.parametrize(
    ("words", "down"),
    [
        (("--day", "2025-10-13"), 47 * 60),
        (("--day", "2025-10-14"), 0),
        (("--year", "2025"), 87 * 60),
        (("--from", "2025-10-13 09:30", "--to", "2025-10-15 11:25"), 22 * 60),
        (("--from", "2025-10-01", "--to", "2025-10-31"), 87 * 60),
    ],
)
def test_any_period_can_be_asked_for(config: Path, words: tuple[str, ...], down: float) -> None:
    assert sheet(config, "yibao", *words)["by"]["yibao"]["down_seconds"] == down


def test_every_outage_is_listed_with_its_service_time_and_incident(config: Path) -> None:
    listed = sheet(config, "yibao", "--month", "2025-10", "--outages")["by"]["yibao"]["outage_list"]
    told = [
        (each["from"], each["down_seconds"], each["service_seconds"], each["maintenance_seconds"]) for each in listed
    ]
    assert sorted(told) == [
        (at("2025-10-13 09:00"), 2820, 2820, 0),
        (at("2025-10-15 11:20"), 8400, 1200, 0),
        (at("2025-10-18 02:00"), 10_800, 0, 0),
        (at("2025-10-24 13:30"), 5400, 0, 5400),
        (at("2025-10-28 16:00"), 1200, 1200, 0),
    ]
    (first, *others) = sorted(listed, key=lambda each: each["from"])
    assert re.fullmatch(r"20261124-120000-\d+", first["incidents"][0])
    assert not any(each["incidents"] for each in others)
    shown = run(config, "availability", "--month", "2025-10", "--outages").stdout
    assert re.search(r"2025-10-13 09:00:00 +09:47:00 +47 分 +47 分 +– ", shown)
    assert first["incidents"][0] in shown


def test_what_a_table_shows_is_no_markup(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    named = config.read_text("utf-8").replace("医保专线", "'[/] 医保'").replace("民政专线", "'[1号楼] 民政 :key:'")
    config.write_text(named, "utf-8")
    shown = run(config, "availability", "--month", "2025-10", "--outages", "--by", "month").stdout
    assert shown.count("[1号楼] 民政 :key:") == 2
    assert shown.count("[/] 医保") == 2 + 5


def test_csv_is_one_table_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    config.write_text(config.read_text("utf-8").replace("民政专线", "=cmd()"), "utf-8")
    rows = list(
        csv.DictReader(io.StringIO(run(config, "availability", "--month", "2025-10", "--format", "csv").stdout))
    )
    assert [row["target"] for row in rows] == ["yibao", "minzheng", "acceptance"]
    assert float(rows[0]["down_seconds"]) == 87 * 60
    assert rows[1]["name"] == "'=cmd()"
    listed = run(config, "availability", "--month", "2025-10", "--format", "csv", "--outages").stdout
    outages = list(csv.DictReader(io.StringIO(listed)))
    assert outages[0]["from"] == "2025-10-13T09:00:00+08:00"
    assert len(outages) == 5


def test_each_day_of_a_month_adds_up_to_it(config: Path) -> None:
    yibao = sheet(config, "yibao", "--month", "2025-10", "--by", "day")["by"]["yibao"]
    days = {each["period"]: each for each in yibao["parts"]}
    assert list(days) == [f"2025-10-{day:02d}" for day in range(1, 32)]
    assert {day: each["down_seconds"] for day, each in days.items() if each["down_seconds"]} == {
        "2025-10-13": 47 * 60,
        "2025-10-15": 20 * 60,
        "2025-10-28": 20 * 60,
    }
    assert days["2025-10-12"]["availability_ratio"] is None, "a Sunday, nobody is served"
    assert days["2025-10-11"]["up_seconds"] == 6 * 3600, "a Saturday that is worked"
    for state in ("up", "down", "unknown", "maintenance"):
        assert sum(each[f"{state}_seconds"] for each in days.values()) == yibao[f"{state}_seconds"]


def test_each_month_of_a_year_as_far_as_it_is_past(config: Path) -> None:
    found = sheet(config, "yibao", "--year", "2025", "--by", "month", "--hours", "all")["by"]["yibao"]["parts"]
    assert [each["period"] for each in found] == [f"2025-{month:02d}" for month in range(1, 13)]
    assert (
        found[9]["down_seconds"]
        == sheet(config, "yibao", "--month", "2025-10", "--hours", "all")["by"]["yibao"]["down_seconds"]
    )
    part = sheet(config, "yibao", "--from", "2025-10-31 12:00", "--to", "2025-11-01 12:00", "--by", "month")
    assert [(each["from"], each["to"]) for each in part["by"]["yibao"]["parts"]] == [
        (at("2025-10-31 12:00"), at("2025-11-01 00:00")),
        (at("2025-11-01 00:00"), at("2025-11-01 12:00")),
    ]


def test_the_days_are_a_table_of_each_target_without_those_that_serve_nobody(config: Path) -> None:
    told = run(config, "availability", "yibao", "--from", "2025-10-11", "--to", "2025-10-13", "--by", "day").stdout
    assert words_of(told)[3:] == words_of(
        """\
医保专线
  日期          可用率       中断  次数   最长  未知  计划维护
  2025-10-11  100.000%     –     0      –     –       –
  2025-10-13  86.944%   47 分    1   47 分    –       –
"""
    )


def test_a_file_for_a_spreadsheet_says_its_character_set(config: Path, tmp_path: Path) -> None:
    place = tmp_path / "可用率.csv"
    words = ("availability", "--month", "2025-10", "--by", "day", "--format", "csv", "-o", str(place))
    assert run(config, *words).stdout == ""
    assert place.read_bytes().startswith(b"\xef\xbb\xbfperiod,hours,kind,target,name,")
    rows = list(csv.DictReader(io.StringIO(place.read_text("utf-8-sig"))))
    assert len(rows) == 3 * 31
    assert (rows[12]["period"], rows[12]["name"], rows[12]["down_seconds"]) == ("2025-10-13", "医保专线", "2820.0")
    table = tmp_path / "table.txt"
    run(config, "availability", "--month", "2025-10", "-o", str(table))
    assert words_of(table.read_text("utf-8")) == words_of(SHEET)
    refused = run(config, "availability", "--month", "2025-10", "-o", str(tmp_path / "none" / "x.csv"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "none/x.csv:写不进去" in refused.stderr


def test_what_a_clock_that_was_ahead_left_behind_ends_no_outage(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    store, now = Store.open(tmp_path / "var"), time.time()
    ahead = Interval(now + 3600, now + 7200, True)
    store.write([of_seen([("line", "yibao", ahead), ("line", "yibao", Interval(now - 600, now - 1, False))])])
    store.close()
    (each,) = sheet(config, "yibao", "--hours", "all", "--outages")["by"]["yibao"]["outage_list"]
    assert each["to"] is None
    assert each["down_seconds"] == pytest.approx(599, abs=0.01)


def test_a_state_directory_of_the_version_before_has_a_sheet_without_data(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    (tmp_path / "var" / NAME).unlink()
    connection = sqlite3.connect(tmp_path / "var" / NAME, isolation_level=None)
    migrate(connection, MIGRATIONS[:1])
    connection.close()
    assert sheet(config, "yibao", "--month", "2025-10")["by"]["yibao"]["availability_ratio"] is None
    assert run(config, "maintenance", "list").exit_code == 0


def test_a_line_that_is_down_still_is_not_said_to_have_come_back(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    store = Store.open(tmp_path / "var")
    store.write([of_seen([("line", "yibao", Interval(at("2025-11-03 09:00"), at("2025-11-03 09:10"), False))])])
    store.close()
    (each,) = sheet(config, "yibao", "--month", "2025-11", "--outages")["by"]["yibao"]["outage_list"]
    assert (each["to"], each["last_seen_down"]) == (None, at("2025-11-03 09:10"))
    assert "未见恢复" in run(config, "availability", "yibao", "--month", "2025-11", "--outages").stdout


def test_a_line_that_agent_yaml_names_no_more_keeps_its_past(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    config.write_text(
        "".join(line for line in config.read_text("utf-8").splitlines(True) if "yibao" not in line), "utf-8"
    )
    assert sheet(config, "--month", "2025-10")["by"]["yibao"]["outages"] == 3
    assert "yibao" not in sheet(config, "--month", "2025-12")["by"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--month", "2025-13"), "--month:"),
        (("--month", "10"), "应写成 2026-10"),
        (("--month", "2199-01"), "2199-01 还没有到"),
        (("--day", "2025-02-30"), "--day:"),
        (("--year", "25"), "--year:"),
        (("--day", "2025-10-01", "--month", "2025-10"), "只能写一种"),
        (("--to", "2025-10-01"), "--to 需要 --from"),
        (("--from", "2025-10-02", "--to", "2025-10-01"), "--to 必须晚于 --from"),
        (("--from", "2025-10-02 25:00"), "--from:不是时间"),
        (("core",), "没有专线或应用 core;可用率只统计专线和应用,已有:yibao, minzheng, acceptance"),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(config: Path, words: tuple[str, ...], said: str) -> None:
    done = run(config, "availability", *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_where_no_agent_ever_ran_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "agent.yaml").write_text("hosts: [{id: self, address: localhost, by: local}]\nlanguage: en\n", "utf-8")
    done = run(tmp_path / "agent.yaml", "availability")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no agent has worked in this state directory yet" in done.stderr


# Maintenance, while no agent runs


def test_maintenance_that_is_entered_afterwards_is_marked_and_counts(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    words = ("--from", "2025-10-15 11:00", "--to", "2025-10-15 14:00", "--reason", "光缆割接", "--by", "wang")
    done = run(config, "maintenance", "add", "yibao", *words)
    assert (done.exit_code, "补登" in done.stderr, "MNT-0002" in done.stderr) == (0, True, True)
    yibao = sheet(config, "--month", "2025-10")["by"]["yibao"]
    assert (yibao["outages"], yibao["maintenance_retroactive_seconds"]) == (2, 3600)
    assert "补登 1 小时" in run(config, "availability", "--month", "2025-10").stdout.replace("\n", "")
    done = run(config, "maintenance", "cancel", "MNT-0002", "--reason", "登记错了")
    assert done.exit_code == 0
    assert sheet(config, "--month", "2025-10")["by"]["yibao"]["outages"] == 3
    store = Store.open(tmp_path / "var")
    told = store.ask(lambda connection: [(each.kind, each.body) for each in records(connection)], [])
    assert store.verify() is None
    store.close()
    added, cancelled = (json.loads(body) for kind, body in told[-2:])
    assert [kind for kind, _ in told[-2:]] == ["maintenance.added", "maintenance.cancelled"]
    assert (added["retroactive"], added["by"], added["reason"]) == (True, "wang", "光缆割接")
    assert (cancelled["id"], cancelled["cancelled_reason"]) == ("MNT-0002", "登记错了")


def test_weekly_maintenance_is_listed_in_words(tmp_path: Path) -> None:
    config = recorded(tmp_path)
    done = run(
        config, "maintenance", "add", "yibao", "acceptance", "--weekly", "周六-周日 22:00-02:00", "--reason", "备份"
    )
    assert done.exit_code == 0
    listed = run(config, "maintenance", "list").stdout
    assert "周六 22:00-02:00,周日 22:00-02:00" in listed
    assert "医保专线、统一受理软件" in listed
    assert "MNT-0001" not in listed  # over
    (first, second) = json.loads(run(config, "maintenance", "list", "--all", "--format", "json").stdout)
    assert (first["state"], first["retroactive"]) == ("over", False)
    assert second["weekly"] == [[5, 1320, 1560], [6, 1320, 1560]]


ONCE = ("--from", "2025-10-15 11:00", "--to", "2025-10-15 14:00", "--reason", "x")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "nowhere", *ONCE), "没有监测对象 nowhere;已有:yibao, minzheng, acceptance"),
        (("add", "yibao", "--from", "2025-10-15", "--to", "2025-10-14", "--reason", "x"), "结束时间必须晚于开始时间"),
        (("add", "yibao", "--from", "2025-01-01", "--to", "2025-12-31", "--reason", "x"), "最长 31 天"),
        (("add", "yibao", "--reason", "x"), "没有写结束时间"),
        (("add", "yibao", *ONCE[:-1], " \n"), "请写明原因"),
        (("add", "yibao", *ONCE, "--by", "li"), "没有这个人;已有:wang"),
        (
            ("add", "yibao", "--weekly", "someday 22:00-23:00", "--reason", "x"),
            '--weekly:不能是 "someday";是不是 sunday?',
        ),
        (("add", "yibao", "--weekly", "monday 22:00", "--reason", "x"), "应写成 monday 22:00-24:00"),
        (("add", "yibao", "--from", "tomorrow", "--reason", "x"), "--from:不是时间"),
        (("cancel", "MNT-0099", "--reason", "x"), "没有维护记录 MNT-0099"),
    ],
)
def test_maintenance_that_cannot_be_is_refused_with_what_can(config: Path, words: tuple[str, ...], said: str) -> None:
    done = run(config, "maintenance", *words)
    assert done.exit_code in (1, 2)
    assert said in done.stderr
    assert len(json.loads(run(config, "maintenance", "list", "--all", "--format", "json").stdout)) == 1


def test_a_reason_must_be_given(config: Path) -> None:
    done = run(config, "maintenance", "add", "yibao", *ONCE[:4])
    assert (done.exit_code, "--reason" in done.stderr) == (2, True)
