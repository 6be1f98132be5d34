"""Windows hosts over a real sshd, behind which recorded answers stand for PowerShell.

The recordings are of our own making, after the documentation of the classes and commands; no real Windows was asked.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Sample
from agent.core.reach import Poll, Reach, ReachError, Unanswered
from agent.core.ssh import Answer, Command
from agent.core.text import LANGUAGES, Text, spoken
from agent.transports.ssh import SshWay
from collectors.host.windows import (
    COLLECTOR,
    SUBJECTS,
    antivirus,
    canaries,
    clock,
    disks,
    hardening,
    logins,
    logs,
    peripherals,
    ports,
    script,
    services,
    software,
    system,
    updates,
    watched,
)
from tests.collectors.host.hosts import NOW, Found, by_metric, host_options
from tests.hostile_pieces import PIECES
from tests.sshd import Keys, Sshd, sshd

ROOT = Path(__file__).parents[3]
MODULES = (
    system,
    canaries,
    services,
    clock,
    antivirus,
    logins,
    ports,
    logs,
    peripherals,
    disks,
    hardening,
    software,
    watched,
    updates,
)

SYSTEM: Mapping[str, Any] = {
    "name": "Microsoft Windows 10 专业版",
    "version": "10.0.19045",
    "boot": 1_794_900_000,
    "total": 8_000_000,
    "free": 2_000_000,
    "processors": [{"idle": 1e9, "at": 4e9}, {"idle": 1e9, "at": 4e9}],
    "paging": {"size": 4096, "used": 1024},  # a list of one, as ConvertTo-Json may write it
    "volumes": [{"id": "C:", "size": 100e9, "free": 40e9}, {"id": "D:", "size": None, "free": None}],
}
SERVICES: Mapping[str, Any] = {
    "services": [
        {"name": "Spooler", "shown": "Print Spooler", "state": "Running", "mode": "Auto", "code": 0},
        {"name": "MSSQLSERVER", "shown": "SQL Server", "state": "Stopped", "mode": "Auto", "code": 1067},
        {"name": "wuauserv", "shown": "Windows Update", "state": "Stopped", "mode": "Manual", "code": 0},
        {"name": "sppsvc", "shown": "Software Protection", "state": "Stopped", "mode": "Auto", "code": 0},
        {"name": "RemoteRegistry", "shown": "Remote Registry", "state": "Stopped", "mode": "Auto", "code": 1077},
    ],
    "broken": [{"shown": "Print Spooler"}, {"shown": "Print Spooler"}],
    "processes": ["explorer", "QueueClient"],
    "logged": 1,
}


@dataclass
class Windows:
    """`poll` lets a minute pass and gives the samples by metric and labels, by the connection that all tests have."""

    server: Sshd
    runner: asyncio.Runner
    way: SshWay
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    remarks: list[str] = field(default_factory=list)
    failure: ReachError | None = None

    def says(self, name: str, what: Mapping[str, Any] | bytes) -> None:
        kind = "raw" if isinstance(what, bytes) else "json"
        said = what if isinstance(what, bytes) else json.dumps(what, ensure_ascii=False).encode()
        self.folder.joinpath(f"{name}.{kind}").write_bytes(said)

    def complains(self, name: str, what: str, encoding: str = "utf-8") -> None:
        self.folder.joinpath(f"{name}.error").write_text(what, encoding=encoding)

    @property
    def asked(self) -> list[str]:
        """The scripts that were run since this was last looked at."""
        return [name for name, *_ in self.given]

    @property
    def given(self) -> list[list[str]]:
        """Likewise, each with what it was given."""
        found = self.folder / "asked"
        told = [json.loads(line) for line in found.read_text().splitlines()] if found.exists() else []
        found.unlink(missing_ok=True)
        return told

    def poll(self, after: float = 60.0) -> Found:
        self.at += after
        return by_metric(self.runner.run(self._collected()), COLLECTOR)

    async def _collected(self) -> list[Sample]:
        options = host_options(system="windows", **self.options)
        target = replace(self.server.target(30), options=options)
        reach: Any = Reach(*([None] * 3), ssh=self.way)  # type: ignore[arg-type]  # no other way is taken
        poll = Poll(reach, NOW + self.at, self.at, self.memory, kept=self.kept)
        self.failure = None
        samples: list[Sample] = []
        try:
            async for sample in COLLECTOR.collect(target, options, poll):
                samples.append(sample)
        except ReachError as error:
            self.failure = error
        self.remarks = [spoken(each, "en") for each in poll.remarks]
        return samples


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("windows")
    line = f"{sys.executable} -SE {ROOT}/tests/simulated_powershell.py {folder / 'said'}"
    with sshd(folder, Keys(options=(f"ForceCommand {line}",))) as server:
        yield server


@pytest.fixture(scope="module")
def connected() -> Iterator[tuple[asyncio.Runner, SshWay]]:
    """As the agent is: logged in once, for all polls."""
    with asyncio.Runner() as runner:
        way = SshWay()
        yield runner, way
        runner.run(way.close())


@pytest.fixture
def windows(server: Sshd, connected: tuple[asyncio.Runner, SshWay]) -> Windows:
    said = server.folder / "said"
    shutil.rmtree(said, ignore_errors=True)
    said.mkdir()
    host = Windows(server, *connected, said)
    host.says("system", SYSTEM)
    return host


def test_system_memory_volumes_and_start_are_told(windows: Windows) -> None:
    found = windows.poll()
    assert found["host_info"] == {("Microsoft Windows 10 专业版", "10.0.19045", "server"): 1}
    assert found["host_memory_usage_ratio"] == {(): 0.75}
    assert found["host_swap_usage_ratio"] == {(): 0.25}
    assert found["host_filesystem_usage_ratio"] == {("C:",): pytest.approx(0.6)}
    assert found["host_boot_timestamp_seconds"] == {(): 1_794_900_000}
    assert "host_cpu_usage_ratio" not in found


def test_a_volume_that_was_gone_is_another_one(windows: Windows) -> None:
    windows.poll()
    assert ("C:",) in windows.poll(86_400)["host_filesystem_time_to_full_seconds"]
    windows.says("system", {**SYSTEM, "volumes": []})
    windows.poll()
    windows.says("system", SYSTEM)
    assert "host_filesystem_time_to_full_seconds" not in windows.poll()


def test_the_processors_are_told_by_what_they_did_since_the_last_poll(windows: Windows) -> None:
    windows.poll()
    windows.says("system", {**SYSTEM, "processors": [{"idle": 1.15e9, "at": 4.6e9}, {"idle": 1.45e9, "at": 4.6e9}]})
    assert windows.poll()["host_cpu_usage_ratio"] == {(): pytest.approx(0.5)}
    # After a start the counters begin anew.
    windows.says("system", {**SYSTEM, "processors": [{"idle": 1e8, "at": 1e8}, {"idle": 1e8, "at": 1e8}]})
    assert "host_cpu_usage_ratio" not in windows.poll()


def test_services_that_run_failed_or_are_named_are_told_and_others_are_not(windows: Windows) -> None:
    windows.says("services", SERVICES)
    windows.options = {"services": ["wuauserv", "queueclient.exe", "nowhere"]}
    found = windows.poll()
    assert found["host_service_up"] == {
        ("Spooler",): 1,
        ("MSSQLSERVER",): 0,
        ("wuauserv",): 0,
        ("queueclient.exe",): 1,
        ("nowhere",): 0,
    }
    assert found["host_service_restarts"][("Spooler",)] == 2
    assert found["host_service_restarts"][("wuauserv",)] == 0


@pytest.mark.parametrize(
    ("said", "expected", "remark"),
    [
        ({"runs": 1, "leap": 0, "own": 0}, {(): 1}, None),
        ({"runs": 1, "leap": 3, "own": 0}, {(): 0}, None),
        ({"runs": 1, "leap": 0, "own": 1}, {(): 0}, "own clock only"),
        ({"runs": 0, "leap": None}, {(): 0}, "W32Time"),
        ({"runs": 1, "leap": None}, None, "no administrator"),
        ({"runs": None, "leap": None}, None, "no administrator"),
        ({"mode": "FullLanguage", "why": "Zugriff verweigert"}, None, "Zugriff verweigert"),
    ],
)
def test_a_clock_that_is_kept_right_is_told_apart(
    windows: Windows, said: Mapping[str, Any], expected: dict[tuple[str, ...], float] | None, remark: str | None
) -> None:
    windows.says("clock", said)
    assert windows.poll().get("host_clock_synchronized") == expected
    assert (
        any(remark in each for each in windows.remarks)
        if remark
        else not any("clock" in each for each in windows.remarks)
    )


def test_a_clock_that_is_off_is_told_by_what_the_round_leaves_no_doubt_of(windows: Windows) -> None:
    windows.says("clock", {"runs": 1, "leap": 0, "own": 0, "at": NOW + 1060 + 90})
    assert windows.poll()["host_clock_offset_seconds"][()] == pytest.approx(90, abs=5)
    windows.says("clock", {"runs": 1, "leap": 0, "own": 0, "at": NOW + 1360 - 90})
    assert windows.poll(300)["host_clock_offset_seconds"][()] == pytest.approx(-90, abs=5)


def test_protection_is_told_by_defender_and_by_what_registers_itself(windows: Windows) -> None:
    windows.says("antivirus", {"defender": [{"on": 1, "signatures": 1_794_950_000}], "products": []})
    found = windows.poll()
    assert found["host_antivirus_active"] == {(): 1}
    assert found["host_antivirus_signature_timestamp_seconds"] == {(): 1_794_950_000}
    product = {"name": "火绒安全软件", "state": 0x41010}  # on, signatures too old
    windows.says("antivirus", {"defender": {"on": 0, "signatures": 1}, "products": product})
    found = windows.poll(600)
    assert found["host_antivirus_active"] == {(): 1}
    assert "host_antivirus_signature_timestamp_seconds" not in found
    assert any("火绒安全软件" in each for each in windows.remarks)
    windows.says("antivirus", {"defender": [], "center": 1, "products": [{**product, "state": 0x40000}]})
    assert windows.poll(600)["host_antivirus_active"] == {(): 0}


def test_protection_that_nothing_tells_of_is_neither_there_nor_missing(windows: Windows) -> None:
    windows.says("antivirus", {"defender": [], "center": 0, "products": [], "processes": ["svchost"]})
    assert "host_antivirus_active" not in windows.poll()
    assert any("`antivirus`" in each for each in windows.remarks)
    windows.says("antivirus", {"defender": [], "center": 0, "products": [], "processes": ["svchost", "HipsDaemon"]})
    assert windows.poll(600)["host_antivirus_active"] == {(): 1}


def test_protection_that_agent_yaml_names_is_told_by_its_process_and_its_file(windows: Windows) -> None:
    windows.options = {"antivirus": {"process": "TQClient.exe", "signatures": "C:\\天擎's\\库.db"}}
    windows.says("antivirus", {"defender": [], "processes": ["tqclient"], "file": 1_794_990_000})
    found = windows.poll()
    assert ["antivirus", "C:\\天擎's\\库.db"] in windows.given
    assert found["host_antivirus_active"] == {(): 1}
    assert found["host_antivirus_signature_timestamp_seconds"] == {(): 1_794_990_000}
    windows.says("antivirus", {"defender": [{"on": 1}], "processes": "explorer"})
    assert windows.poll(600)["host_antivirus_active"] == {(): 0}


def test_logs_are_told_with_their_ends_and_the_audit_only_if_it_can_be_read(windows: Windows) -> None:
    system = {"name": "System", "on": 1, "newest": 1_794_999_000, "oldest": 1_790_000_000}
    windows.says("logs", {"logs": [system, {"name": "Security", "on": 1, "newest": None, "oldest": None}]})
    found = windows.poll()
    assert found["host_log_newest_timestamp_seconds"] == {("system",): 1_794_999_000}
    assert found["host_log_oldest_timestamp_seconds"] == {("system",): 1_790_000_000}
    assert "host_audit_active" not in found
    assert any("Event Log Readers" in each for each in windows.remarks)
    audit = {"name": "Security", "on": 1, "newest": 1_794_999_500, "oldest": 1_780_000_000}
    windows.says("logs", {"logs": [system, audit]})
    found = windows.poll(600)
    assert found["host_audit_active"] == {(): 1}
    assert found["host_audit_log_timestamp_seconds"] == {(): 1_794_999_500}


def event(id_: int, ago: float, user: str, source: str = "10.9.0.7", type_: int = 3) -> dict[str, Any]:
    return {"id": id_, "at": NOW + 1060 - ago, "user": user, "type": type_, "source": source}


def test_logins_are_told_by_source_and_those_of_administrators_apart(windows: Windows) -> None:
    guesses = [event(4625, 600 - each, "administrator") for each in range(6)]
    service = event(4624, 5, "SYSTEM", "-", 5)
    said = {"seen": 1, "from": "10.0.0.1 5 10.0.0.2 22", "administrators": [{"name": "PC1\\王工"}]}
    windows.says("logins", {**said, "events": [*guesses, event(4624, 60, "reader"), service]})
    found = windows.poll()
    assert found["host_login_failures"] == {
        ("5m", "all"): 0,
        ("5m", "same_source"): 0,
        ("1h", "all"): 6,
        ("1h", "same_source"): 6,
    }
    assert found["host_login_after_failures"] == {(): 1}
    assert found["host_login_unusual"] == {(): 0}
    windows.options = {"management": ["10.0.0.0/24"]}
    windows.says("logins", {**said, "events": [event(4624, 60, "王工", "::ffff:10.9.0.7", 10)]})
    assert windows.poll(120)["host_login_unusual"] == {(): 1}


def test_the_agents_own_logins_do_not_count(windows: Windows) -> None:
    user = windows.server.login.user
    said = {"seen": 1, "from": "10.0.0.1 5 10.0.0.2 22", "administrators": [{"name": user}]}
    own = [event(4624, 60, user.upper(), source, 8) for source in ("-", "", "10.0.0.1")]
    windows.says("logins", {**said, "events": own})
    assert windows.poll()["host_login_unusual"] == {(): 0}


def test_without_a_right_to_the_security_log_no_login_is_told(windows: Windows) -> None:
    windows.says("logins", {"seen": 0, "from": "", "administrators": [], "events": []})
    assert "host_login_failures" not in windows.poll()
    assert any("Event Log Readers" in each for each in windows.remarks)


def test_ports_that_nobody_allowed_are_told(windows: Windows) -> None:
    ports = [("0.0.0.0", 22), ("::", 445), ("127.0.0.1", 8500), ("fe80::1%5", 8080), ("0.0.0.0", 49664)]
    windows.says("ports", {"tcp": [{"address": address, "port": port} for address, port in ports]})
    assert windows.poll()["host_listening_unexpected"] == {("dangerous",): 1}
    windows.options = {"listen": [22, "49152-65535/tcp"]}
    assert windows.poll(600)["host_listening_unexpected"] == {("local",): 1, ("remote",): 1, ("dangerous",): 1}
    assert any("tcp 445, tcp 8080" in each for each in windows.remarks)


def test_peripherals_are_told_by_class_or_by_vendor_and_product(windows: Windows) -> None:
    devices = [
        {"kind": "{50DD5230-BA8A-11D1-BF5D-0000F805F530}", "id": "USB\\VID_072F&PID_90CC\\5&1", "fault": 0},
        {"kind": "{4d36e979-e325-11ce-bfc1-08002be10318}", "id": "USBPRINT\\HP1\\1", "fault": 28},
        {"kind": "{4d36e979-e325-11ce-bfc1-08002be10318}", "id": "SWD\\PRINTENUM\\PDF", "fault": 0},
        {"kind": None, "id": "USB\\VID_4C4A&PID_4155\\6&2", "fault": 0},
    ]
    windows.says("peripherals", {"devices": devices})
    windows.options = {
        "peripherals": ["card_reader", "printer", "document_camera"],
        "usb": {"document_camera": ["4c4a:4155"]},
    }
    assert windows.poll()["host_peripheral_up"] == {("card_reader",): 1, ("printer",): 0, ("document_camera",): 1}


def test_disks_are_told_by_their_health(windows: Windows) -> None:
    disks = [{"id": str(n), "name": "SSD", "health": health} for n, health in enumerate((0, 1, 2, 5))]
    windows.says("disks", {"disks": disks})
    found = windows.poll()["host_disk_state"]
    assert {disk: state for (disk, state), value in found.items() if value} == {
        "0 SSD": "ok",
        "1 SSD": "warning",
        "2 SSD": "failed",
    }


def test_updates_are_told_by_how_grave_they_are(windows: Windows) -> None:
    security = updates.CATEGORIES[0].upper()
    pending = [
        {"severity": "Critical", "released": 1_794_000_000, "categories": ""},
        {"severity": "", "released": 1_793_000_000, "categories": f"x {security}"},
        {"severity": "Low", "released": 1_700_000_000, "categories": "x"},
    ]
    looked = NOW - 86_400
    windows.says("updates", {"last": 1_792_000_000, "looked": looked, "restart": 1, "pending": pending})
    found = windows.poll()
    assert found["host_updates_pending"] == {("yes",): 2, ("no",): 1}
    assert found["host_update_last_timestamp_seconds"] == {(): 1_792_000_000}
    assert found["host_security_update_oldest_timestamp_seconds"] == {(): 1_793_000_000}
    assert any("after a restart" in each for each in windows.remarks)


@pytest.mark.parametrize("looked", [None, NOW - 30 * 86_400])
def test_that_no_update_is_pending_is_not_told_by_a_host_that_did_not_look(
    windows: Windows, looked: float | None
) -> None:
    windows.says("updates", {"last": 1_792_000_000, "looked": looked, "restart": 0, "pending": []})
    assert "host_updates_pending" not in windows.poll()
    assert any("not looked for updates" in each for each in windows.remarks)


def test_an_account_that_is_shown_no_services_does_not_make_them_fail(windows: Windows) -> None:
    windows.says("services", {"services": [], "processes": ["queueclient"], "broken": [], "logged": 0})
    windows.options = {"services": ["wuauserv", "queueclient.exe"]}
    found = windows.poll()
    assert found["host_service_up"] == {("queueclient.exe",): 1}
    assert "host_service_restarts" not in found
    assert sum("no administrator" in each for each in windows.remarks) == 2


def test_disks_that_the_account_is_not_shown_are_remarked(windows: Windows) -> None:
    windows.says("disks", {"disks": []})
    assert "host_disk_state" not in windows.poll()
    assert any("health of disks" in each for each in windows.remarks)


def test_without_the_list_of_administrators_no_login_is_called_usual(windows: Windows) -> None:
    windows.says("logins", {"seen": 1, "from": "", "administrators": [], "events": [event(4624, 60, "root", type_=10)]})
    found = windows.poll()
    assert found["host_login_after_failures"] == {(): 0}
    assert "host_login_unusual" not in found
    assert any("who is an administrator" in each for each in windows.remarks)


def test_of_more_logins_than_are_read_only_what_is_certain_is_told(windows: Windows) -> None:
    said = {"seen": 1, "from": "", "administrators": {"name": "PC1\\a"}}
    windows.says("logins", {**said, "events": [event(4625, 1, "a")] * logins.MOST + [{"id": 4625, "type": 3}]})
    found = windows.poll()
    assert found["host_login_failures"][("1h", "all")] == logins.MOST
    assert "host_login_after_failures" not in found
    assert "host_login_unusual" not in found


DIGESTS = [letter * 64 for letter in "ABCDEF"]
CANARY = "C:\\共享\\0-请勿改动's $(calc).docx"


def canary(hash_: str = "", why: str = "") -> dict[str, Any]:
    return {"files": {"at": 0, "hash": hash_, "why": why}}  # a list of one, as ConvertTo-Json may write it


def test_a_canary_is_asked_for_by_its_literal_name_and_told_when_it_is_changed_or_gone(windows: Windows) -> None:
    windows.options = {"canaries": [CANARY]}
    windows.says("canaries", canary(DIGESTS[0]))
    assert windows.poll()["host_canary_touched"] == {(): 0}
    assert ["canaries", CANARY] in windows.given
    windows.says("canaries", canary(DIGESTS[1]))
    assert windows.poll()["host_canary_touched"] == {(): 1}
    windows.says("canaries", canary(why="ObjectNotFound"))
    assert windows.poll()["host_canary_touched"] == {(): 1}
    assert any("missing" in each for each in windows.remarks)
    windows.says("canaries", canary(DIGESTS[0]))
    assert windows.poll()["host_canary_touched"] == {(): 0}


@pytest.mark.parametrize("why", ["PermissionDenied", "ReadError", "OpenError", ""])
def test_a_canary_that_cannot_be_read_is_neither_touched_nor_untouched(windows: Windows, why: str) -> None:
    windows.options = {"canaries": [CANARY]}
    windows.says("canaries", canary(DIGESTS[0]))
    windows.poll()
    windows.says("canaries", canary(why=why))
    assert "host_canary_touched" not in windows.poll()
    assert any("cannot be read" in each for each in windows.remarks)


def test_canaries_that_no_answer_came_for_are_remarked(windows: Windows) -> None:
    windows.options = {"canaries": [CANARY]}
    assert "host_canary_touched" not in windows.poll()
    assert any("canaries could not be read" in each for each in windows.remarks)


def test_a_path_that_no_file_of_windows_can_have_costs_no_reading_and_any_other_is_literal(windows: Windows) -> None:
    paths = [f"C:\\x{piece}calc" for piece in PIECES]
    possible = [path for path in paths if not set(path) & set('"<>|?*')]
    antivirus = {"process": PIECES[0], "signatures": paths[0]}
    windows.options = {"canaries": paths, "watch": paths, "services": PIECES, "antivirus": antivirus}
    assert "host_info" in windows.poll()
    given = windows.given
    assert [words for name, *words in given if name == "canaries"] == [possible]
    assert [words[0] for name, *words in given if name == "watched"] == possible
    assert [words[0] for name, *words in given if name == "extensions"] == possible
    assert ["antivirus", paths[0]] in given


def folder(*files: tuple[str, str], **said: Any) -> dict[str, Any]:
    rows = [{"path": path, "hash": digest} for path, digest in files]
    return {"reason": "", "cut": 0, "denied": 0, "files": rows, **said}


def test_a_watched_folder_is_compared_with_what_it_was(windows: Windows) -> None:
    windows.options = {"watch": ["D:\\web"]}
    page, other = "D:\\web\\index.html", "D:\\web\\a.html"
    windows.says("watched", folder((page, DIGESTS[0]), (other, DIGESTS[1])))
    assert windows.poll()["host_file_changes_unapproved"] == {(): 0}
    assert ["watched", "D:\\web", "6.0"] in windows.given
    windows.says("watched", folder((page, DIGESTS[2])))
    assert windows.poll(4000)["host_file_changes_unapproved"] == {(): 2}
    assert any(page in each and other in each for each in windows.remarks)
    # What may not be read is not called missing; what took too long is not compared at all.
    windows.says("watched", folder((page, DIGESTS[0]), denied=1))
    assert windows.poll(4000)["host_file_changes_unapproved"] == {(): 0}
    assert any("1 files or folders" in each for each in windows.remarks)
    windows.says("watched", folder((page, DIGESTS[0]), cut=1))
    assert "host_file_changes_unapproved" not in windows.poll(4000)
    assert any("holds too much" in each for each in windows.remarks)
    windows.says("watched", folder(reason="ObjectNotFound"))
    assert windows.poll(4000)["host_file_changes_unapproved"] == {(): 2}
    windows.says("watched", folder(reason="PermissionDenied"))
    assert "host_file_changes_unapproved" not in windows.poll(4000)


def names(kinds: Mapping[str, int], *notes: str, **said: Any) -> dict[str, Any]:
    rows = [{"name": name, "count": count} for name, count in kinds.items()]
    return {"reason": "", "cut": 0, "denied": 0, "kinds": rows, "notes": list(notes), **said}


def test_new_extensions_and_names_of_ransom_notes_are_told(windows: Windows) -> None:
    windows.options = {"watch": ["D:\\share"]}
    windows.says("extensions", names({".docx": 40, ".XLSX": 2}))
    found = windows.poll()
    assert found["host_new_extension_files"] == {(): 0}
    assert found["host_ransom_note_found"] == {(): 0}
    assert any(each[:2] == ["extensions", "D:\\share"] and "*RANSOM*NOTE*" in each for each in windows.given)
    windows.says("extensions", names({".DOCX": 10, ".xlsx": 2, ".locked": 70}, "D:\\share\\HOW_TO_DECRYPT.txt"))
    found = windows.poll(600)
    assert found["host_new_extension_files"] == {(): 70}
    assert found["host_ransom_note_found"] == {(): 1}
    windows.says("extensions", names({".docx": 10}, denied=3))
    found = windows.poll(600)
    assert "host_ransom_note_found" not in found
    assert found["host_new_extension_files"] == {(): 70}


def test_names_that_were_not_seen_are_remarked_and_none_is_called_new(windows: Windows) -> None:
    windows.options = {"watch": ["D:\\share"]}
    windows.says("extensions", {"why": ["拒绝访问。"], "mode": "FullLanguage"})
    found = windows.poll()
    assert "host_new_extension_files" not in found
    assert "host_ransom_note_found" not in found
    assert any("new extensions" in each and "拒绝访问。" in each for each in windows.remarks)


def test_what_a_script_complains_of_is_remarked_and_nothing_is_made_up(windows: Windows) -> None:
    names = ("services", "clock", "antivirus", "logins", "ports", "logs", "disks", "hardening", "updates")
    for name in names:
        windows.complains(name, f"{name}: 拒绝访问。")
    found = windows.poll()
    assert set(found) == {
        "host_info",
        "host_memory_usage_ratio",
        "host_swap_usage_ratio",
        "host_filesystem_usage_ratio",
        "host_boot_timestamp_seconds",
    }
    for name in names:
        assert any(f"{name}: 拒绝访问。" in each for each in windows.remarks), name


def test_a_complaint_in_the_code_page_of_chinese_windows_is_read(windows: Windows) -> None:
    windows.complains("disks", "拒绝访问。", encoding="gbk")
    windows.poll()
    assert any("拒绝访问。" in each for each in windows.remarks)


def test_what_constrained_language_refuses_is_remarked_with_the_mode(windows: Windows) -> None:
    windows.says("updates", {"why": ["Cannot create type."], "mode": "ConstrainedLanguage"})
    assert "host_updates_pending" not in windows.poll()
    assert any("Cannot create type." in each and "ConstrainedLanguage" in each for each in windows.remarks)


def test_a_powershell_that_is_too_old_is_named(windows: Windows) -> None:
    windows.says("system", b"PowerShell 2.0\r\n")
    assert windows.poll() == {}
    assert "PowerShell 2.0 is too old" in str(windows.failure)


@pytest.mark.parametrize("said", [b"", b"\xff\xfe", b"[]", b"{", b'"x"', b"{" + b" " * 400_000 + b"}", b"[" * 200_000])
def test_a_host_that_gives_nothing_of_use_is_not_read(windows: Windows, said: bytes) -> None:
    windows.says("system", said)
    assert windows.poll() == {}
    assert isinstance(windows.failure, Unanswered)
    assert windows.failure.kind == "protocol"


def test_values_that_make_no_sense_give_no_samples(windows: Windows) -> None:
    odd = b'{"name":5,"boot":"x","total":0,"free":NaN,"processors":7,"volumes":[{"id":"C:","size":1,"free":2}]}'
    windows.says("system", odd)
    assert windows.poll() == {"host_info": {("Windows", "", "server"): 1}}


def test_what_costs_more_is_asked_seldom_and_holds_in_between(windows: Windows) -> None:
    windows.says("disks", {"disks": [{"id": "0", "name": "SSD", "health": 0}]})
    assert "host_disk_state" in windows.poll()
    assert {"system", "disks", "updates"} <= set(windows.asked)
    assert "host_disk_state" in windows.poll()
    assert not {"disks", "updates"} & set(windows.asked)


def test_each_module_is_in_the_table() -> None:
    assert {module.SUBJECT for module in MODULES} | {watched.EXTENSIONS} == set(SUBJECTS)
    folder = ROOT / "collectors/host/windows"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__", "script", "terminal", "words"} == {
        module.__name__.rpartition(".")[2] for module in MODULES
    }


def test_a_remark_names_the_first_line_of_the_complaint_only() -> None:
    answer = Answer(Command(("x",)), 1, b"", b"Access\x1b[31m denied\r\nat line 1")
    for said in (script.lacking(answer, Text("某物", "x"))[language] for language in LANGUAGES):
        assert "Access[31m denied" in said
        assert "\x1b" not in said
        assert "at line" not in said
