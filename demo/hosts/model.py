"""A host: processor, memory, file systems, services, files, clock, and what becomes of them as time passes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from demo.centre.node import Node
from demo.world.active import Active

GIB = 2**30
DAY = 86400.0
FILLS, LEAKS, DRIFT = 0.01, 0.004, 95.0  # ratio a second; ratio a second; seconds
GUESSES_EVERY, MOST_GUESSES = 0.5, 400  # seconds between two failed logins; how many are logged
STARTS_IN = 30.0  # seconds until a host that has power again answers
FULL, OUT_OF_MEMORY = 0.985, 0.97
SWING = 0.5  # how far the processor's use swings, of what is used and of what is not
# What runs on every host, as `ps -o args` tells it, by the name of its service.
PROCESSES = {
    "systemd": "/usr/lib/systemd/systemd --system",
    "sshd": "/usr/sbin/sshd -D",
    "auditd": "/sbin/auditd",
    "chronyd": "/usr/sbin/chronyd",
    "clamd": "clamd",
}


@dataclass
class FileSystem:
    device: str
    mountpoint: str
    size: int
    usual: float  # ratio that is used while nothing fills it
    kind: str = "ext4"
    inodes: int = 6_000_000
    inodes_used: float = 0.06
    used: float = 0.0

    def __post_init__(self) -> None:
        self.used = self.usual


@dataclass
class Role:
    """What a host is there for: services with the processes of each, ports that it listens at, files by path."""

    services: dict[str, str]
    ports: tuple[int, ...]
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Care:
    """How a host is kept. `stopped`: programs of PROCESSES, or services, that do not run; `opened`: a port at which
    something listens that nobody planned, 0 for none; `patched`, `signatures`: days since its packages, and what
    its protection from malware knows, were last renewed."""

    stopped: set[str] = field(default_factory=set)
    opened: int = 0
    patched: float = 9.0
    signatures: float = 0.3
    root_login: bool = False
    locks_out: bool = True
    second_root: bool = False
    quiet: float = 0.0  # days since its journal was last written


@dataclass
class Host:
    """`wall` tells the right time, which `clock` may be off; faults are those of `active` that befall its id. `tree`
    stands for its file system, where it has real files."""

    node: Node
    role: Role
    active: Active
    wall: Callable[[], float] = time.time
    tree: Path | None = None
    boot: float = field(default_factory=lambda: time.time() - 41 * DAY)
    cpus: int = 4
    load: float = 0.12  # about which the processor's use swings, a ratio
    cpu: float = 0.12
    memory_total: int = 16 * GIB
    usual_memory: float = 0.46  # ratio in use while nothing leaks
    memory: float = 0.46
    care: Care = field(default_factory=Care)
    busy_seconds: float = 400_000.0
    idle_seconds: float = 13_000_000.0
    received: float = 4.2e12
    sent: float = 1.9e12
    silent_for: float = 0.0  # seconds
    drift: float = 0.0
    guesses: list[float] = field(default_factory=list)
    file_systems: list[FileSystem] = field(default_factory=list)
    _seconds: float = 0.0

    def __post_init__(self) -> None:
        self.file_systems = [
            FileSystem("/dev/sda2", "/", 100 * GIB, 0.38),
            FileSystem("/dev/md0", "/data", 2000 * GIB, 0.52),
        ]

    @property
    def clock(self) -> float:
        """What time this host thinks it is, in Unix seconds."""
        return self.wall() + self.drift

    def on(self, fault: str) -> bool:
        return self.active.on(fault, self.node.id)

    @property
    def runs(self) -> bool:
        return self.silent_for <= 0

    @property
    def programs(self) -> Mapping[str, str]:
        """Those that should run, by the names of their services; `care` says which do not."""
        return {**PROCESSES, **self.role.services}

    @property
    def processes(self) -> Sequence[str]:
        return [program for name, program in self.programs.items() if name not in self.care.stopped]

    def feed(self, fed: bool) -> None:
        """Whether it has power now; without it is off, and with it starts anew."""
        if not fed:
            self.silent_for = math.inf
        elif self.silent_for == math.inf:
            self.silent_for, self.boot = STARTS_IN, self.wall()
            self.busy_seconds = self.idle_seconds = self.received = self.sent = 0.0

    def advance(self, seconds: float) -> None:
        self.silent_for = max(0.0, self.silent_for - seconds)
        if self.runs:
            self._run(seconds)

    def _run(self, seconds: float) -> None:
        self._seconds += seconds
        self.cpu = self.load + SWING * self.load * (1 - self.load) * math.sin(self._seconds / 47)
        self.busy_seconds += seconds * self.cpus * self.cpu
        self.idle_seconds += seconds * self.cpus * (1 - self.cpu)
        self.received += seconds * 310_000
        self.sent += seconds * 140_000
        self.drift = DRIFT if self.on("clock-drift") else 0.0
        self._fill(seconds)
        self._guess()

    def _fill(self, seconds: float) -> None:
        for each in self.file_systems:
            filling = each.mountpoint == "/" and self.on("disk-filling")
            each.used = max(each.used, min(FULL, each.used + FILLS * seconds)) if filling else each.usual
        grown = max(self.memory, min(OUT_OF_MEMORY, self.memory + LEAKS * seconds))
        self.memory = grown if self.on("memory-leak") else self.usual_memory

    def _guess(self) -> None:
        """Somebody guesses passwords."""
        if self.on("brute-force") and (not self.guesses or self.wall() - self.guesses[-1] > GUESSES_EVERY):
            self.guesses = [*self.guesses[-MOST_GUESSES:], self.wall()]
        elif self.guesses and not self.on("brute-force"):
            self.guesses = []

    def file(self, path: str) -> bytes | None:
        """Files that are watched, or that others need; None if there is none."""
        content = self.role.files.get(path)
        changed = content is not None and path in CANARIES and self.on("canary-file-changed")
        return content + b"\nencrypted" if content is not None and changed else content


CANARIES = ("/data/share/0-请勿改动.docx", "/data/share/Z-请勿改动.xlsx")
SHARED = {path: f"canary {path}\n".encode() for path in CANARIES}
ROLES = {
    "acceptance-host": Role({"tomcat": "java", "nginx": "nginx"}, (22, 80, 443, 8080), SHARED),
    "database-host": Role({"postgresql": "postgres"}, (22, 5432), SHARED),
    "queue-host": Role({"queue": "java"}, (22, 80), SHARED),
    "file-host": Role({"smbd": "smbd"}, (22, 445), SHARED),
    "backup-host": Role({"cron": "cron"}, (22,), SHARED),
    "log-host": Role({"rsyslog": "rsyslogd"}, (22, 514), SHARED),
}


def role_of(node: Node) -> Role:
    return next(role for name, role in ROLES.items() if node.id.startswith(name))
