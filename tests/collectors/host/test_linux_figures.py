"""What /proc, mounts and interfaces say, by recordings of our own making, and by what no kernel would say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from agent.core.ssh import Answer
from collectors.host.linux import network, proc, space, system
from collectors.host.linux.figures import figures, number
from collectors.host.linux.system import Mount, System
from collectors.host.linux.window import counted
from tests.collectors.host.hosts import NOW, Recorded
from tests.collectors.host.roots import need_unshare
from tests.peers import need

STAT = "cpu  {busy} 0 0 {idle} 100 0 0 0 50 0\ncpu0 1 2 3 4\nintr 99 0 0\nbtime 1794900000\n"
MEMINFO = (
    "MemTotal:        4000000 kB\nMemFree:          500000 kB\nMemAvailable:    1000000 kB\n"
    "Buffers:          100000 kB\nCached:           600000 kB\nShmem: 200000 kB\nSReclaimable: 50000 kB\n"
    "SwapTotal:       2000000 kB\nSwapFree:        1500000 kB\n"
)
SAYS = {
    "/proc/stat": STAT.format(busy=1000, idle=9000),
    "/proc/meminfo": MEMINFO,
    "/proc/loadavg": "0.75 0.50 0.25 1/300 4242\n",
    "/proc/vmstat": "pgfault 5\noom_kill 2\n",
}


def test_processor_memory_load_and_start_are_what_proc_says() -> None:
    host = Recorded(proc.SUBJECT, SAYS, system=System("openEuler", "22.03 (LTS-SP3)"))
    first = host.poll()
    assert first["host_info"] == {("openEuler", "22.03 (LTS-SP3)", "server"): 1}
    assert first["host_load1"] == {(): 0.75}
    assert first["host_memory_usage_ratio"] == {(): 0.75}
    assert first["host_swap_usage_ratio"] == {(): 0.25}
    assert first["host_boot_timestamp_seconds"] == {(): 1794900000}
    assert "host_cpu_usage_ratio" not in first, "one reading is no difference"
    second = host.poll(says={**SAYS, "/proc/stat": STAT.format(busy=1300, idle=9600)})
    assert second["host_cpu_usage_ratio"][()] == pytest.approx(300 / 900)


def test_a_kernel_that_does_not_say_what_is_available_is_reckoned() -> None:
    old = MEMINFO.replace("MemAvailable:    1000000 kB\n", "")
    found = Recorded(proc.SUBJECT, {**SAYS, "/proc/meminfo": old}).poll()
    assert found["host_memory_usage_ratio"][()] == pytest.approx(1 - (500 + 100 + 600 + 50 - 200) / 4000)


def test_without_swap_no_use_of_it_is_told() -> None:
    found = Recorded(proc.SUBJECT, {**SAYS, "/proc/meminfo": "MemTotal: 10 kB\nMemAvailable: 5 kB\nSwapTotal: 0 kB\n"})
    assert "host_swap_usage_ratio" not in found.poll()


def test_kills_for_want_of_memory_are_those_of_the_last_day() -> None:
    host = Recorded(proc.SUBJECT, SAYS)
    host.poll()
    assert host.poll()["host_out_of_memory_kills"] == {("24h",): 2}, "the host started 26 hours ago"
    more = {**SAYS, "/proc/vmstat": "oom_kill 3\n"}
    assert host.poll(12 * 3600, more)["host_out_of_memory_kills"] == {("24h",): 3}
    assert host.poll(13 * 3600, more)["host_out_of_memory_kills"] == {("24h",): 1}
    assert host.poll(13 * 3600, more)["host_out_of_memory_kills"] == {("24h",): 0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cpu",
        "cpu a b c d e",
        "cpu  " + "9" * 400,
        "\udcff" * 20,
        "MemTotal: 0 kB\nMemAvailable: 5 kB",
        "MemTotal: 5 kB\nMemAvailable: 50 kB\nSwapTotal: 1 kB\nSwapFree: 9 kB",
        "MemTotal: nan kB\nMemAvailable: inf kB\noom_kill -1e999\nbtime 0x10",
        "btime " + "1" * 5000,
    ],
)
def test_what_no_kernel_says_gives_no_sample(text: str) -> None:
    found = Recorded(proc.SUBJECT, dict.fromkeys(SAYS, text)).poll()
    assert not found, found


def test_numbers_are_finite_and_short() -> None:
    assert number(" 12.5\n") == 12.5
    assert [number(each) for each in ("nan", "inf", "-inf", "1" * 41, "١٢", "1_0 x", "")] == [None] * 7
    assert figures("a: 1 kB\nb 2\nc=3\na: 9\n") == {"a": 1, "b": 2, "c": 3}


def test_a_counter_that_begins_anew_goes_on_being_counted() -> None:
    kept: dict[str, object] = {}
    assert counted(kept, 0, 10, 100) is None, "what was before is not known"
    assert counted(kept, 50, 12, 100) == 2, "at least so many"
    assert counted(kept, 120, 1, 100) == 3, "it began anew, and counted one"
    assert counted(kept, 160, 1, 100) == 1
    assert counted(kept, 300, 1, 100) == 0
    assert counted(kept, 10, 1, 100) is None, "the clock was set back"


def told(**says: str) -> System:
    commands = {"mounts": system.MOUNTS, "network": system.NETWORK, "partitions": system.PARTITIONS}
    commands |= {"release": system.RELEASE, "found": system.FOUND, "agent": system.CONNECTION, "kernel": system.KERNEL}
    return system.told([Answer(commands[name], 0, text.encode()) for name, text in says.items()], System())


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (
            'NAME="Debian GNU/Linux"\nVERSION="12 (bookworm)"\nID=debian\n',
            ("Debian GNU/Linux", "12 (bookworm)", "debian"),
        ),
        (
            'NAME="Kylin Linux Advanced Server"\nVERSION="V10 (Halberd)"\nID="kylin"\nVERSION_ID="V10"\n',
            ("Kylin Linux Advanced Server", "V10 (Halberd)", "kylin"),
        ),
        (
            'PRETTY_NAME="UnionTech OS Server 20"\nNAME="UOS Server 20"\nVERSION_ID="20"\nID="uos"',
            ("UOS Server 20", "20", "uos"),
        ),
        ('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\n', ("Alpine Linux", "3.20.3", "alpine")),
        ("NAME='never closed\nID=x\n", ("'never closed", "", "x")),
    ],
)
def test_the_release_is_what_os_release_says(release: str, expected: tuple[str, str, str]) -> None:
    found = told(release=release)
    assert (found.name, found.version, found.family[0]) == expected


def test_a_host_without_os_release_is_named_by_its_kernel() -> None:
    found = told(kernel="4.19.90-2003.4.0.0036.oe1.x86_64\n")
    assert (found.name, found.version) == ("Linux", "4.19.90-2003.4.0.0036.oe1.x86_64")


def test_programs_interfaces_disks_and_mounts_are_those_that_are_there() -> None:
    found = told(
        found="/usr/sbin/ss\n/usr/sbin/smartctl\n/run/systemd/system\n",
        network="Inter-|   Receive\n face |bytes\n    lo: 1 2\n  eth0: 1 2\nbr-1:0: 3 4\n a/b: 1\n",
        partitions="major minor  #blocks  name\n\n   8 0 10 sda\n   8 1 10 sda1\n 259 0 10 nvme0n1\n"
        " 253 0 5 dm-0\n  7 0 1 loop0\n",
        mounts="/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv/a\\040b\\012c ext4 rw 0 0\nnfs:/x /n nfs rw 0 0\nbad\n",
        agent="::ffff:10.0.0.5 51234 10.0.0.9 22\n",
    )
    assert found.programs == {"smartctl": "/usr/sbin/smartctl", "ss": "/usr/sbin/ss", "systemd": "/run/systemd/system"}
    assert found.interfaces == ("br-1:0", "eth0", "lo")
    assert found.disks == ("nvme0n1", "sda")
    assert [each.mountpoint for each in found.mounts] == ["/", "/srv/a b\nc", "/n"]
    assert found.agent == "10.0.0.5"


FULL = "1024 100 10 10 8 4\n"
MOUNTS = (
    Mount("/dev/sda1", "/", "ext4", "rw"),
    Mount("/dev/sdb1", "/srv/$(touch x)\n'", "xfs", "rw"),
    Mount("tmpfs", "/run", "tmpfs", "rw"),
    Mount("nas:/x", "/mnt/nas", "nfs4", "rw"),
    Mount("/dev/loop0", "/snap/core", "squashfs", "ro"),
    Mount("overlay", "/var/lib/docker/overlay2/1/merged", "overlay", "rw"),
)


def test_file_systems_are_those_that_can_fill_each_asked_by_itself() -> None:
    host = Recorded(
        space.SUBJECT,
        {"-- /srv": "4096 1000 400 300 200 50\n", "-- /": "1024 100 10 0 0 0\n"},
        system=System(mounts=MOUNTS),
    )
    found = host.poll()
    assert [each.argv[-1] for each in host.asked] == ["/", "/srv/$(touch x)\n'"]
    assert found["host_filesystem_usage_ratio"] == {("/",): 1.0, ("/srv/$(touch x) '",): 600 / 900}
    assert found["host_filesystem_inodes_usage_ratio"] == {("/srv/$(touch x) '",): 0.75}


def test_a_file_system_that_hangs_is_remarked_and_the_others_are_told() -> None:
    host = Recorded(space.SUBJECT, {"-- /srv": 124, "-- /": "1024 100 10 10 8 4\n"}, system=System(mounts=MOUNTS))
    found = host.poll()
    assert list(found["host_filesystem_usage_ratio"]) == [("/",)]


@pytest.mark.parametrize("stat", [["stat"], ["busybox", "stat"]], ids=" ".join)
def test_a_file_system_below_a_closed_folder_is_named_and_what_to_do(stat: list[str], tmp_path: Path) -> None:
    """As a real stat(1) tells an ordinary user."""
    need_unshare()
    (tmp_path / "pgsql" / "data").mkdir(parents=True)
    (tmp_path / "pgsql").chmod(0)
    try:
        argv = [*stat[1:], *space.command(str(tmp_path / "pgsql" / "data")).argv[1:]]
        done = subprocess.run(
            [need("unshare"), "-U", "--map-user=1000", "--map-group=1000", need(stat[0]), *argv],
            capture_output=True, text=True, check=False, timeout=20, env={"LC_ALL": "C"},
        )  # fmt: skip
    finally:
        (tmp_path / "pgsql").chmod(0o700)
    assert done.returncode == 1
    host = Recorded(space.SUBJECT, {"-- /srv": (1, "", done.stderr), "-- /": FULL}, system=System(mounts=MOUNTS))
    assert list(host.poll()["host_filesystem_usage_ratio"]) == [("/",)]
    (remark,) = host.remarks
    assert "/srv/$(touch x) '" in remark
    assert "Permission denied" in remark
    assert "setfacl -m u:monitor:x" in remark


def test_a_file_system_that_gives_an_error_is_remarked_and_one_that_is_gone_is_not() -> None:
    broken = "stat: cannot read file system information for '/srv/x': Input/output error\n"
    host = Recorded(space.SUBJECT, {"-- /srv": (1, "", broken), "-- /": FULL}, system=System(mounts=MOUNTS))
    host.poll()
    assert ["Input/output error" in each for each in host.remarks] == [True]
    gone = "stat: cannot read file system information for '/srv/x': No such file or directory\n"
    host.poll(says={"-- /srv": (1, "", gone), "-- /": FULL})
    assert host.remarks == []


def test_when_it_will_be_full_is_told_after_a_day() -> None:
    host = Recorded(space.SUBJECT, system=System(mounts=MOUNTS[:1]))
    for hour in range(26):
        found = host.poll(3600, {"-- /": f"1000 1000 {900 - hour} {900 - hour} 0 0\n"})
    assert found["host_filesystem_time_to_full_seconds"][("/",)] == pytest.approx(875 * 3600)


@pytest.mark.parametrize(
    "text", ["", "1 2 3", "4096 10 20 30 0 0", "a b c d e f", "1 5 -1 0 0 0", "1 5 1 1 3 4", "x" * 300]
)
def test_what_no_file_system_says_gives_no_sample(text: str) -> None:
    assert not Recorded(space.SUBJECT, {"-- /": text}, system=System(mounts=MOUNTS[:1])).poll()


NETWORK = (
    "Inter-|   Receive           |  Transmit\n face |bytes packets errs drop|bytes packets errs drop\n"
    "    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0   0   0\n"
    "  eth0:    5000      50    1    2    0     0          0         0     6000      60    3    4    0     0   0   0\n"
)
FACTS = (
    "/sys/class/net/eth0/flags:0x1003\n/sys/class/net/eth0/carrier:1\n/sys/class/net/eth0/speed:1000\n"
    "/sys/class/net/lo/flags:0x9\n/sys/class/net/lo/carrier:1\n/sys/class/net/down0/flags:0x1002\n"
)


def test_interfaces_have_state_speed_and_counters_but_loopback_has_none() -> None:
    host = Recorded(
        network.SUBJECT, {"/proc/net/dev": NETWORK, "grep": FACTS}, system=System(interfaces=("down0", "eth0", "lo"))
    )
    found = host.poll()
    assert found["interface_up"] == {("eth0",): 1, ("down0",): 0}
    assert found["interface_admin_up"] == {("eth0",): 1, ("down0",): 0}
    assert found["interface_speed_bytes"] == {("eth0",): 125e6}
    assert found["interface_receive_bytes_total"] == {("eth0",): 5000}
    assert found["interface_transmit_discards_total"] == {("eth0",): 4}


def test_a_host_without_interfaces_is_not_asked_for_any() -> None:
    host = Recorded(network.SUBJECT)
    assert not host.poll()
    assert not host.asked


def test_the_time_of_a_recording_is_what_it_says() -> None:
    assert NOW == 1_795_000_000
