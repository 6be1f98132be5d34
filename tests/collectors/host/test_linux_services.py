"""Services, the clock and listening ports, by recordings of our own making, and by real tools where they are here."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from collectors.host.allowed import Listener, allowed
from collectors.host.linux import clock, ports, services
from collectors.host.linux.processes import running
from collectors.host.linux.services import by_openrc
from collectors.host.linux.system import System
from tests.collectors.host.hosts import NOW, Recorded, Says
from tests.collectors.host.test_linux_files import Real
from tests.peers import free_port, need, until
from tests.peers import running as started

SYSTEMD = System(programs={"systemd": "/run/systemd/system", "systemctl": "/usr/bin/systemctl"})


def unit(name: str, active: str = "active", sub: str = "running", restarts: object = 0, load: str = "loaded") -> str:
    return f"NRestarts={restarts}\nId={name}.service\nLoadState={load}\nActiveState={active}\nSubState={sub}\n"


UNITS = "\n".join(
    (
        unit("nginx"),
        unit("tomcat", "failed", "failed"),
        unit("app", "activating", "auto-restart", 4),
        unit("apparmor", "active", "exited"),
        unit("rsync", "inactive", "dead"),
        unit("mysql", "inactive", "dead"),
        unit("gone", "inactive", "dead", load="not-found"),
        unit("user@1000"),
        "Id=-.mount\nLoadState=loaded\nActiveState=active\n",
        unit("a\\x2db"),
    )
)
PROCESSES = (
    "COMMAND\n/sbin/init\n[kworker/0:1]\n/usr/bin/java -jar /opt/queue/queue.jar --x\nvi queue.py\n"
    "python3 /srv/sync.py\n"
)


def test_services_that_run_failed_or_are_named_are_told() -> None:
    options = {"services": ["mysql", "gone.service", "queue.jar", "nobody"]}
    found = Recorded(
        services.SUBJECT, {"systemctl show": UNITS, "list-units": "", "ps -e": PROCESSES}, options, SYSTEMD
    ).poll()
    assert found["host_service_up"] == {
        ("nginx",): 1,
        ("tomcat",): 0,
        ("app",): 0,
        ("a\\x2db",): 1,
        ("mysql",): 0,
        ("gone",): 0,
        ("queue.jar",): 1,
        ("nobody",): 0,
    }


def test_no_name_of_a_service_is_an_option_or_more_than_an_argument() -> None:
    hostile = ["--root=x", "$(touch x)", "a b;c", "../../etc/passwd"]
    host = Recorded(services.SUBJECT, {}, {"services": hostile}, SYSTEMD)
    host.poll()
    (command,) = (each for each in host.asked if each.argv[:2] == ("systemctl", "show"))
    before, after = command.argv[: command.argv.index("--")], command.argv[command.argv.index("--") + 1 :]
    assert not set(hostile) & set(before)
    assert after == ("*.service", "--root=x.service", "$(touch x).service", "a b;c.service")


def test_restarts_are_those_of_the_last_day() -> None:
    host = Recorded(services.SUBJECT, {"systemctl": unit("app", restarts=7) + "\n" + unit("calm")}, system=SYSTEMD)
    assert "host_service_restarts" not in host.poll(), "when they were is not known"
    more = {"systemctl": unit("app", restarts=9) + "\n" + unit("calm")}
    assert host.poll(3600, more)["host_service_restarts"] == {("app",): 2}
    found = host.poll(23 * 3600, more)["host_service_restarts"]
    assert found == {("app",): 2, ("calm",): 0}
    assert host.poll(3600, more)["host_service_restarts"] == {("app",): 0, ("calm",): 0}


def test_openrc_tells_what_is_started_crashed_and_begun_anew() -> None:
    """Recorded from OpenRC 0.45, but for what crashed: bad failed to start, super was begun anew twice."""
    said = (
        "Runlevel: boot\nRunlevel: shutdown\n"
        " killprocs                                                         [  stopped  ]\nRunlevel: default\n"
        " bad                                                               [  stopped  ]\n"
        " super                                                 [  started 00:00:01 (2) ]\n"
        " sshd                                                              [  started  ]\n"
        " crond                                                             [  crashed  ]\n"
        "Runlevel: nonetwork\n bad                                                               [  stopped  ]\n"
        "Dynamic Runlevel: hotplugged\nDynamic Runlevel: needed/wanted\nDynamic Runlevel: manual\n"
        " backup                                                            [  stopped  ]\n"
    )
    found = by_openrc(said)
    assert {name: each.up for name, each in found.items()} == {
        "killprocs": None,
        "bad": False,
        "super": True,
        "sshd": True,
        "crond": False,
        "backup": None,
    }
    assert found["super"].restarts == 2
    alpine = System(programs={"rc-status": "x", "openrc": "/run/openrc/softlevel"})
    host = Recorded(services.SUBJECT, {"rc-status": said}, {"services": ["backup"]}, alpine)
    assert host.poll()["host_service_up"] == {
        ("bad",): 0,
        ("super",): 1,
        ("sshd",): 1,
        ("crond",): 0,
        ("backup",): 0,
    }


def test_where_openrc_does_not_run_the_machine_its_services_are_no_matter() -> None:
    """As in a container: it says that all are stopped, and ends well."""
    says: dict[str, Says] = {"ps -e": PROCESSES, "rc-status": "Runlevel: default\n sshd       [  stopped  ]\n"}
    host = Recorded(services.SUBJECT, says, {"services": ["queue.jar"]}, System(programs={"rc-status": "x"}))
    assert host.poll()["host_service_up"] == {("queue.jar",): 1}


def test_a_host_that_cannot_tell_its_services_gives_none() -> None:
    assert not Recorded(services.SUBJECT, {"systemctl": (1, "", "System has not been booted")}, system=SYSTEMD).poll()
    named = Recorded(services.SUBJECT, {}, {"services": ["nginx"]})
    assert not named.poll(), "not known is not down"


def test_a_named_service_of_which_not_all_was_told_is_not_called_down() -> None:
    options = {"services": ["nginx.service", "queue.jar", "nobody"]}
    host = Recorded(services.SUBJECT, {"ps -e": PROCESSES}, options, SYSTEMD)
    assert host.poll()["host_service_up"] == {("queue.jar",): 1}, "systemctl did not answer"
    assert host.remarks
    host = Recorded(services.SUBJECT, {"systemctl": UNITS}, options, SYSTEMD)
    found = host.poll()["host_service_up"]
    assert (found[("nginx",)], ("nobody",) in found) == (1, False)


@pytest.mark.parametrize("tool", ["procps", "busybox"])
def test_a_service_with_a_chinese_name_that_runs_is_up(
    tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of this machine's own processes, in the locale of a round, whatever width the login sets."""
    monkeypatch.setenv("COLUMNS", "40")
    if tool == "busybox":
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "ps").symlink_to(need("busybox"))
    program = tmp_path / "队列服务"
    shutil.copy(need("sleep"), program)
    host = Real(services.SUBJECT, options={"services": ["队列服务", "登录服务"]})
    host.busybox = tmp_path / "bin"
    with subprocess.Popen([program, "60"]) as child:
        try:
            assert host.poll()["host_service_up"] == {("队列服务",): 1, ("登录服务",): 0}
        finally:
            child.kill()


def test_a_host_that_lists_no_chinese_does_not_tell_which_of_two_services_runs() -> None:
    said = {"ps -e": "COMMAND\n/opt/" + "?" * 12 + " -d\n"}
    host = Recorded(services.SUBJECT, said, {"services": ["队列服务", "打印"]})
    assert host.poll()["host_service_up"] == {("打印",): 0}
    assert any("队列服务" in each and "C.UTF-8" in each for each in host.remarks)


def test_a_process_is_known_by_its_program_and_by_what_an_interpreter_was_given() -> None:
    found = running(PROCESSES)
    assert {"init", "queue.jar", "sync.py", "vi"} <= found
    assert "queue.py" not in found, "that is a text being edited"


def offset(says: dict[str, str], *programs: str, waited: float = 0.0) -> dict[str, float]:
    system = System(programs={each: each for each in programs})
    found = Recorded(clock.SUBJECT, says, system=system, waited=waited).poll()
    return {name: value[()] for name, value in found.items()}


CHRONY = "0A010001,10.1.0.1,3,{at}.0,{correction},0.000002,0.00001,1.5,0.0,0.1,0.02,0.001,64.2,{leap}\n"
AT = NOW + 1060


def chrony(correction: float = 0.25, leap: str = "Normal") -> str:
    return CHRONY.format(at=AT, correction=f"{correction:.9f}", leap=leap)


def test_the_clock_is_as_the_time_service_has_it() -> None:
    right = {"date +": f"{AT:.0f}.000000000\n"}
    found = offset({**right, "chronyc": chrony()}, "chronyc")
    assert found == {"host_clock_synchronized": 1, "host_clock_offset_seconds": -0.25}
    found = offset({**right, "ntpq": "leap=0, stratum=3, offset=-12.5\n"}, "ntpq")
    assert found == {"host_clock_synchronized": 1, "host_clock_offset_seconds": 0.0125}
    timesync = {"timedatectl status": "System clock synchronized: yes\n", "timesync-status": "  Offset: +1.500ms\n"}
    found = offset({**right, **timesync}, "timedatectl", "systemd")
    assert found == {"host_clock_synchronized": 1, "host_clock_offset_seconds": -0.0015}
    found = offset({**right, "adjtimex": "    return value:    5 (clock not synchronized)\n"})
    assert found == {"host_clock_synchronized": 0, "host_clock_offset_seconds": 0}


def test_a_service_that_is_not_synchronised_is_not_believed() -> None:
    wrong = {"date +": f"{AT + 400:.0f}.500000000\n"}
    found = offset({**wrong, "chronyc": chrony(0.0, "Not synchronised")}, "chronyc")
    assert found == {"host_clock_synchronized": 0, "host_clock_offset_seconds": 400.5}
    assert offset({**wrong, "chronyc": (1, "506 Cannot talk to daemon\n")}, "chronyc") == {  # type: ignore[dict-item]
        "host_clock_offset_seconds": 400.5
    }


@pytest.mark.parametrize(
    ("date", "waited", "expected"),
    [
        (f"{AT:.0f}.000000000", 0.0, 0.0),
        (f"{AT + 2:.0f}.000000000", 5.0, 0.0),  # the round took five seconds: it may have been asked at the end
        (f"{AT + 8:.0f}.000000000", 5.0, 3.0),
        (f"{AT - 3:.0f}.000000000", 5.0, -3.0),
        (f"{AT - 3:.0f}", 0.0, -2.0),  # busybox says whole seconds: it may be all of one later
        (f"{AT:.0f}.%N", 0.0, 0.0),
        ("", 0.0, None),
        ("Tue", 0.0, None),
        ("9" * 40, 0.0, 999999999999 - AT),
    ],
)
def test_against_the_agents_clock_no_more_is_said_than_is_certain(
    date: str, waited: float, expected: float | None
) -> None:
    found = offset({"date +": date}, waited=waited)
    assert found.get("host_clock_offset_seconds") == expected


def test_a_real_chronyd_is_understood(tmp_path: Path) -> None:
    conf, port = tmp_path / "c", free_port(socket.SOCK_DGRAM)
    conf.write_text(f"local stratum 8\nbindcmdaddress 127.0.0.1\ncmdport {port}\npidfile {tmp_path}/pid\nport 0\n")
    with started([need("chronyd"), "-d", "-x", "-U", "-f", str(conf)], tmp_path / "log"):
        argv = ["chronyc", "-h", "127.0.0.1", "-p", str(port), "-n", "-c", "tracking"]
        until(lambda: subprocess.run(argv, capture_output=True, check=False).returncode == 0, why="chronyd answers")
        said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    correction, synchronized = clock.by_chrony(said)
    assert synchronized
    assert correction == pytest.approx(0, abs=0.01)


TABLE = "  sl  local_address rem_address   st tx_queue rx_queue\n"
TCP = TABLE + (
    "   0: 0100007F:0CEA 00000000:0000 0A 0 0\n   1: 00000000:0016 00000000:0000 0A 0 0\n"
    "   2: 0900000A:0016 0500000A:C350 01 0 0\n   3: 00000000:18EB 00000000:0000 0A 0 0\n"
)
TCP6 = (
    TABLE
    + "   0: 00000000000000000000000000000000:0016 0:0 0A 0\n   1: 00000000000000000000000001000000:0019 0:0 0A 0\n"
)
UDP = (
    TABLE
    + "   0: 00000000:0045 00000000:0000 07 0\n   1: 00000000:9C40 00000000:0000 07 0\n   2: 00000000:007B 0:0 07 0\n"
)
NETS = {
    "/proc/net/tcp6": TCP6,
    "/proc/net/tcp": TCP,
    "/proc/net/udp6": TABLE,
    "/proc/net/udp": UDP,
    "range": "32768 60999\n",
}


def test_ports_beyond_the_list_are_counted_by_who_can_reach_them() -> None:
    host = Recorded(ports.SUBJECT, NETS, {"listen": [22, "123/udp"]})
    assert host.poll()["host_listening_unexpected"] == {("local",): 2, ("remote",): 0, ("dangerous",): 2}
    (remark,) = host.remarks
    assert "tcp 6379, udp 69" in remark
    host = Recorded(ports.SUBJECT, NETS, {"listen": ["1-65535"]})
    assert host.poll()["host_listening_unexpected"] == {("local",): 0, ("remote",): 0, ("dangerous",): 0}
    assert not host.remarks


def test_without_a_list_only_what_is_dangerous_is_told() -> None:
    assert Recorded(ports.SUBJECT, NETS).poll()["host_listening_unexpected"] == {("dangerous",): 2}


def test_a_host_whose_ports_cannot_be_seen_gives_no_count() -> None:
    assert not Recorded(ports.SUBJECT, {}, {"listen": [22]}).poll()


def test_a_port_that_listens_here_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as v4, socket.create_server(("::1", 0), family=socket.AF_INET6) as v6:
        found = {
            each for name in ("tcp", "tcp6") for each in ports.listeners(Path(f"/proc/net/{name}").read_text(), "tcp")
        }
        assert Listener("tcp", "127.0.0.1", v4.getsockname()[1]) in found
        assert Listener("tcp", "::1", v6.getsockname()[1]) in found


@pytest.mark.parametrize("text", ["", "0", "65536", "22/sctp", "10-5", "-1", "22 ; x", "٢٢", "1-2-3"])
def test_what_is_no_port_is_refused(text: str) -> None:
    assert allowed(text) is None
