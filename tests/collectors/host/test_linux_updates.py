"""Pending updates, by recordings of our own making, and by apt where it is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from agent.core.ssh import Answer
from collectors.host.linux import updates
from collectors.host.linux.system import FOUND, RELEASE, System
from collectors.host.linux.system import told as made_of
from tests.collectors.host.hosts import NOW, Found, Recorded, Says

APT = (
    "NOTE: This is only a simulation!\nReading package lists...\n"
    "Inst libc6 [2.36-9+deb12u8] (2.36-9+deb12u9 Debian-Security:12/stable-security [amd64]) []\n"
    "Inst tzdata [2024a-0] (2024b-0 Debian:12.9/stable [all])\n"
    "Inst linux-image-new (6.1.120-1 Debian-Security:12/stable-security [amd64])\n"
    "Conf libc6 (2.36-9+deb12u9 Debian-Security:12/stable-security [amd64])\n"
)
DPKG = (
    "2026-11-01 08:00:00 upgrade curl:amd64 1 2\n2026-11-01 08:00:01 status installed curl:amd64 2\n"
    "2026-11-10 09:30:00 install vim:amd64 <none> 2\n"
)
DEBIAN: Mapping[str, Says] = {
    "dist-upgrade": APT,
    "stat -c %Y -- /var/lib/apt": f"{NOW - 90000:.0f}\n{NOW - 3600:.0f}\n",
    "date +%z": "+0800\n",
    "dpkg.log.1": 1,
    "dpkg.log": DPKG,
    "/var/lib/dpkg/info": f"{NOW - 8e6}\n{NOW - 9e6}\n",
}
WITH_APT = System(family=("debian",), programs={"apt-get": "/usr/bin/apt-get"})
KYLIN = replace(WITH_APT, family=("kylin", "debian"))
WITH_DNF = System(programs={"dnf": "/usr/bin/dnf"})


def found(says: Mapping[str, Says], system: System = WITH_APT) -> Found:
    return Recorded(updates.SUBJECT, says, system=system).poll()


def test_of_apt_pending_packages_security_and_the_last_upgrade_are_told() -> None:
    told = found(DEBIAN)
    assert told["host_updates_pending"] == {("yes",): 1, ("no",): 1}
    assert told["host_update_last_timestamp_seconds"] == {(): 1793491200}  # 2026-11-01 08:00:00 in Shanghai
    assert told["host_security_update_oldest_timestamp_seconds"] == {(): NOW + 1060}


def test_when_a_security_update_was_first_seen_outlives_the_agent_and_ends_with_it() -> None:
    host = Recorded(updates.SUBJECT, DEBIAN, system=WITH_APT)
    host.poll()
    again = Recorded(updates.SUBJECT, DEBIAN, system=WITH_APT, kept=host.kept)
    assert again.poll(86400)["host_security_update_oldest_timestamp_seconds"] == {(): NOW + 1060}
    calm = {**DEBIAN, "dist-upgrade": "Inst tzdata [1] (2 Debian:12.9/stable [all])\n"}
    assert "host_security_update_oldest_timestamp_seconds" not in again.poll(says=calm)
    assert again.poll(60)["host_security_update_oldest_timestamp_seconds"] == {(): again.epoch + again.at}


def test_a_list_of_packages_that_was_not_renewed_proves_that_none_is_pending_for_nobody() -> None:
    old = {**DEBIAN, "dist-upgrade": "", "stat -c %Y -- /var/lib/apt": f"{NOW - 9e5:.0f}\n"}
    host = Recorded(updates.SUBJECT, old, system=WITH_APT)
    assert "host_updates_pending" not in host.poll()
    assert "not renewed for a week" in host.remarks[0]
    assert found({**old, "dist-upgrade": APT})["host_updates_pending"] == {("yes",): 1, ("no",): 1}, "that is certain"


def test_without_a_log_of_dpkg_the_newest_list_of_files_tells_when_something_was_installed() -> None:
    told = found({**DEBIAN, "dpkg.log": ""})
    assert told["host_update_last_timestamp_seconds"] == {(): NOW - 8e6}


def test_of_an_archive_that_names_no_security_updates_it_is_not_said_which_are() -> None:
    plan = "Inst libc6 [1] (2 Kylin:10.1/10.1-2403-updates [arm64])\n"
    assert found({**DEBIAN, "dist-upgrade": plan}, KYLIN)["host_updates_pending"] == {("unknown",): 1}
    assert found({**DEBIAN, "dist-upgrade": ""}, KYLIN)["host_updates_pending"] == {("unknown",): 0}
    assert found(DEBIAN, KYLIN)["host_updates_pending"] == {("yes",): 1, ("no",): 1}


CHECK = (
    "\nkernel.x86_64        5.10.0-216.0.0.115.oe2203sp4     update\n"
    "openssl-libs.x86_64   1:1.1.1wa-5.oe2203sp4   update\n"
    "Obsoleting Packages\nold.noarch  1-1  update\n"
)
NOTICES = (
    "===============\n  An update for kernel\n===============\n"
    "  Update ID: openEuler-SA-2026-1001\n       Type: security\n"
    "    Updated: 2026-10-01 00:00:00\n     Severity: Important\n\n  Update ID: openEuler-SA-2026-1002\n"
    "     Issued: 2026-09-15\n    Updated: 2026-10-20\n"
)


def test_of_dnf_packages_notices_and_their_days_are_told() -> None:
    says: Mapping[str, Says] = {
        "check-update": (100, CHECK),
        "info --security": NOTICES,
        "date +%z": "+0000\n",
        "repomd.xml": f"{NOW:.0f} /var/cache/dnf/OS-1/repodata/repomd.xml\n{NOW:.0f} /x/1-updateinfo.xml.gz\n",
        "rpm -qa": f"{NOW - 5e6:.0f}\n1600000000\n",
    }
    told = found(says, WITH_DNF)
    assert told["host_updates_pending"] == {("yes",): 2, ("no",): 0}
    assert told["host_security_update_oldest_timestamp_seconds"] == {(): 1789430400}
    assert told["host_update_last_timestamp_seconds"] == {(): NOW - 5e6}
    assert found({**says, "check-update": (0, ""), "info --security": ""}, WITH_DNF)["host_updates_pending"] == {
        ("yes",): 0,
        ("no",): 0,
    }


def test_a_host_that_lets_nobody_ask_dnf_as_root_tells_only_when_it_was_last_updated() -> None:
    denied: Says = (1, "", "sudo: a password is required\n")
    says = {"check-update": denied, "updateinfo": denied, "rpm -qa": f"{NOW - 5e6:.0f}\n"}
    host = Recorded(updates.SUBJECT, says, system=WITH_DNF)
    assert set(host.poll()) == {"host_update_last_timestamp_seconds"}
    assert not host.remarks, "that it is for want of root is said by what asks"


def test_of_apk_packages_are_told_without_saying_which_close_a_hole() -> None:
    says: Mapping[str, Says] = {
        "apk --no": "Installed:      Available:\nmusl-1.2.4-r2     < 1.2.5-r0\nzlib-1.3-r0   < 1.3.1-r0\n",
        "/lib/apk/db": f"{NOW - 100:.0f}\n",
        "APKINDEX": f"{NOW - 9e5:.0f}\n{NOW - 100:.0f}\n",
    }
    alpine = System(programs={"apk": "/sbin/apk"})
    told = found(says, alpine)
    assert told["host_updates_pending"] == {("unknown",): 2}
    assert told["host_update_last_timestamp_seconds"] == {(): NOW - 100}
    unfetched: Says = (0, "Installed: Available:\n", "WARNING: opening from cache: No such file or directory\n")
    assert "host_updates_pending" not in found({**says, "apk --no": unfetched}, alpine)
    none = {**says, "apk --no": "Installed:      Available:\n"}
    assert found(none, alpine)["host_updates_pending"] == {("unknown",): 0}
    assert "host_updates_pending" not in found({**none, "APKINDEX": f"{NOW - 9e5:.0f}\n"}, alpine)


@pytest.mark.parametrize("system", [WITH_APT, WITH_DNF, System()])
def test_a_host_that_tells_nothing_gives_no_sample(system: System) -> None:
    assert not found({}, system)
    junk = dict.fromkeys(
        ("dist-upgrade", "stat", "date +", "tail", "find", "check-update", "updateinfo", "rpm"), "\udcff("
    )
    assert "host_update_last_timestamp_seconds" not in found(junk, system)


KYLIN_SERVER = 'NAME="Kylin Linux Advanced Server"\nVERSION="V10 (Lance)"\nID="kylin"\nVERSION_ID="V10"\n'
KYLIN_DESKTOP = (
    'NAME="Kylin"\nVERSION="银河麒麟桌面操作系统V10 (SP1)"\nVERSION_US="Kylin Linux Desktop V10 (SP1)"\nID=kylin\n'
    'ID_LIKE=debian\nPRETTY_NAME="Kylin V10 SP1"\nVERSION_ID="v10"\nUBUNTU_CODENAME=kylin\n'
)
UOS_SERVER = 'NAME="UnionTech OS Server 20"\nVERSION_ID="20"\nVERSION="20"\nID="uos"\nPLATFORM_ID="platform:uelc20"\n'
UOS_DESKTOP = 'PRETTY_NAME="UnionTech OS Desktop 20 Pro"\nNAME="uos"\nVERSION_ID="20"\nVERSION="20"\nID=uos\n'
OPENEULER = 'NAME="openEuler"\nVERSION="{0} (LTS-SP1)"\nID="openEuler"\nVERSION_ID="{0}"\n'


@pytest.mark.parametrize(
    ("release", "manager", "name", "version", "security"),
    [
        (KYLIN_SERVER, "dnf", "Kylin Linux Advanced Server", "V10 (Lance)", None),
        (KYLIN_DESKTOP, "apt-get", "Kylin", "银河麒麟桌面操作系统V10 (SP1)", "unknown"),
        (UOS_SERVER, "dnf", "UnionTech OS Server 20", "20", None),
        (UOS_DESKTOP, "apt-get", "uos", "20", "unknown"),
        (OPENEULER.format("22.03"), "dnf", "openEuler", "22.03 (LTS-SP1)", None),
        (OPENEULER.format("24.03"), "dnf", "openEuler", "24.03 (LTS-SP1)", None),
        ('NAME="Debian GNU/Linux"\nVERSION="12 (bookworm)"\nID=debian\n', "apt-get", "Debian GNU/Linux", None, "no"),
        ('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', "apt-get", "Ubuntu", None, "no"),
    ],
)
def test_the_release_decides_only_whether_archives_of_apt_tell_what_closes_a_hole(
    release: str, manager: str, name: str, version: str | None, security: str | None
) -> None:
    """Which program is asked follows from which is there: Kylin and UOS have one id for both families. Facts of these
    files were written down by us."""
    path = {"apt-get": "/usr/bin/apt-get", "dnf": "/usr/bin/dnf"}[manager]
    answers = [Answer(command, 0, text.encode()) for command, text in ((RELEASE, release), (FOUND, path + "\n"))]
    system = made_of(answers, System())
    assert system.name == name
    assert version is None or system.version == version
    plan = {**DEBIAN, "dist-upgrade": "Inst libc6 [1] (2 archive:10.1/10.1 [arm64])\n"}
    host = Recorded(updates.SUBJECT, plan if security else {}, system=system)
    pending = host.poll().get("host_updates_pending", {})
    assert host.asked[0].argv[0].endswith(manager)
    assert security is None or pending[security,] == 1
