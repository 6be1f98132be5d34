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
from agent.core.text import Text, clean
from collectors.host import words
from collectors.host.linux.clock import ZONE
from collectors.host.linux.figures import number, numbers
from collectors.host.metrics import SECURITY_OLDEST, UPDATED, UPDATES
from collectors.host.subject import HOUR, Subject, Turn

LONG = 8.0  # seconds
WEEK = 7 * 86400.0

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
# What a package manager of this family keeps of its archives. Each time that it has looked, dnf sets the time of the
# list of packages (primary), yum that of repomd.xml.
CACHES = Command(
    (
        "find", "/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "-maxdepth", "5", "-type", "f",
        "(", "-name", "repomd.xml", "-o", "-name", "*primary*", "-o", "-name", "*updateinfo*", ")",
        "-exec", "stat", "-c", "%Y %n", "--", "{}", "+",
    ),
    limit=64 * 1024,
)  # fmt: skip
UPDATES_AVAILABLE = 100  # exit status of `dnf check-update`
RPM_LINE = re.compile(r"(\S+)\.(?:x86_64|aarch64|noarch|i[3-6]86|loongarch64|mips64el|sw_64|riscv64)\s+(\S+)\s+\S+\s*")
FIELD = re.compile(r"\s*(Update ID|Updated|Issued|Severity)\s*:\s*(.+)")
FIRST = 946684800.0  # 2000-01-01: of a day that it cannot read dnf says 1970-01-01

APK = Command(("apk", "--no-network", "version", "-l", "<"), limit=256 * 1024)
APK_DATABASE = Command(("stat", "-c", "%Y", "--", "/lib/apk/db/installed"), limit=64)
# The time of change: apk gives the file that of its archive.
APK_INDEXES = Command(
    (
        "find", "/var/cache/apk/", "/etc/apk/cache/", "-maxdepth", "1", "-name", "APKINDEX*",
        "-exec", "stat", "-c", "%Z", "--", "{}", "+",
    ),
    limit=4096,
)  # fmt: skip


class Pending(NamedTuple):
    """`security` of the packages close a hole, None where the source does not tell which do. `holes` are the packages,
    or the notices, that do, each with its release in Unix seconds where that is known. `fresh`: the list is young
    enough that none means none; None where it could not be asked, and then `failed` is what did not answer."""

    packages: int
    security: int | None
    holes: Mapping[str, float | None] = {}
    fresh: bool | None = True
    last: float | None = None
    failed: Answer | None = None


def ask(turn: Turn) -> Sequence[Command]:
    has = turn.system.has
    if has("apt-get"):
        return APT_ROUND
    if (tool := _red_hat(turn)) is not None:
        return (*tool, CACHES, ZONE, RPM)
    return (APK, APK_DATABASE, APK_INDEXES) if has("apk") else ()


def _red_hat(turn: Turn) -> Sequence[Command] | None:
    """Only root can see the lists that the host has fetched; an account of its own would fetch its own."""
    path = turn.system.programs.get("dnf") or turn.system.programs.get("yum")
    if path is None:
        return None
    notices = ("updateinfo", "info", "--security") if path.endswith("dnf") else ("updateinfo", "info", "security")
    asked = (("check-update",), 512), (("check-update", "--security"), 512), (notices, 1024)
    return [Command((path, "-C", "-q", *words), limit=kib * 1024, seconds=LONG, root=True) for words, kib in asked]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        turn.remarks.append(words.LACKING.format(what=words.UPDATES, why="apt-get, dnf, yum, apk"))
        return
    program = answers[0].command.argv[0].rpartition("/")[2]
    pending = READ[program](answers, turn)
    if pending.last is not None:
        yield Sample(UPDATED, min(pending.last, turn.now))
    if pending.fresh is False:
        turn.remarks.append(words.OLD_LIST)
    if pending.failed is not None:
        turn.remarks.extend(_why(pending.failed))
    if pending.security is None:
        yield from _count(pending, {"unknown": pending.packages})
        return
    yield from _count(pending, {"yes": pending.security, "no": pending.packages - pending.security})
    if pending.holes:
        yield Sample(SECURITY_OLDEST, _oldest(pending.holes, turn.kept, turn.now))
    elif pending.fresh:
        turn.kept.pop("seen", None)


def _why(failed: Answer) -> Iterator[Text]:
    """Why it gave no list; that root is wanting, or that it took too long, is said by what asks."""
    if not failed.forbidden and not failed.late:
        said = [line for line in failed.stderr.decode("utf-8", "replace").split("\n") if line.strip()]
        why = clean(said[-1], 120) if said else f"{failed.command.argv[0]}: {failed.status}"
        yield words.LACKING.format(what=words.UPDATES, why=why)


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
    last = last_upgrade("\n".join(each.text for each in logs), zone.text) or max(numbers(files.text), default=None)
    if not plan.ok:
        return Pending(0, None, {}, None, last, plan)
    found = {match[1]: match[3] for match in INST.finditer(plan.text)}
    holes: dict[str, float | None] = {name: None for name, origin in found.items() if "security" in origin.lower()}
    # Kylin and UOS, which are made of Debian, put all into one archive.
    security = len(holes) if holes or turn.system.family[:1] in TELLING else None
    return Pending(len(found), security, holes, _is_fresh(numbers(lists.text), turn), last)


def _is_fresh(renewed: Sequence[float], turn: Turn) -> bool:
    """`renewed`: when the host looked at its archives, in Unix seconds."""
    return max(renewed, default=0.0) > turn.now - WEEK


def last_upgrade(log: str, zone: str) -> float | None:
    """By what dpkg writes."""
    times = UPGRADE.findall(log)
    return _local(max(times), zone) if times else None


def _local(text: str, zone: str) -> float | None:
    """A moment that the host writes in its own time; `zone` is what date(1) says of it, like +0800."""
    match = re.match(r"([+-])(\d\d)(\d\d)", zone)
    if match is None:
        return None
    east = timedelta(hours=int(match[2]), minutes=int(match[3])) * (1 if match[1] == "+" else -1)
    try:
        return (datetime.fromisoformat(text.strip()[:19]).replace(tzinfo=UTC) - east).timestamp()
    except (ValueError, OverflowError):
        return None


def by_dnf(answers: Sequence[Answer], turn: Turn) -> Pending:
    """`check-update` ends with 100 where there are updates, with 1 where it knows no list, and with 0 as well where it
    was told to go on without one; an archive need not have notices, and then none is pending of what it has."""
    plan, secure, notices, caches, zone, packages = answers
    last = max(numbers(packages.text), default=None)
    if plan.status not in (0, UPDATES_AVAILABLE):
        return Pending(0, None, {}, None, last, plan)
    found, told = listed(plan.text), [line.partition(" ") for line in caches.text.split("\n")]
    renewed = [value for at, _, path in told if "updateinfo" not in path and (value := number(at)) is not None]
    hidden = not renewed and b"ermission denied" in caches.stderr
    fresh = None if hidden else _is_fresh(renewed, turn)
    failed = caches if hidden else None
    holes = released(notices.text, zone.text) if notices.ok else {}
    if not holes and not any("updateinfo" in path for _, _, path in told):
        return Pending(len(found), None, {}, fresh, last, failed)
    security = len(holes) if notices.ok else None
    if secure.status in (0, UPDATES_AVAILABLE):
        closing = listed(secure.text)
        security, holes = len(closing & found), holes or dict.fromkeys(sorted(closing))
    security = None if security is None else min(security, len(found))
    return Pending(len(found), security, holes, fresh, last, failed)


def listed(text: str) -> set[str]:
    """The packages of `check-update`; what is too long for its column goes on in the next line."""
    text = re.sub(r"\n[ \t]+", " ", text.partition("\nObsoleting Packages")[0])
    return {match[1] for line in text.split("\n") if (match := RPM_LINE.fullmatch(line)) is not None}


def released(text: str, zone: str) -> Mapping[str, float | None]:
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
            at = _local(match[2], zone)
            found[identity] = at if at is not None and at > FIRST else None
    return found


def by_apk(answers: Sequence[Answer], turn: Turn) -> Pending:
    """apk names no security updates. Without an index that was fetched it knows of no newer package, and says so."""
    plan, database, indexes = answers
    last = number(database.text)
    if not plan.ok:
        return Pending(0, None, {}, None, last, plan)
    fresh = b"WARNING" not in plan.stderr and _is_fresh(numbers(indexes.text), turn)
    found = [line for line in plan.text.split("\n") if re.fullmatch(r"\S+\s+<\s+\S+\s*", line)]
    return Pending(len(found), None, {}, fresh, last)


READ = {"apt-get": by_apt, "dnf": by_dnf, "yum": by_dnf, "apk": by_apk}
SUBJECT = Subject("updates", (UPDATES, UPDATED, SECURITY_OLDEST), ask, read, every=6 * HOUR, heavy=True)
