"""Disks, arrays, audit, protection from malware, peripherals: by recordings of our own making."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from agent.transports.ssh import rounds
from collectors.as_root import AS_ROOT
from collectors.host import linux
from collectors.host.linux import antivirus, arrays, audit, controllers, disks, peripherals
from collectors.host.linux.system import ALWAYS, PROGRAMS, Mount, System
from tests.collectors.host.hosts import NOW, Found, Recorded, Says


def smart(passed: bool | None = True, status: int = 0, **more: Any) -> str:
    said: dict[str, Any] = {"smartctl": {"exit_status": status}, **more}
    if passed is not None:
        said["smart_status"] = {"passed": passed}
    return json.dumps(said)


def attribute(number: int, raw: int) -> dict[str, Any]:
    return {"ata_smart_attributes": {"table": [{"id": 9, "raw": {"value": 5}}, {"id": number, "raw": {"value": raw}}]}}


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (smart(), "ok"),
        (smart(**attribute(5, 0)), "ok"),
        (smart(**attribute(5, 8)), "warning"),
        (smart(**attribute(197, 1)), "warning"),
        (smart(status=16), "warning"),
        (smart(False, 8), "failed"),
        (
            smart(nvme_smart_health_information_log={"critical_warning": 0, "media_errors": 0, "percentage_used": 4}),
            "ok",
        ),
        (smart(nvme_smart_health_information_log={"critical_warning": 4}), "warning"),
        (smart(nvme_smart_health_information_log={"percentage_used": 101}), "warning"),
        (smart(scsi_grown_defect_list=12), "warning"),
        (smart(None, 2), None),
        (smart(ata_smart_attributes=[1], nvme_smart_health_information_log=[]), "ok"),
        ("", None),
        ("{", None),
        ("[" * 100_000, None),
        ("null", None),
        ('{"smart_status": []}', None),
        ('{"smart_status": {"passed": "yes"}}', None),
    ],
)
def test_a_disk_is_as_smart_says(said: str, state: str | None) -> None:
    assert disks.state_of(said) == state


def test_each_disk_of_the_host_is_asked_as_root() -> None:
    system = System(programs={"smartctl": "/usr/sbin/smartctl"}, disks=("nvme0n1", "sda"))
    host = Recorded(disks.SUBJECT, {"/dev/sda": (8, smart(False, 8)), "/dev/nvme0n1": smart()}, system=system)
    found = host.poll()["host_disk_state"]
    assert {labels for labels, value in found.items() if value} == {("nvme0n1", "ok"), ("sda", "failed")}
    assert all(each.root for each in host.asked)
    denied: Says = (1, "", "sudo: a password is required\n")
    assert not Recorded(disks.SUBJECT, {"smartctl": denied}, system=system).poll()


MDSTAT = """Personalities : [raid1] [raid5]
md0 : active raid1 sdb1[1] sda1[0] sdc1[2](S)
      976630464 blocks super 1.2 [2/2] [UU]

md1 : active raid5 sdd1[3] sdb2[1]
      976630464 blocks super 1.2 [3/2] [_U_]

md2 : active raid1 sdb3[2] sda3[0]
      976630464 blocks super 1.2 [2/1] [U_]
      [==>..................]  recovery = 12.6% (123/976) finish=127.5min speed=33440K/sec

md3 : inactive sdz1[0](S)
      976630464 blocks

md4 : active (auto-read-only) raid1 sdb4[1] sda4[0]
      1 blocks [2/2] [UU]

unused devices: <none>
"""


def states(found: Found) -> dict[str, str]:
    return {labels[0]: labels[1] for labels, value in found.get("host_array_state", {}).items() if value}


def test_arrays_of_the_kernel_are_as_mdstat_says() -> None:
    found = Recorded(arrays.SUBJECT, {"/proc/mdstat": MDSTAT}).poll()
    assert states(found) == {"md0": "ok", "md1": "degraded", "md2": "rebuilding", "md3": "failed", "md4": "ok"}


def test_a_spare_that_should_be_there_and_is_not_is_told() -> None:
    config = "DEVICE partitions\nARRAY /dev/md0 metadata=1.2 spares=2 UUID=a:b\nARRAY /dev/md/4 spares=1 name=x\n"
    found = Recorded(arrays.SUBJECT, {"/proc/mdstat": MDSTAT, "/etc/mdadm/mdadm.conf": config}).poll()
    assert (states(found)["md0"], states(found)["md4"]) == ("no_spare", "no_spare")


def test_a_spare_that_only_mdadm_knows_of_is_told_by_the_next_poll_though_mdadm_is_asked_seldom() -> None:
    memory: dict[str, Any] = {}
    kernel = Recorded(arrays.SUBJECT, {"/proc/mdstat": MDSTAT}, memory=memory)
    assert states(kernel.poll())["md0"] == "ok"
    detail = {"mdadm --detail": "ARRAY /dev/md0 metadata=1.2 spares=2 UUID=a:b\n"}
    Recorded(controllers.SUBJECT, detail, system=System(programs={"mdadm": "/usr/sbin/mdadm"}), memory=memory).poll()
    assert states(kernel.poll())["md0"] == "no_spare"


def test_a_host_without_arrays_has_none() -> None:
    assert not Recorded(arrays.SUBJECT, {"/proc/mdstat": "Personalities : \nunused devices: <none>\n"}).poll()
    assert not Recorded(arrays.SUBJECT, {"/proc/mdstat": "md0 : \nmd1\n: active\n\udcff" * 50}).poll()


def test_arrays_of_a_controller_are_as_storcli_says() -> None:
    drives = [{"DG/VD": "0/0", "State": "Optl"}, {"DG/VD": "1/1", "State": "Dgrd"}, {"DG/VD": "2/2", "State": "new"}, 7]
    said = json.dumps({"Controllers": [{"Response Data": {"VD LIST": drives}}, {"Response Data": {}}, None]})
    system = System(programs={"storcli": "x"})
    assert states(Recorded(controllers.SUBJECT, {"storcli64": said}, system=system).poll()) == {
        "c0 0/0": "ok",
        "c0 1/1": "degraded",
    }
    for junk in ("", "{}", '{"Controllers": 5}', "[" * 99999):
        assert not Recorded(controllers.SUBJECT, {"storcli64": junk}, system=system).poll()


PS = "COMMAND\n/sbin/auditd\n/usr/sbin/clamd -c x\n"
WITH_AUDIT = System(programs={"auditctl": "/usr/sbin/auditctl"})


def test_the_audit_runs_with_so_many_rules_and_wrote_then() -> None:
    says: Mapping[str, Says] = {
        "ps": PS,
        "auditctl -s": "enabled 1\nfailure 1\npid 612\n",
        "auditctl -l": "-w /etc/passwd -p wa -k id\n-a always,exit -F arch=b64 -S mount\n",
        "audit.log": f"{NOW}\n",
    }
    found = Recorded(audit.SUBJECT, says, system=WITH_AUDIT).poll()
    assert {name: value[()] for name, value in found.items()} == {
        "host_audit_active": 1,
        "host_audit_rules": 2,
        "host_audit_log_timestamp_seconds": NOW,
    }
    none = {**says, "auditctl -l": "No rules\n", "auditctl -s": "enabled 0\n"}
    found = Recorded(audit.SUBJECT, none, system=WITH_AUDIT).poll()
    assert (found["host_audit_active"][()], found["host_audit_rules"][()]) == (0, 0)


def test_without_root_only_whether_the_audit_runs_is_told() -> None:
    denied: Says = (1, "", "sudo: a password is required\n")
    found = Recorded(audit.SUBJECT, {"ps": PS, "audit": denied}, system=WITH_AUDIT).poll()
    assert found == {"host_audit_active": {(): 1}}
    assert Recorded(audit.SUBJECT, {"ps": "COMMAND\ninit\n"}).poll() == {"host_audit_active": {(): 0}}
    assert not Recorded(audit.SUBJECT, {}).poll()


def test_protection_is_known_by_its_process_and_the_day_of_its_data() -> None:
    header = f"ClamAV-VDB:07 Nov 2026 09-30 +0000:27100:2065000:90:{'a' * 32}:sig:raynman:1794043800"
    found = Recorded(antivirus.SUBJECT, {"ps": PS, "daily.cvd": header.ljust(512)}).poll()
    assert found == {
        "host_antivirus_active": {(): 1},
        "host_antivirus_signature_timestamp_seconds": {(): 1794043800},
    }
    chosen = {"antivirus": {"process": "edr_agent", "signatures": "/opt/edr/db"}}
    found = Recorded(antivirus.SUBJECT, {"ps": PS, "/opt/edr/db": f"{NOW:.0f}\n"}, chosen).poll()
    assert found["host_antivirus_active"] == {(): 0}
    assert found["host_antivirus_signature_timestamp_seconds"] == {(): NOW}
    assert Recorded(antivirus.SUBJECT, {"ps": "COMMAND\ninit\n"}).poll() == {"host_antivirus_active": {(): 0}}
    assert not Recorded(antivirus.SUBJECT, {}).poll()
    assert [antivirus.built(junk) for junk in (b"", b"ClamAV-VDB", b"\xff" * 512, b"x:" * 99)] == [None] * 4


def usb(*devices: tuple[str, str, str, str]) -> str:
    lines = []
    for place, vendor, product, class_ in devices:
        folder = f"/sys/bus/usb/devices/{place}"
        lines += [
            f"{folder}/idVendor:{vendor}",
            f"{folder}/idProduct:{product}",
            f"{folder}:1.0/bInterfaceClass:{class_}",
        ]
    return "\n".join([*lines, "bad line", "/sys/bus/usb/devices/x/idVendor:zzzz"])


def test_peripherals_are_known_by_class_by_maker_or_by_what_agent_yaml_says() -> None:
    wanted = {"peripherals": ["card_reader", "document_camera", "printer"]}
    camera, reader, other = (
        ("1-1", "0bda", "5846", "0e"),
        ("1-2.4", "0400", "c35a", "00"),
        ("2-1", "04F9".lower(), "0042", "ff"),
    )
    found = Recorded(peripherals.SUBJECT, {"find": usb(camera, reader, other)}, wanted).poll()
    assert found["host_peripheral_up"] == {("card_reader",): 1, ("document_camera",): 1, ("printer",): 0}
    named = {**wanted, "usb": {"printer": ["04F9:0042"]}}
    assert Recorded(peripherals.SUBJECT, {"find": usb(other)}, named).poll()["host_peripheral_up"] == {
        ("card_reader",): 0,
        ("document_camera",): 0,
        ("printer",): 1,
    }


def test_peripherals_that_cannot_be_seen_are_not_called_missing() -> None:
    host = Recorded(peripherals.SUBJECT, {"find": 1}, {"peripherals": ["printer"]})
    assert not host.poll()
    assert host.remarks
    assert not Recorded(peripherals.SUBJECT, {"find": usb()}).poll(), "none is wanted"


def everything() -> System:
    programs = {name: next((path for path in paths if "/usr/" in path), paths[0]) for name, paths in PROGRAMS.items()}
    return System("x", "1", ("x",), programs, "10.0.0.5", (Mount("/dev/sda1", "/", "ext4", "rw"),), ("eth0",), ("sda",))


@pytest.mark.parametrize("subject", linux.SUBJECTS, ids=lambda each: each.name)
@pytest.mark.parametrize("lacking", ["", "apt-get", "dnf"])
def test_what_a_subject_runs_as_root_stands_in_the_sudoers_file_as_it_is(subject: Any, lacking: str) -> None:
    system = everything()
    for program in {"": (), "apt-get": ("apt-get",), "dnf": ("apt-get", "dnf")}[lacking]:
        del system.programs[program]
    host = Recorded(subject, {}, {"watch": ["/srv"], "canaries": ["/srv/a"], "services": ["x"]}, system)
    host.poll()
    allowed = {each.argv for each in AS_ROOT}
    assert {each.argv for each in host.asked if each.root} <= allowed


@pytest.mark.parametrize("subject", linux.SUBJECTS, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "junk", ["", "\udcff\udcfe" * 999, "x" * 65536, "a b c\n" * 999, "1\n2\n3\n", ":" * 500, "{}", "[" * 9999]
)
def test_whatever_a_host_says_costs_no_more_than_a_sample(subject: Any, junk: str) -> None:
    options = {"watch": ["/srv"], "canaries": ["/srv/a"], "services": ["x"], "peripherals": ["printer"], "listen": [22]}
    host = Recorded(subject, {"": junk}, {**options, "role": "terminal"}, everything())
    host.poll()
    host.poll()
    assert all(len(each) < 2000 for each in host.remarks)


def test_no_round_is_too_long_to_be_put_however_much_there_is_to_ask() -> None:
    paths = [f"/srv/{number}" for number in range(50)]
    options = {
        "watch": paths,
        "canaries": paths[:20],
        "services": paths,
        "peripherals": ["printer"],
        "role": "terminal",
    }
    system = everything()
    mounts = tuple(Mount(f"/dev/sd{number}", f"/mnt/{number}", "ext4", "rw") for number in range(99))
    system = replace(system, mounts=mounts, disks=tuple(f"sd{chr(97 + number)}" for number in range(26)))
    hosts = [Recorded(each, {}, options, system, memory={"forbidden": True}) for each in linux.SUBJECTS]
    for each in hosts:
        each.poll()
    heavy = [each.asked for each in hosts if each.subject.heavy]
    always = [command for each in hosts if not each.subject.every for command in each.asked]
    light = [command for each in hosts if each.subject.every and not each.subject.heavy for command in each.asked]
    for commands in (*heavy, always, light):
        rounds.prepared(list(dict.fromkeys((*ALWAYS, *commands))), "posix", 10)
