"""Updates that are not installed, since when, and when the last was: apt, dnf or yum, apk.

Nothing is fetched. A list of packages that the host has not renewed for a week proves nothing: then none pending is not
said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host import words
from collectors.host.linux.figures import number
from collectors.host.metrics import SECURITY_OLDEST, UPDATED, UPDATES
from collectors.host.subject import HOUR, Subject, Turn

LONG = 8.0  # seconds
WEEK = 7 * 86400.0
ZONE = Command(("date", "+%z"), limit=64)

APT = Command(("apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"), limit=1024 * 1024, seconds=LONG)
APT_LISTS = Command(
    ("stat", "-c", "%Y", "--", "/var/lib/apt/lists", "/var/lib/apt/lists/partial", "/var/cache/apt/pkgcache.bin"),
    limit=256,
)
DPKG_LOGS = tuple(
    Command(("tail", "-n", "4000", "--", path), limit=512 * 1024)
    for path in ("/var/log/dpkg.log.1", "/var/log/dpkg.log")
)
DPKG_FILES = Command(
    ("find", "/var/lib/dpkg/info", "-maxdepth", "1", "-name", "*.list", "-printf", "%T@\\n"), limit=512 * 1024
)
APT_ROUND = (APT, APT_LISTS, ZONE, *DPKG_LOGS, DPKG_FILES)
# `Inst libc6 [2.36-9] (2.36-10 Debian-Security:12/stable-security [amd64])`; without [old] it is a new package.
INST = re.compile(r"Inst (\S+) \[[^\]]*\] \((\S+) ([^)]*)\)")
TELLING = (("debian",), ("ubuntu",))  # families whose archives of security updates are named so
UPGRADE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) upgrade ")

RPM = Command(("rpm", "-qa", "--qf", "%{INSTALLTIME}\\n"), limit=512 * 1024)
UPDATES_AVAILABLE = 100  # exit status of `dnf check-update`
RPM_LINE = re.compile(r"(\S+)\.(?:x86_64|aarch64|noarch|i686|loongarch64|mips64el|sw_64)\s+(\S+)\s+\S+\s*")
FIELD = re.compile(r"\s*(Update ID|Updated|Issued|Severity)\s*:\s*(.+)")

APK = Command(("apk", "--no-network", "version", "-l", "<"), limit=256 * 1024)
APK_DATABASE = Command(("stat", "-c", "%Y", "--", "/lib/apk/db/installed"), limit=64)


class Pending(NamedTuple):
    """`security` are the packages, or the notices, that close a hole, each with its release in Unix seconds where that
    is known, None where the source does not tell which do. `fresh`: the list is young enough that none means none; None
    where it could not be asked."""

    packages: int
    security: Mapping[str, float | None] | None
    fresh: bool | None = True
    last: float | None = None


def ask(turn: Turn) -> Sequence[Command]:
    has = turn.system.has
    if has("apt-get"):
        return APT_ROUND
    if (tool := _red_hat(turn)) is not None:
        return (*tool, RPM)
    return (APK, APK_DATABASE) if has("apk") else ()


def _red_hat(turn: Turn) -> tuple[Command, Command] | None:
    """Only root can see the lists that the host has fetched; an account of its own would fetch its own."""
    path = turn.system.programs.get("dnf") or turn.system.programs.get("yum")
    if path is None:
        return None
    notices = ("updateinfo", "info", "--security") if path.endswith("dnf") else ("updateinfo", "info", "security")
    return (
        Command((path, "-C", "-q", "check-update"), limit=512 * 1024, seconds=LONG, root=True),
        Command((path, "-C", "-q", *notices), limit=1024 * 1024, seconds=LONG, root=True),
    )


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        return
    program = answers[0].command.argv[0].rpartition("/")[2]
    pending = READ[program](answers, turn)
    if pending.last is not None:
        yield Sample(UPDATED, min(pending.last, turn.now))
    security = pending.security
    if pending.fresh is False:
        turn.remarks.append(words.OLD_LIST)
    if security is None:
        yield from _count(pending, {"unknown": pending.packages})
        return
    yield from _count(pending, {"yes": len(security), "no": pending.packages - len(security)})
    if security:
        yield Sample(SECURITY_OLDEST, _oldest(security, turn.kept, turn.now))
    elif pending.fresh:
        turn.kept.pop("seen", None)


def _count(pending: Pending, counts: Mapping[str, int]) -> Iterator[Sample]:
    for security, count in counts.items():
        if count or pending.fresh:
            yield Sample(UPDATES, float(max(0, count)), (security,))


def _oldest(security: Mapping[str, float | None], kept: Any, now: float) -> float:
    """Where the source names no day of release it is when this agent first saw it."""
    before = kept.get("seen", {})
    kept["seen"] = {name: before.get(name, now) for name in sorted(security)[:500]}
    return min(at if at is not None else kept["seen"].get(name, now) for name, at in security.items())


def by_apt(answers: Sequence[Answer], turn: Turn) -> Pending:
    plan, lists, zone, *logs, files = answers
    installed = [value for line in files.text.split("\n") if (value := number(line)) is not None]
    last = last_upgrade("\n".join(each.text for each in logs), zone.text) or max(installed, default=None)
    if not plan.ok:
        return Pending(0, {}, None, last)
    found = {match[1]: match[3] for match in INST.finditer(plan.text)}
    security: dict[str, float | None] | None = {
        name: None for name, origin in found.items() if "security" in origin.lower()
    }
    if not security and turn.system.family[:1] not in TELLING:
        security = None  # Kylin and UOS, which are made of Debian, put all into one archive
    renewed = [value for line in lists.text.split("\n") if (value := number(line)) is not None]
    return Pending(len(found), security, bool(renewed) and max(renewed) > turn.now - WEEK, last)


def last_upgrade(log: str, zone: str) -> float | None:
    """dpkg writes local time; `zone` is what date(1) says of it, like +0800."""
    match = re.match(r"([+-])(\d\d)(\d\d)", zone)
    times = UPGRADE.findall(log)
    if match is None or not times:
        return None
    east = timedelta(hours=int(match[2]), minutes=int(match[3])) * (1 if match[1] == "+" else -1)
    return (datetime.fromisoformat(max(times)).replace(tzinfo=UTC) - east).timestamp()


def by_dnf(answers: Sequence[Answer], turn: Turn) -> Pending:
    """`check-update` ends with 100 where there are updates, and with 1 where it knows no list."""
    plan, notices, packages = answers
    installed = [value for line in packages.text.split("\n") if (value := number(line)) is not None]
    last = max(installed, default=None)
    if plan.status not in (0, UPDATES_AVAILABLE):
        return Pending(0, None, None, last)
    text = plan.text.partition("\nObsoleting Packages")[0]
    found = {match[1] for line in text.split("\n") if (match := RPM_LINE.fullmatch(line)) is not None}
    return Pending(len(found), released(notices.text) if notices.ok else None, True, last)


def released(text: str) -> Mapping[str, float | None]:
    """The day of each security notice, by its number: when it was issued, else when it was last changed."""
    found: dict[str, float | None] = {}
    identity = ""
    for line in text.split("\n"):
        match = FIELD.match(line)
        if match is None:
            continue
        if match[1] == "Update ID":
            identity = match[2].strip()[:80]
            found[identity] = None
        elif match[1] in ("Issued", "Updated") and identity and found[identity] is None:
            found[identity] = _day(match[2])
    return found


def _day(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text.strip()[:19]).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def by_apk(answers: Sequence[Answer], turn: Turn) -> Pending:
    """apk names no security updates. Without an index that was fetched it knows of no newer package, and says so."""
    plan, database = answers
    last = number(database.text)
    fresh = b"WARNING" not in plan.stderr if plan.ok else None
    found = [line for line in plan.text.split("\n") if re.fullmatch(r"\S+\s+<\s+\S+\s*", line)]
    return Pending(len(found), None, fresh, last)


READ = {"apt-get": by_apt, "dnf": by_dnf, "yum": by_dnf, "apk": by_apk}
SUBJECT = Subject("updates", (UPDATES, UPDATED, SECURITY_OLDEST), ask, read, every=6 * HOUR, heavy=True)
