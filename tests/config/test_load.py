"""agent.yaml becomes a Site: the contract's examples, defaults, logins, key ports, counters, sections."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from agent.config import ConfigError, load
from agent.core.calendar import HolidayTable
from agent.core.impact import Impacts
from agent.core.model import Dependency
from agent.core.secrets import Secret
from agent.core.site import Center, Person, Site
from tests.config.places import PASSWORD, SECRETS, SMALL, lay_out, loaded
from tests.config.tables import SECTIONS


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("SHOUWANG_TEST_PASSWORD", PASSWORD)
    return loaded(lay_out(tmp_path))


def write(folder: Path, text: str) -> Site:
    path = folder / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    return loaded(path)


def test_the_small_example_of_the_contract_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_TEST_PASSWORD", "public-no-more")
    site = loaded(lay_out(tmp_path, SMALL))
    assert site.center == Center("changshou", "长寿路街道社区事务受理服务中心", "普陀区")
    assert [target.id for target in site.targets] == ["ups-1", "core", "yibao", "acceptance"]
    assert site.people == (Person("wang", "王工", "network_administrator", phone="021-0000"),)
    assert len(site.counters) == 12
    assert site.sections["notify"].alertmanagers == ("http://10.1.0.5:9093",)


def test_every_option_of_the_contract_is_accepted(everything: Site) -> None:
    kinds = {kind: len(everything.of_kind(kind)) for kind in ("machine_room", "switch", "line", "host", "application")}
    assert kinds == {"machine_room": 2, "switch": 1, "line": 2, "host": 2, "application": 8}
    assert everything.language == "en"
    assert everything.listen == "[::1]:0"
    assert everything.of_kind("backup")[0].options.expect_every == 86400


def test_the_shipped_file_watches_this_machine_and_loads_without_any_edit(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "agent.yaml"
    site = loaded(shipped)
    (host,) = site.targets
    assert (host.kind, host.id, host.address) == ("host", "localhost", "localhost")
    assert len(shipped.read_text(encoding="utf-8").splitlines()) < 60, "it fits on a page"


def test_the_commented_next_steps_of_the_shipped_file_load_when_uncommented(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "agent.yaml").read_text(encoding="utf-8").splitlines()
    keys = ("# calendar:", "# credentials:", "# switches:", "# lines:", "#   - ", "#      ", "# notify:")
    text = "\n".join(line[2:] if line.startswith(keys) else line for line in shipped)
    lay_out(tmp_path, text)
    (tmp_path / "secrets" / "snmp-community").write_text("x")
    assert {target.kind for target in loaded(tmp_path / "agent.yaml").targets} == {"host", "switch", "line"}


def test_a_target_has_the_login_that_its_credentials_name(everything: Site) -> None:
    core = everything.target("core")
    assert core is not None
    assert core.login is everything.logins["core"]
    assert core.login is not None
    assert core.login.snmp is not None
    assert core.login.snmp.version == "3"
    assert core.login.snmp.auth == ("SHA256", Secret(SECRETS["auth"]))
    assert core.login.ssh is not None
    assert core.login.ssh.password == Secret(PASSWORD)
    assert core.login.ssh.key == str(everything.source.parent / "secrets/id_ed25519")
    assert core.login.ssh.legacy is True
    line = everything.target("yibao")
    assert line is not None
    assert line.login is None


def test_a_switch_knows_its_uplinks_and_the_ports_that_lines_leave_by(everything: Site) -> None:
    core = everything.target("core")
    assert core is not None
    assert core.key_ports == {"XGigabitEthernet0/0/1": "uplink", "GigabitEthernet1/0/3": "line"}


def test_what_a_target_depends_on_is_said_in_plain_texts(everything: Site) -> None:
    web, core = everything.target("web"), everything.target("core")
    assert web is not None
    assert core is not None
    assert web.depends_on == (Dependency(("core",)),)
    assert type(web.depends_on[0].any_of[0]) is str
    assert core.powered_by == ("ups-1",)
    assert everything.counters[0].depends_on == (Dependency(("acceptance",)), Dependency(("yibao", "yibao-2")))
    assert (everything.counters[11].id, everything.counters[11].name) == ("12", "12号窗口")


def test_a_line_depends_on_its_switch_and_an_application_on_its_host_without_saying_so(everything: Site) -> None:
    line, application = everything.target("yibao"), everything.target("acceptance")
    assert line is not None
    assert application is not None
    assert line.depends_on == (Dependency(("core",)),)
    assert application.depends_on == (Dependency(("web",)),)
    assert type(line.depends_on[0].any_of[0]) is str


def test_a_dead_switch_hurts_the_counters_of_its_lines_each_once(tmp_path: Path) -> None:
    site = write(
        tmp_path,
        "center: {id: a}\nswitches: [{id: core, address: 10.0.0.1}]\n"
        "lines:\n"
        "  - {id: l, via: {switch: core, port: Gi1}, probes: [{layer: gateway, icmp: 10.0.0.2}]}\n"
        "  - {id: m, via: {switch: core, port: Gi2}, probes: [{layer: gateway, icmp: 10.0.0.3}]}\n"
        "counters: [{ids: 1-2, depends_on: [l, m]}, {ids: 3-3, depends_on: [m]}]\n",
    )
    impact = Impacts(site, frozenset({"core"})).of("core")
    assert [counter.id for counter in impact.hurt] == ["1", "2", "3"]
    assert impact.spared == ()


def test_what_is_implied_and_said_too_stands_once(tmp_path: Path) -> None:
    site = write(
        tmp_path,
        "center: {id: a}\nswitches: [{id: core, address: 10.0.0.1}]\n"
        "lines: [{id: l, via: {switch: core, port: Gi1}, depends_on: [core], "
        "probes: [{layer: gateway, icmp: 10.0.0.2}]}]\n",
    )
    line = site.target("l")
    assert line is not None
    assert line.depends_on == (Dependency(("core",)),)


def test_a_backup_needs_the_host_that_it_is_on(tmp_path: Path) -> None:
    site = write(tmp_path, "hosts: [{id: store, address: 10.0.0.1}]\nbackups: [{id: d, host: store, path: /backup}]\n")
    backup = site.target("d")
    assert backup is not None
    assert backup.depends_on == (Dependency(("store",)),)


def test_every_section_has_its_rhythm_and_a_timeout_is_never_longer(tmp_path: Path) -> None:
    site = write(
        tmp_path,
        "hosts: [{id: a, address: 10.0.0.1}, {id: b, address: 10.0.0.2, every: 5}, "
        "{id: c, address: 10.0.0.3, every: 1h, timeout: 90s}]\nbackups: [{id: d, path: /backup}]\n",
    )
    rhythms = {target.id: (target.every, target.timeout) for target in site.targets}
    assert rhythms == {"a": (30, 10), "b": (5, 5), "c": (3600, 90), "d": (3600, 60)}


def test_the_calendar_follows_the_file_of_dates(everything: Site) -> None:
    calendar = everything.calendar
    assert calendar.holidays == "closed"
    assert date(2027, 1, 1) in calendar.table.holidays
    assert calendar.spans("service", date(2027, 2, 6)) == ((510, 690), (810, 990))
    assert calendar.spans("service", date(2026, 10, 10)) == ((510, 690),)
    assert calendar.spans("service", date(2026, 10, 11)) == ()
    assert calendar.spans("service", date(2026, 9, 12)) == ((540, 690),)


def test_without_a_calendar_the_hours_of_the_founding_document_and_chinese_holidays_hold(tmp_path: Path) -> None:
    calendar = write(tmp_path, "language: zh\n").calendar
    assert calendar.spans("service", date(2026, 3, 4)) == ((510, 690), (810, 990))
    assert calendar.spans("working", date(2026, 3, 4)) == ((510, 690), (810, 1020))
    assert calendar.spans("service", date(2026, 10, 1)) == ()


def test_holidays_are_asked_for_only_where_the_calendar_needs_them(tmp_path: Path) -> None:
    def none_to_have() -> HolidayTable:
        raise AssertionError("asked for holidays")

    path = tmp_path / "agent.yaml"
    path.write_text("calendar: {holidays: none}\n")
    assert load(path, SECTIONS, holidays=none_to_have).calendar.warnings(0.0) == ()


def test_paths_are_relative_to_the_file_and_absolute_in_the_end(everything: Site, tmp_path: Path) -> None:
    assert everything.state == tmp_path / "state"
    assert everything.sections["assets"] == tmp_path / "assets.csv"
    assert everything.sections["checklist"].evidence == tmp_path / "evidence"


def test_a_file_given_by_a_relative_path_is_found_from_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agent.yaml").write_text("language: en\n")
    monkeypatch.chdir(tmp_path)
    site = loaded(Path("agent.yaml"))
    assert (site.source, site.state) == (tmp_path / "agent.yaml", tmp_path / "var")
    assert site.sections["checklist"].evidence == tmp_path / "evidence"


def test_sections_without_targets_hold_their_options_and_their_defaults_when_absent(
    everything: Site, tmp_path: Path
) -> None:
    assert everything.sections["thresholds"]["PHY-05"][0].fail == 900
    assert everything.sections["isolation"][0].from_ == "web"
    assert everything.sections["log_store"].path == "/var/log/remote/{source}/*.log*"
    assert everything.target("web").tasks["log_store"] == (everything.sections["log_store"],)  # type: ignore[union-attr]
    assert everything.sections["notify"].channels[2].url == Secret(SECRETS["robot"])
    assert everything.sections["notify"].alertmanagers[1].password == Secret(SECRETS["alertmanager"])
    (tmp_path / "other").mkdir()
    bare = write(tmp_path / "other", "language: zh\n")
    assert bare.sections["notify"].alertmanagers == ()
    assert bare.sections["thresholds"] == {}
    assert bare.sections["checklist"].level == 2
    assert bare.sections["duty"] is None
    assert bare.sections["isolation"] == ()
    assert (bare.center.id, bare.listen, bare.logins) == ("local", "127.0.0.1:9780", {})


def test_a_section_whose_entries_are_all_commented_out_counts_as_absent(tmp_path: Path) -> None:
    site = write(tmp_path, "hosts:\n#  - {id: a}\nnotify:\ncenter:\ncredentials:\n")
    assert site.targets == ()


def test_numbers_stand_for_texts_exactly_as_they_are_written(tmp_path: Path) -> None:
    site = write(
        tmp_path,
        "lines: [{id: 7, name: 2.10, carrier: {circuit: 0012345, fault_desk: 10000}, "
        "probes: [{layer: gateway, icmp: 10.0.0.1}]}]\nhosts: [{id: no, name: off, address: 10.0.0.2}]\n",
    )
    line, host = site.targets
    assert (line.id, line.name, line.options.carrier.circuit) == ("7", "2.10", "0012345")
    assert line.options.carrier.fault_desk == "10000"
    assert (host.id, host.name) == ("no", "off")


def test_all_errors_of_all_kinds_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = (
        "langage: zh\n"
        "hosts:\n"
        "  - {id: web, adress: 10.0.0.1}\n"
        "  - {id: web, address: 10.0.0.1, every: soon, depends_on: [nobody]}\n"
        "  - {id: a, address: 10.0.0.1, depends_on: [b]}\n"
        "  - {id: b, address: 10.0.0.1, depends_on: [a]}\n"
        "hosts: []\n"
        "credentials: {x: {snmp: {community: 'file:none'}}}\n"
        "calendar: {holidays: none.csv}\n"
    )
    with pytest.raises(ConfigError) as caught:
        write(tmp_path, text)
    told = [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]
    starts = [
        "agent.yaml:1: langage: unknown key; did you mean language?",
        "agent.yaml:3: hosts[0].adress: unknown key; did you mean address?",
        "agent.yaml:4: hosts[1].every: not a duration",
        "agent.yaml:4: hosts[1].id: id web is already used by hosts[0].id (line 3)",
        'agent.yaml:4: hosts[1].depends_on[0]: no target "nobody"; known: web, a, b',
        "agent.yaml:5: hosts[2].depends_on[0]: cycle: a depends_on b, b depends_on a",
        "agent.yaml:7: hosts: given twice, first on line 2",
        "agent.yaml:8: credentials.x.snmp.community: secret file ",
        f"agent.yaml:9: calendar.holidays: {tmp_path}/none.csv: no such file",
    ]
    assert len(told) == len(starts), "\n".join(told)
    for line, start in zip(told, starts, strict=True):
        assert line.startswith(start)


def test_an_entry_that_is_wrong_elsewhere_still_counts_as_being_there(tmp_path: Path) -> None:
    """One error does not make others: what refers to it is not dangling."""
    with pytest.raises(ConfigError) as caught:
        write(
            tmp_path,
            "switches: [{id: core, address: 10.0.0.999}]\nhosts: [{id: a, address: 10.0.0.1, depends_on: [core]}]\n",
        )
    assert [problem.path for problem in caught.value.problems] == ["switches[0].address"]


def test_counters_are_counted_out_by_range_list_and_leading_zeros(tmp_path: Path) -> None:
    site = write(tmp_path, 'counters: [{ids: A01-A03, name: "{}"}, {ids: [9, "11-12", B]}, {ids: "20, 22"}]\n')
    assert [counter.id for counter in site.counters] == ["A01", "A02", "A03", "9", "11", "12", "B", "20", "22"]
    assert site.counters[0].name == "A01"


def test_thousands_of_errors_are_told_without_taking_forever_over_hints(tmp_path: Path) -> None:
    """Looking for the nearest known word is dear; only the first get one."""
    entries = "".join(f"  - {{id: h{n}, address: 10.0.0.1, depends_on: [g{n}]}}\n" for n in range(2000))
    with pytest.raises(ConfigError) as caught:
        write(tmp_path, "hosts:\n" + entries)
    *first, last = caught.value.problems
    assert len(first) == 500
    assert str(last).endswith("and 1500 more errors")
