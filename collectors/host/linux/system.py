"""What a Linux host is made of, as far as other questions depend on it: release, programs, mounts, network, disks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from agent.core.ssh import Answer, Command, reading
from agent.core.text import clean

# Where a program may lie, the first that is there is taken. What runs as root has to be named whole.
PROGRAMS = {
    "apk": ("/sbin/apk",),
    "apt-get": ("/usr/bin/apt-get",),
    "auditctl": ("/usr/sbin/auditctl", "/sbin/auditctl"),
    "awk": ("/usr/bin/awk", "/bin/awk"),
    "chronyc": ("/usr/bin/chronyc",),
    "dnf": ("/usr/bin/dnf",),
    "journalctl": ("/usr/bin/journalctl", "/bin/journalctl"),
    "lastb": ("/usr/bin/lastb", "/bin/lastb"),
    "lastlog": ("/usr/bin/lastlog",),
    "loginctl": ("/usr/bin/loginctl", "/bin/loginctl"),
    "lsusb": ("/usr/bin/lsusb", "/bin/lsusb"),
    "mdadm": ("/usr/sbin/mdadm", "/sbin/mdadm"),
    "ntpq": ("/usr/bin/ntpq", "/usr/sbin/ntpq"),
    "openrc": ("/run/openrc/softlevel",),  # this file is there where OpenRC runs the machine
    "passwd": ("/usr/bin/passwd", "/bin/passwd"),
    "rc-status": ("/bin/rc-status", "/usr/bin/rc-status"),
    "sha256sum": ("/usr/bin/sha256sum", "/bin/sha256sum"),
    "smartctl": ("/usr/sbin/smartctl", "/sbin/smartctl"),
    "ss": ("/usr/bin/ss", "/usr/sbin/ss", "/bin/ss", "/sbin/ss"),
    "sshd": ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd"),
    "stat": ("/usr/bin/stat", "/bin/stat"),
    "storcli": ("/opt/MegaRAID/storcli/storcli64",),
    "systemctl": ("/usr/bin/systemctl", "/bin/systemctl"),
    "systemd": ("/run/systemd/system",),  # sd_booted(3): this folder is there where systemd runs the machine
    "timedatectl": ("/usr/bin/timedatectl", "/bin/timedatectl"),
    "usb": ("/sys/bus/usb/devices",),
    "utmp": ("/run/utmp", "/var/run/utmp"),
    "yum": ("/usr/bin/yum",),
}
OCTAL = re.compile(r"\\([0-7]{3})")  # how /proc/mounts writes blanks, newlines and backslashes
# What is no disk of its own: partitions, memory, optical media, what others are made of.
DISKS = re.compile(r"(?:sd[a-z]{1,3}|nvme\d+n\d+|hd[a-z])")
MOST_INTERFACES = 64

RELEASE = reading("/etc/os-release", 8192)
KERNEL = reading("/proc/sys/kernel/osrelease", 256)
FOUND = Command(("ls", "-d", "--", *(path for paths in PROGRAMS.values() for path in paths)), limit=8192)
CONNECTION = Command(("printenv", "SSH_CONNECTION"), limit=256)
MOUNTS = reading("/proc/mounts", 256 * 1024)
NETWORK = reading("/proc/net/dev", 128 * 1024)
PARTITIONS = reading("/proc/partitions", 64 * 1024)
ALWAYS = (MOUNTS, NETWORK, PARTITIONS)
SELDOM = (RELEASE, KERNEL, FOUND, CONNECTION)


class Mount(NamedTuple):
    """A line of /proc/mounts."""

    device: str
    mountpoint: str
    fstype: str
    opts: str


@dataclass(frozen=True)
class System:
    """`programs` are paths by the names of PROGRAMS, of those that are there; `family` are the ids of os-release, the
    own one first; `agent` is this agent's address as the host sees it."""

    name: str = ""
    version: str = ""
    family: tuple[str, ...] = ()
    programs: dict[str, str] = field(default_factory=dict)
    agent: str = ""
    mounts: tuple[Mount, ...] = ()
    interfaces: tuple[str, ...] = ()
    disks: tuple[str, ...] = ()

    def has(self, program: str) -> bool:
        return program in self.programs


def placed(command: Command, system: System) -> Command:
    """A command that names its program whole, as root's do, with the path at which this host has it."""
    for name, paths in PROGRAMS.items():
        if command.argv[0] in paths and name in system.programs:
            return replace(command, argv=(system.programs[name], *command.argv[1:]))
    return command


def told(answers: Sequence[Answer], before: System) -> System:
    """With what these answers (to commands of ALWAYS and SELDOM) say; what could not be read stays as it was."""
    system, said = before, {answer.command.argv: answer for answer in answers}
    for command, fill in FILL.items():
        answer = said.get(command.argv)
        if answer is not None and (answer.stdout or command is FOUND):
            system = fill(system, answer)
    return system


def _release(system: System, answer: Answer) -> System:
    facts = dict(_assignments(answer.text))
    name = clean(facts.get("NAME", "Linux"), 64)
    version = clean(facts.get("VERSION") or facts.get("VERSION_ID", ""), 64)
    family = (facts.get("ID", ""), *facts.get("ID_LIKE", "").split())
    return replace(system, name=name, version=version, family=tuple(clean(each, 32) for each in family if each))


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    """os-release(5): what a shell would take for assignments."""
    for line in text.splitlines():
        key, sign, value = line.partition("=")
        if sign and not key.startswith("#"):
            try:
                yield key.strip(), " ".join(shlex.split(value))
            except ValueError:
                yield key.strip(), value.strip()


def _kernel(system: System, answer: Answer) -> System:
    return replace(system, name=system.name or "Linux", version=system.version or clean(answer.text, 64))


def _programs(system: System, answer: Answer) -> System:
    there = set(answer.text.split("\n"))
    found = {name: [path for path in paths if path in there] for name, paths in PROGRAMS.items()}
    return replace(system, programs={name: paths[0] for name, paths in found.items() if paths})


def _agent(system: System, answer: Answer) -> System:
    """sshd(8): address and port of the client, address and port of the server."""
    return replace(system, agent=clean(answer.text.split(" ")[0].removeprefix("::ffff:"), 64))


def _mounts(system: System, answer: Answer) -> System:
    found = []
    for line in answer.text.split("\n"):
        words = [OCTAL.sub(lambda code: chr(int(code[1], 8)), word) for word in line.split(" ")]
        if len(words) >= len(Mount._fields) and words[1].startswith("/"):
            found.append(Mount(*words[: len(Mount._fields)]))
    return replace(system, mounts=tuple(found))


def _interfaces(system: System, answer: Answer) -> System:
    """A name has no blank and no slash (dev_valid_name() of the kernel)."""
    names = [line.rpartition(":")[0].strip() for line in answer.text.split("\n") if ":" in line]
    good = [name for name in names if name and not re.search(r"[\s/]", name) and name not in (".", "..")]
    return replace(system, interfaces=tuple(sorted(good)[:MOST_INTERFACES]))


def _disks(system: System, answer: Answer) -> System:
    names = [line.split()[-1] for line in answer.text.split("\n") if line.strip()]
    return replace(system, disks=tuple(sorted(name for name in names if DISKS.fullmatch(name))))


FILL = {
    RELEASE: _release,
    KERNEL: _kernel,
    FOUND: _programs,
    CONNECTION: _agent,
    MOUNTS: _mounts,
    NETWORK: _interfaces,
    PARTITIONS: _disks,
}
