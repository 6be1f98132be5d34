"""The host's clock: as its own time service has it, else against the agent's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.host import words
from collectors.host.linux.figures import number
from collectors.host.metrics import OFFSET, SYNCHRONIZED
from collectors.host.subject import MINUTE, Subject, Turn

DATE = Command(("date", "+%s.%N"), limit=64)  # busybox may know no nanoseconds, and says whole seconds then
ZONE = Command(("date", "+%z"), limit=64)
CHRONY = Command(("chronyc", "-n", "-c", "tracking"), limit=1024)
NTP = Command(("ntpq", "-n", "-c", "rv 0 leap,stratum,offset"), limit=1024)
TIMESYNC = Command(("timedatectl", "timesync-status"), limit=4096)
SYSTEMD = Command(("timedatectl", "status"), limit=4096)
KERNEL = Command(("busybox", "adjtimex"), limit=4096)
CORRECTION, STRATUM, LEAP = 4, 2, 13  # columns of CHRONY
UNITS = {"us": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}

Told = tuple[float | None, bool | None]  # offset in seconds (the host's clock minus the right time), synchronised


def ask(turn: Turn) -> Sequence[Command]:
    """What tells most comes first; the kernel's own word is asked for where no service is there."""
    has = turn.system.has
    services = [command for program, command in (("chronyc", CHRONY), ("ntpq", NTP)) if has(program)]
    if has("timedatectl") and has("systemd"):
        services += [SYSTEMD, TIMESYNC]
    return [DATE, *(services or [KERNEL])]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    date, *services = answers
    told = [TELLS[each.command.argv](each.text) for each in services if each.ok]
    synchronized = [each for _, each in told if each is not None]
    if synchronized:
        yield Sample(SYNCHRONIZED, float(any(synchronized)))
    elif not any(each.late for each in services):
        said = [clean(each.text or each.stderr, 80) or each.command.program for each in services if not each.absent]
        why = ", ".join(said) or "chronyc, ntpq, timedatectl"
        turn.remarks.append(words.LACKING.format(what=words.TIME_SERVICE, why=why))
    offsets = [offset for offset, good in told if offset is not None and good]
    offset = offsets[0] if offsets else against_agent(date.text, turn.now, turn.waited)
    if offset is not None:
        yield Sample(OFFSET, offset)


def against_agent(date: str, began: float, waited: float) -> float | None:
    """At least so much is the host's clock off: what it said lies between the beginning and the end of the round."""
    match = re.match(r"(\d{1,12})(?:\.(\d{9}))?", date)
    if match is None:
        return None
    least = float(match[1]) + float(f"0.{match[2] or 0}")
    most = least + (0.0 if match[2] else 1.0)
    return min(0.0, most - began) + max(0.0, least - began - waited)


def by_chrony(text: str) -> Told:
    """The correction that is still to be made is positive where the clock is slow."""
    columns = text.strip().split(",")
    if len(columns) <= LEAP:
        return None, None
    good = columns[LEAP] != "Not synchronised" and number(columns[STRATUM]) not in (None, 0)
    correction = number(columns[CORRECTION])
    return (None if correction is None else -correction), good


def by_ntp(text: str) -> Told:
    """In milliseconds, positive where the clock is slow (RFC 5905: theta)."""
    facts = dict(re.findall(r"(leap|stratum|offset)=([-+.\w]{1,20})", text))
    if "leap" not in facts:
        return None, None
    good = facts["leap"] not in ("3", "11") and facts.get("stratum") not in ("0", "16", None)
    offset = number(facts.get("offset", ""))
    return (None if offset is None else -offset / 1000), good


def by_systemd(text: str) -> Told:
    match = re.search(r"(?:NTP|clock) synchronized: (yes|no)", text)
    return None, None if match is None else match[1] == "yes"


def by_timesync(text: str) -> Told:
    """`Offset: -1.234ms`: positive where the clock is slow. Absent before the first answer of a server."""
    match = re.search(r"^\s*Offset: ([-+]?)([\d.]{1,20})(us|μs|ms|s|min)\s*$", text, re.MULTILINE)
    value = None if match is None else number(match[2])
    if match is None or value is None:
        return None, None
    return (1 if match[1] == "-" else -1) * value * UNITS[match[3]], True


def by_kernel(text: str) -> Told:
    match = re.search(r"return value:\s+(\d)", text)  # 5, TIME_ERROR: nobody keeps it right
    return None, None if match is None else match[1] != "5"


TELLS = {
    CHRONY.argv: by_chrony,
    NTP.argv: by_ntp,
    SYSTEMD.argv: by_systemd,
    TIMESYNC.argv: by_timesync,
    KERNEL.argv: by_kernel,
}
SUBJECT = Subject("clock", (OFFSET, SYNCHRONIZED), ask, read, every=MINUTE)
