"""Pending updates of a host of the family of openEuler and Kylin, by a real rpm, dnf and archive, over a real sshd."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.host.linux import updates
from tests.collectors.host.hosts import Found, Host, Recorded
from tests.collectors.host.roots import ORDINARY, linked, logged_in, need_unshare, run
from tests.collectors.host.test_linux_updates import WITH_DNF
from tests.peers import need
from tests.sshd import Sshd

OPENEULER = 'NAME="openEuler"\nVERSION="22.03 (LTS-SP4)"\nID="openEuler"\nVERSION_ID="22.03"\n'
LONG = "a-package-with-a-name-that-is-longer-than-a-column-of-dnf-is-wide-on-a-terminal"
BUILD = r"""mk() {
printf 'Summary: x\nLicense: x\nName: %s\nEpoch: %s\nVersion: %s\nRelease: %s\nBuildArch: %s\n%s\n' \
"$1" "$2" "$3" "$4" "$5" "$6" > /tmp/spec
printf '%%description\n%%files\n' >> /tmp/spec
rpmbuild -bb --quiet --target "$5" --define "_rpmdir $7" --define '_topdir /tmp/rpm' \
--define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.rpm' /tmp/spec
}
set -e
mk openssl-libs 1 1.1.1wa 4.oe2203 x86_64 "" /srv/old
mk openssl-libs 1 1.1.1wa 5.oe2203 x86_64 "" /srv/archive
mk tzdata 0 2024a 1 noarch "" /srv/old
mk tzdata 0 2024b 1 noarch "" /srv/archive
mk LONG 0 1 1 noarch "" /srv/old
mk LONG 0 2 1.oe2203 noarch "" /srv/archive
mk oldname 0 1 1 noarch "" /srv/old
mk newname 0 1 1 noarch "Obsoletes: oldname < 2" /srv/archive
rpm -i --nodeps /srv/old/*.rpm
""".replace("LONG", LONG)
PACKAGE = (
    '<package name="{0}" epoch="{1}" version="{2}" release="{3}" arch="{4}" src="x"><filename>x</filename></package>'
)
OPENSSL = PACKAGE.format("openssl-libs", 1, "1.1.1wa", "5.oe2203", "x86_64")
NOTICES = (
    '<updates><update from="x" status="stable" type="security" version="1"><id>openEuler-SA-2026-1001</id>'
    '<title>An update for openssl</title><issued date="{day}"/><updated date="{day}"/><severity>Important</severity>'
    "<description>A hole.\n  Update ID: not this\n    Updated: 2001-01-01 00:00:00</description>"
    f'<pkglist><collection short="x"><name>x</name>{OPENSSL}{{more}}</collection></pkglist></update>'
    '<update from="x" status="stable" type="bugfix" version="1"><id>openEuler-BA-2026-1002</id><title>tzdata</title>'
    '<issued date="2026-10-01 08:00:00"/><description>x</description>'
    f'<pkglist><collection short="x"><name>x</name>{PACKAGE.format("tzdata", 0, "2024b", 1, "noarch")}</collection>'
    "</pkglist></update></updates>"
)
DAY = "2026-10-20 03:04:05"
CACHED = "createrepo_c -q . && modifyrepo_c /srv/updateinfo.xml repodata && dnf -q clean all && dnf -q makecache"


@dataclass
class Rpm:
    """The host, and what its archive has."""

    root: Path
    server: Sshd

    def cache(self, day: str = DAY, more: str = "", command: str = CACHED) -> None:
        (self.root / "srv" / "updateinfo.xml").write_text(NOTICES.format(day=day, more=more))
        run(self.root, f"cd /srv/archive && {command}")

    def configure(self, skip: bool = True, archives: str = "OS") -> None:
        (self.root / "etc" / "dnf" / "dnf.conf").write_text(f"[main]\nbest=False\nskip_if_unavailable={skip}\n")
        place = self.root / "etc" / "yum.repos.d" / "os.repo"
        place.write_text(f"[{archives}]\nname=本地\nbaseurl=file:///srv/archive\ngpgcheck=0\n" if archives else "")

    def poll(self) -> tuple[Found, list[str]]:
        host = Host(self.server, epoch=time.time() - 1060, subjects=[updates.SUBJECT])
        found = host.poll()
        assert host.failure is None
        return found, host.remarks


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rpm]:
    for peer in ("rpmbuild", "dnf", "createrepo_c"):
        need(peer)
    need_unshare()
    folder = tmp_path_factory.mktemp("rpm")
    root = linked(folder / "root", OPENEULER, without=("apt", "dpkg"))
    for name in ("etc/dnf", "etc/yum.repos.d", "etc/rpm", "srv"):
        (root / name).mkdir()
    (root / "etc" / "rpm" / "macros").write_text("%_dbpath /var/lib/rpm\n")  # Debian's rpm has it in $HOME
    run(root, BUILD)
    with logged_in(folder / "sshd", root) as server:
        yield Rpm(root, server)


@pytest.fixture
def fresh(host: Rpm) -> Rpm:
    host.configure()
    host.cache()
    return host


def test_packages_those_that_close_a_hole_and_the_day_of_its_notice_are_told(fresh: Rpm) -> None:
    found, remarks = fresh.poll()
    assert found["host_updates_pending"] == {("yes",): 1, ("no",): 2}
    assert found["host_security_update_oldest_timestamp_seconds"] == {(): 1792465445}  # DAY
    ((last,),) = [found["host_update_last_timestamp_seconds"].values()]
    assert 0 <= time.time() - last < 600
    assert not remarks


def test_a_notice_for_several_packages_counts_them_all(fresh: Rpm) -> None:
    fresh.cache(more=PACKAGE.format(LONG, 0, 2, "1.oe2203", "noarch"))
    assert fresh.poll()[0]["host_updates_pending"] == {("yes",): 2, ("no",): 1}


def test_a_day_that_dnf_cannot_read_is_when_the_notice_was_first_seen(fresh: Rpm) -> None:
    fresh.cache(day="2026-10-20")  # so openEuler's own archive has it; dnf says 1970-01-01 of it
    found, _ = fresh.poll()
    ((oldest,),) = [found["host_security_update_oldest_timestamp_seconds"].values()]
    assert abs(time.time() - oldest) < 60


def test_of_an_archive_without_notices_it_is_not_said_which_close_a_hole(fresh: Rpm) -> None:
    fresh.cache(command="createrepo_c -q . && dnf -q clean all && dnf -q makecache")
    found, _ = fresh.poll()
    assert found["host_updates_pending"] == {("unknown",): 3}
    assert "host_security_update_oldest_timestamp_seconds" not in found


def test_a_host_that_has_all_updates_has_none_pending(fresh: Rpm) -> None:
    run(fresh.root, "cp -a /var/lib/rpm /srv/before && rpm -U --nodeps /srv/archive/*.rpm")
    try:
        assert fresh.poll()[0]["host_updates_pending"] == {("yes",): 0, ("no",): 0}
        lists = next((fresh.root / "var/cache/dnf").glob("*/repodata"))
        for each in lists.iterdir():
            os.utime(each, (time.time() - 9e5,) * 2)
        found, remarks = fresh.poll()
        assert "host_updates_pending" not in found, "an old list proves nothing"
        assert "not renewed for a week" in remarks[0]
        run(fresh.root, "dnf -q makecache --refresh")
        assert fresh.poll()[0]["host_updates_pending"] == {("yes",): 0, ("no",): 0}, "that it looked is seen"
    finally:
        run(fresh.root, "rm -rf /var/lib/rpm && mv /srv/before /var/lib/rpm")


def test_without_a_list_none_pending_is_not_said(fresh: Rpm) -> None:
    run(fresh.root, "rm -rf /var/cache/dnf")
    found, remarks = fresh.poll()
    assert set(found) == {"host_update_last_timestamp_seconds"}
    assert len(remarks) == 1
    assert "not renewed" in remarks[0]


def test_a_list_that_is_broken_or_not_configured_is_told(fresh: Rpm) -> None:
    fresh.configure(skip=False)
    run(fresh.root, "cd /var/cache/dnf && rm *.solv* && for each in */repodata/*primary*; do echo junk > $each; done")
    found, remarks = fresh.poll()
    assert "host_updates_pending" not in found
    assert "pending updates could not be read: Error: " in remarks[0]
    fresh.configure(archives="")
    found, remarks = fresh.poll()
    assert "host_updates_pending" not in found
    assert "no enabled repositories" in remarks[0]


def test_to_an_ordinary_account_only_the_last_update_is_told(fresh: Rpm, tmp_path: Path) -> None:
    with logged_in(tmp_path, fresh.root, ORDINARY) as server:
        found, remarks = Rpm(fresh.root, server).poll()
    assert set(found) == {"host_update_last_timestamp_seconds"}
    assert "/usr/bin/dnf -C -q check-update" in remarks[0]


def test_yum_is_the_same_program_by_another_name(fresh: Rpm) -> None:
    (fresh.root / "usr/bin/yum").symlink_to("dnf-3")
    (fresh.root / "usr/bin/dnf").rename(fresh.root / "srv/dnf")
    try:
        assert fresh.poll()[0]["host_updates_pending"] == {("yes",): 1, ("no",): 2}
    finally:
        (fresh.root / "srv/dnf").rename(fresh.root / "usr/bin/dnf")
        (fresh.root / "usr/bin/yum").unlink()


def test_a_line_that_older_ones_break_at_80_columns_is_one_package() -> None:
    """As dnf 4.14 breaks it on a terminal, and 4.2, of Kylin V10, everywhere; recorded from it."""
    check = (
        f"\n{LONG}.noarch\n                               2-1.oe2203                                OS     \n"
        "openssl-libs.x86_64            1:1.1.1wa-5.oe2203                        OS     \n"
    )
    says = {"check-update": (100, check), "repomd": f"{time.time():.0f} /var/cache/dnf/OS-1/repodata/repomd.xml\n"}
    told = Recorded(updates.SUBJECT, says, system=WITH_DNF, epoch=time.time()).poll()
    assert told["host_updates_pending"] == {("unknown",): 2}
