"""What the programs of a host say, by name: of each only what can be asked of it without changing anything."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from demo.centre.plan import OWN
from demo.hosts import etc, proc
from demo.hosts.model import DAY, Host


class Ran(NamedTuple):
    status: int
    stdout: bytes = b""
    stderr: bytes = b""


Program = Callable[[Host, Sequence[str]], Ran]
PRESENT = (
    "/usr/bin/awk", "/usr/bin/chronyc", "/usr/bin/journalctl", "/usr/bin/lastb", "/usr/bin/sha256sum",
    "/usr/bin/stat", "/usr/bin/systemctl", "/usr/bin/timedatectl", "/usr/sbin/auditctl", "/usr/sbin/mdadm",
    "/usr/sbin/smartctl", "/usr/sbin/sshd", "/run/systemd/system", "/run/utmp", "/usr/bin/dnf",
)  # fmt: skip
SIGNATURES = "/var/lib/clamav/daily.cvd"
EAST = 8 * 3600
ABSENT = 127
RUNS, STOPPED = "ActiveState=active\nSubState=running\n", "ActiveState=inactive\nSubState=dead\n"


def content(host: Host, path: str) -> bytes | None:
    """Of a file; None if there is none."""
    if (own := host.file(path)) is not None:
        return own
    if path == SIGNATURES:
        return etc.signatures(host.clock - host.care.signatures * DAY).encode()
    made = proc.FILES.get(path)
    text = made(host) if made else etc.content(path, host.care)
    return None if text is None else text.encode()


def _ok(text: str) -> Ran:
    return Ran(0, text.encode())


def _missing(program: str, path: str) -> bytes:
    return f"{program}: {path}: No such file or directory\n".encode()


def _paths(argv: Sequence[str]) -> Sequence[str]:
    return argv[list(argv).index("--") + 1 :] if "--" in argv else argv[-1:]


def head(host: Host, argv: Sequence[str]) -> Ran:
    path = argv[-1]
    found = content(host, path)
    return Ran(1, stderr=_missing("head", path)) if found is None else Ran(0, found)


def ls(host: Host, argv: Sequence[str]) -> Ran:
    found = [path for path in _paths(argv) if path in PRESENT]
    return Ran(2 * (len(found) < len(_paths(argv))), "".join(f"{path}\n" for path in found).encode())


def stat(host: Host, argv: Sequence[str]) -> Ran:
    if "-f" not in argv:
        return _ok(f"{int(host.clock - 120)}\n" * len(_paths(argv)))
    for each in host.file_systems:
        if each.mountpoint == argv[-1]:
            blocks = each.size // 4096
            free, inodes = int(blocks * (1 - each.used)), each.inodes
            return _ok(f"4096 {blocks} {free} {free} {inodes} {int(inodes * (1 - each.inodes_used))}\n")
    return Ran(1, stderr=_missing("stat", argv[-1]))


def sha256sum(host: Host, argv: Sequence[str]) -> Ran:
    out, errors = "", b""
    for path in _paths(argv):
        found = content(host, path)
        if found is None:
            errors += _missing("sha256sum", path)
        else:
            out += f"{hashlib.sha256(found).hexdigest()}  {path}\n"
    return Ran(int(bool(errors)), out.encode(), errors)


def grep(host: Host, argv: Sequence[str]) -> Ran:
    """grep -H -s -e PATTERN -- FILE…, and -r of folders; with -h without the files' names."""
    place = list(argv).index("-e")
    pattern, bare = re.compile(argv[place + 1]), any("h" in each for each in argv[1:place])
    lines = [
        f"{line}\n" if bare else f"{path}:{line}\n"
        for path in _paths(argv)
        for line in (content(host, path) or b"").decode().splitlines()
        if pattern.search(line)
    ]
    return Ran(int(not lines), "".join(lines).encode())


def date(host: Host, argv: Sequence[str]) -> Ran:
    now = host.clock
    form = argv[1].removeprefix("+").replace("%s.%N", f"{now:.9f}").replace("%s", str(int(now))).replace("%z", "+0800")
    return _ok(time.strftime(form, time.gmtime(now + EAST)) + "\n")


def ps(host: Host, argv: Sequence[str]) -> Ran:
    return _ok("COMMAND\n" + "".join(f"{each}\n" for each in host.processes))


def systemctl(host: Host, argv: Sequence[str]) -> Ran:
    if "--state=failed" in argv:
        return _ok("")
    units = ("sshd", "auditd", "chronyd", *host.role.services)
    states = {unit: STOPPED if unit in host.care.stopped else RUNS for unit in units}
    blocks = (f"Id={unit}.service\nLoadState=loaded\n{state}NRestarts=0\n" for unit, state in states.items())
    return _ok("\n".join(blocks))


def chronyc(host: Host, argv: Sequence[str]) -> Ran:
    """The correction that is still to be made, which is positive where the clock is slow."""
    return _ok(
        f"0A1E0135,10.30.1.53,3,{host.clock:.9f},{-host.drift:.9f},0.000012,0.00001,-3.1,0.0,0.02,0.01,0.001,64.2,Normal\n"
    )


def journalctl(host: Host, argv: Sequence[str]) -> Ran:
    if "--list-boots" in argv:
        first, last = (
            time.strftime("%a %Y-%m-%d %H:%M:%S CST", time.gmtime(at + EAST))
            for at in (host.clock - 200 * DAY, host.clock - host.care.quiet * DAY)
        )
        return _ok(f"IDX BOOT ID FIRST ENTRY LAST ENTRY\n  0 9f6c {first} {last}\n")
    lines = (
        {
            "__REALTIME_TIMESTAMP": str(int((at + host.drift) * 1e6)),
            "MESSAGE": "Failed password for root from 10.30.3.66 port 40122 ssh2",
        }
        for at in host.guesses
    )
    return _ok("".join(json.dumps(line) + "\n" for line in lines))


def timedatectl(host: Host, argv: Sequence[str]) -> Ran:
    return _ok("System clock synchronized: yes\n") if "status" in argv else Ran(1)


def auditctl(host: Host, argv: Sequence[str]) -> Ran:
    return _ok("enabled 1\nfailure 1\n" if "-s" in argv else "-w /etc/passwd -p wa\n-w /etc/shadow -p wa\n")


def smartctl(host: Host, argv: Sequence[str]) -> Ran:
    failing = host.on("disk-degraded") and argv[-1] == "/dev/sdb"
    said = {
        "smartctl": {"exit_status": 8 if failing else 0},
        "smart_status": {"passed": not failing},
        "ata_smart_attributes": {"table": [{"id": 5, "raw": {"value": 812 if failing else 0}}]},
    }
    return Ran(8 if failing else 0, json.dumps(said).encode())


def dnf(host: Host, argv: Sequence[str]) -> Ran:
    return Ran(0)


def find(host: Host, argv: Sequence[str]) -> Ran:
    """Of the files that stand in the model, those below the folders that are named."""
    folders = [each.rstrip("/") for each in argv[1:] if each.startswith("/")]
    paths = [
        path
        for path in (*host.role.files, *etc.FILES)
        for folder in folders
        if path == folder or path.startswith(folder + "/")
    ]
    if "-name" in argv:
        shape = argv[list(argv).index("-name") + 1]
        paths = [path for path in paths if fnmatch.fnmatch(path.rpartition("/")[2], shape)]
    if "sha256sum" in argv:
        return sha256sum(host, ("sha256sum", "--", *paths)) if paths else Ran(0)
    if "stat" in argv and "/var/cache/dnf" in argv:
        return _ok(f"{int(host.clock - 3600)} /var/cache/dnf/OS/repodata/repomd.xml\n")
    return _ok("".join(f"{path}\n" for path in paths)) if "-print" in argv else Ran(0)


def identity(host: Host, argv: Sequence[str]) -> Ran:
    """id -u, id -G NAME: each account has a group of its own, and no other."""
    accounts = {line.split(":")[0]: line.split(":") for line in etc.USERS.splitlines()}
    if (found := accounts.get(argv[-1])) is None:
        return Ran(1, stderr=f"id: '{argv[-1]}': no such user\n".encode())
    return _ok(f"{found[2 if argv[1] == '-u' else 3]}\n")


def printenv(host: Host, argv: Sequence[str]) -> Ran:
    return _ok(f"{OWN} 40000 {host.node.address} 22\n")


PROGRAMS: Mapping[str, Program] = {
    "awk": lambda host, argv: _ok(etc.accounts(host.care)),
    "auditctl": auditctl,
    "cat": head,
    "chronyc": chronyc,
    "date": date,
    "dnf": dnf,
    "find": find,
    "grep": grep,
    "head": head,
    "id": identity,
    "journalctl": journalctl,
    "lastb": lambda host, argv: Ran(0),
    "ls": ls,
    "mdadm": lambda host, argv: _ok("ARRAY /dev/md0 metadata=1.2 name=md0\n"),
    "printenv": printenv,
    "ps": ps,
    "rpm": lambda host, argv: _ok(f"{int(host.clock - host.care.patched * DAY)}\n"),
    "sha256sum": sha256sum,
    "smartctl": smartctl,
    "sshd": lambda host, argv: _ok(etc.sshd(host.care)),
    "stat": stat,
    "systemctl": systemctl,
    "timedatectl": timedatectl,
    "who": lambda host, argv: Ran(0),
}


def ran(host: Host, argv: Sequence[str]) -> Ran:
    """What came of it; a program that the host does not have ends as a shell says."""
    argv = argv[2:] if argv[0] == "env" else argv
    name = argv[0].rpartition("/")[2]
    program = PROGRAMS.get(name)
    return program(host, argv) if program else Ran(ABSENT, stderr=f"sh: {name}: not found\n".encode())
