"""Windows hosts over a real sshd, behind which recorded answers stand for PowerShell.

The recordings are of our own making, after the documentation of the classes and commands; no real Windows was asked.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Sample
from agent.core.reach import Poll, Reach, ReachError, Unanswered
from agent.core.text import LANGUAGES, Text, spoken
from agent.transports.ssh import SshWay
from collectors.host.options import HostOptions
from collectors.host.windows import (
    COLLECTOR,
    SUBJECTS,
    antivirus,
    clock,
    disks,
    logins,
    logs,
    peripherals,
    ports,
    script,
    services,
    system,
    updates,
)
from tests.sshd import Keys, Sshd, sshd

ROOT = Path(__file__).parents[3]
NOW = 1_795_000_000.0
MODULES = (system, services, clock, antivirus, logins, ports, logs, peripherals, disks, updates)
Found = dict[str, dict[tuple[str, ...], float]]

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
}


@dataclass
class Windows:
    """`poll` lets a minute pass and gives the samples by metric and labels."""

    server: Sshd
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    remarks: list[str] = field(default_factory=list)
    failure: ReachError | None = None

    def says(self, name: str, what: Mapping[str, Any] | bytes) -> None:
        self.folder.joinpath(f"{name}.json").write_bytes(
            what if isinstance(what, bytes) else json.dumps(what, ensure_ascii=False).encode()
        )

    def complains(self, name: str, what: str) -> None:
        self.folder.joinpath(f"{name}.error").write_text(what, encoding="utf-8")

    @property
    def asked(self) -> list[str]:
        """The scripts that were run since this was last looked at."""
        found = self.folder / "asked"
        names = found.read_text().split() if found.exists() else []
        found.unlink(missing_ok=True)
        return names

    def poll(self, after: float = 60.0) -> Found:
        self.at += after
        found: Found = {}
        for metric, value, labels in asyncio.run(self._collected()):
            assert metric in COLLECTOR.metrics
            assert labels not in found.setdefault(metric.name, {}), f"{metric.name}{labels} twice"
            found[metric.name][labels] = value
        return found

    async def _collected(self) -> list[Sample]:
        fixed = {"id": "pc", "address": "127.0.0.1", "by": "ssh", "system": "windows", "credentials": "room"}
        options = HostOptions.model_validate({**fixed, **self.options})
        target = replace(self.server.target(30), options=options)
        way = SshWay()
        reach: Any = Reach(*([None] * 3), ssh=way)  # type: ignore[arg-type]  # no other way is taken
        poll = Poll(reach, NOW + self.at, self.at, self.memory)
        self.failure = None
        samples: list[Sample] = []
        try:
            async for sample in COLLECTOR.collect(target, options, poll):
                samples.append(sample)
        except ReachError as error:
            self.failure = error
        finally:
            await way.close()
        self.remarks = [spoken(each, "en") for each in poll.remarks]
        return samples


@pytest.fixture
def windows(tmp_path: Path) -> Iterator[Windows]:
    said = tmp_path / "said"
    said.mkdir()
    line = f"PYTHONPATH={ROOT} {sys.executable} {ROOT}/tests/simulated_powershell.py {said}"
    with sshd(tmp_path, Keys(options=(f"ForceCommand {line}",))) as server:
        host = Windows(server, said)
        host.says("system", SYSTEM)
        yield host


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
    ("said", "expected"),
    [
        ({"runs": 1, "leap": 0}, {(): 1}),
        ({"runs": 1, "leap": 3}, {(): 0}),
        ({"runs": 0, "leap": None}, {(): 0}),
        ({"runs": 1, "leap": None}, None),
        ({}, None),
    ],
)
def test_a_clock_that_is_kept_right_is_told_apart(
    windows: Windows, said: Mapping[str, Any], expected: dict[tuple[str, ...], float] | None
) -> None:
    windows.says("clock", said)
    assert windows.poll().get("host_clock_synchronized") == expected
    assert any("time service" in each for each in windows.remarks) == (expected is None)


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
    windows.says("antivirus", {"defender": [], "products": [{**product, "state": 0x40000}]})
    assert windows.poll(600)["host_antivirus_active"] == {(): 0}


def test_logs_are_told_with_their_ends_and_the_audit_only_if_it_can_be_read(windows: Windows) -> None:
    system = {"name": "System", "on": 1, "newest": 1_794_999_000, "oldest": 1_790_000_000}
    windows.says("logs", {"runs": 1, "logs": [system, {"name": "Security", "on": 1, "newest": None, "oldest": None}]})
    found = windows.poll()
    assert found["host_log_newest_timestamp_seconds"] == {("system",): 1_794_999_000}
    assert found["host_log_oldest_timestamp_seconds"] == {("system",): 1_790_000_000}
    assert "host_audit_active" not in found
    assert any("Event Log Readers" in each for each in windows.remarks)
    audit = {"name": "Security", "on": 1, "newest": 1_794_999_500, "oldest": 1_780_000_000}
    windows.says("logs", {"runs": 1, "logs": [system, audit]})
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
        {"kind": "SmartCardReader", "id": "USB\\VID_072F&PID_90CC\\5&1", "status": "OK"},
        {"kind": "Printer", "id": "SWD\\PRINTENUM\\1", "status": "Error"},
        {"kind": "USB", "id": "USB\\VID_4C4A&PID_4155\\6&2", "status": "OK"},
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
    windows.says("updates", {"last": 1_792_000_000, "pending": pending})
    found = windows.poll()
    assert found["host_updates_pending"] == {("yes",): 2, ("no",): 1}
    assert found["host_update_last_timestamp_seconds"] == {(): 1_792_000_000}
    assert found["host_security_update_oldest_timestamp_seconds"] == {(): 1_793_000_000}


def test_what_a_script_complains_of_is_remarked_and_nothing_is_made_up(windows: Windows) -> None:
    for name in ("services", "clock", "antivirus", "logs", "disks", "updates"):
        windows.complains(name, f"{name}: 拒绝访问。")
    found = windows.poll()
    assert set(found) == {
        "host_info",
        "host_memory_usage_ratio",
        "host_swap_usage_ratio",
        "host_filesystem_usage_ratio",
        "host_boot_timestamp_seconds",
    }
    assert sum("拒绝访问。" in each for each in windows.remarks) >= 5


@pytest.mark.parametrize("said", [b"", b"\xff\xfe", b"[]", b"{", b'"x"', b"{" + b" " * 400_000 + b"}"])
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


@pytest.mark.parametrize("command", [module.SCRIPT for module in MODULES])
def test_a_script_is_well_formed_and_holds_nothing_that_windows_would_split(command: Any) -> None:
    _, text = command.argv
    assert text.isascii()
    assert '"' not in text
    bare = re.sub(r"'[^']*'|<#.*?#>", "", text)
    opened: list[str] = []
    for sign in bare:
        if sign in "([{":
            opened.append({"(": ")", "[": "]", "{": "}"}[sign])
        elif sign in ")]}":
            assert opened.pop() == sign, text
    assert not opened
    assert len(text) < 8000


def test_each_module_is_in_the_table() -> None:
    assert [module.SUBJECT for module in MODULES] == list(SUBJECTS)
    folder = ROOT / "collectors/host/windows"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__", "script"} == {
        module.__name__.rpartition(".")[2] for module in MODULES
    }


def test_a_remark_names_the_first_line_of_the_complaint_only() -> None:
    from agent.core.ssh import Answer, Command

    answer = Answer(Command(("x",)), 1, b"", b"Access\x1b[31m denied\r\nat line 1")
    for said in (script.lacking([answer], Text("某物", "x"))[language] for language in LANGUAGES):
        assert "Access[31m denied" in said
        assert "\x1b" not in said
        assert "at line" not in said
