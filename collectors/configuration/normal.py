"""The normal form of a configuration: without what a device changes by itself, with masks for secrets. Pure.

Two texts of one configuration have one normal form, so that its hash tells whether something was changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import category

from agent.core.configurations import MASK, MASKED
from agent.core.console import Family
from collectors.configuration.secrets import masked

RULES = 3  # of these rules and those of `secrets`: another number whenever anything has another normal form than before
LONGEST = 2000  # characters of a line that are kept


@dataclass(frozen=True, slots=True)
class Habits:
    """`passing`: lines that come and go; `loose`: lines whose order among their like means nothing, and which devices
    shuffle; `rule`: what only divides sections."""

    passing: re.Pattern[str]
    loose: tuple[re.Pattern[str], ...]
    rule: str


# A message of the device's log that came in between, and what is left of a page break.
_VRP_LOG = r"(?:[#*]?[A-Z][a-z]{2} +\d+ \d{4} \d\d:\d\d:\d\d\S* \S+ (?:%%\d\d\S+|\S+/\d/\S+).*)"
_COMWARE_LOG = r"(?:(?:%@\d+)?[%#*][A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d\S* \d{4} \S+ \S+/\d/\S+.*)"
_IOS_LOG = (
    r"(?:(?:\d+: )?(?:[*.]?[A-Z][a-z]{2} +\d+ (?:\d{4} )?\d\d:\d\d:\d\d\S*(?: [A-Z]{3,5})?"
    r"|(?:\d+[ywdh]){2}|\d\d:\d\d:\d\d)"
    r": (?:\S+ )?%[A-Z0-9_-]+-\d-[A-Z0-9_]+: .*)"
)
_BREAK = r"(?:\s*-{2,5} ?[Mm]ore\b.{0,40})"
_VRP = Habits(
    passing=re.compile(
        r"!\s*(?:Last configuration was|MKHash|Cfg(?:File)?(?:Crc|Sha\d*|Hash)|RunningCfgCrc|Time:).*"
        rf"|{_VRP_LOG}|{_BREAK}",
        re.IGNORECASE,
    ),
    loose=tuple(
        map(
            re.compile,
            (
                r" ?snmp-agent ",
                r" local-user \S+ ",
                r" ?ntp-service (?:unicast-server|unicast-peer|server) ",
                r" ?info-center loghost ",
                r" ?ip route-static ",
                r" ?arp static ",
            ),
        )
    ),
    rule="#",
)
_COMWARE = Habits(
    passing=re.compile(
        rf"[!#] ?(?:Last|Current|Saved) configuration.*|{_COMWARE_LOG}|{_VRP_LOG}|{_BREAK}", re.IGNORECASE
    ),
    loose=_VRP.loose,
    rule="#",
)
_IOS = Habits(
    passing=re.compile(
        r"Building configuration\.*|Current configuration ?:.*|Uncompressed configuration .*|Using \d+ .*bytes.*"
        r"|!\s*(?:Last configuration change|NVRAM config last updated|No configuration change since|Time:).*"
        r"|ntp clock-period \d+|Load for five secs:.*|Time source is .*|No time source, .*"
        rf"|{_IOS_LOG}|{_BREAK}",
        re.IGNORECASE,
    ),
    loose=tuple(
        map(
            re.compile,
            (
                r"snmp-server ",
                r"username ",
                r"ntp server ",
                r"logging (?:host |server )?\d",
                r"ip host ",
                r"ip route ",
                r"arp \d",
                r"alias ",
            ),
        )
    ),
    rule="!",
)
HABITS: Mapping[Family, Habits] = {"huawei_vrp": _VRP, "hp_comware": _COMWARE, "ruijie_os": _IOS, "cisco_ios": _IOS}

# crypto pki certificate chain: IOS shows the certificate itself in the running configuration, and in the saved one the
# name of a file with it.
CERTIFICATE = re.compile(r"(\s+certificate(?: (?:self-signed|ca|rollover))* [0-9A-Fa-f]+)(?: nvram:\S+)?\Z")
HEXADECIMAL = re.compile(r"\s*[0-9A-Fa-f]{2,}(?: [0-9A-Fa-f]{2,})*\Z")
BEGIN, END = re.compile(r"-----BEGIN [A-Z0-9 ]+-----"), re.compile(r"-----END [A-Z0-9 ]+-----")
# What stands between the two: base64, headers of RFC 1421; where an end is missing, only what nothing else looks like.
ENCODED = re.compile(r"\s*(?:[A-Za-z0-9+/=]+|(?:Proc-Type|DEK-Info|Comment|Version): .*)\s*")
LONG = re.compile(r"\s*(?:[A-Za-z0-9+/=]{20,}|[A-Za-z0-9+/]*=|(?:Proc-Type|DEK-Info): .*)\s*")
UNSEEN = frozenset(("Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def normal(family: Family, answer: bytes, fingerprint: Callable[[str], str]) -> str:
    """Its lines, each ended; empty for nothing. `fingerprint` gives what stands for a secret."""
    habits = HABITS[family]
    lines = (_shown(UNSHOWN.sub("", each.expandtabs())).rstrip() for each in decoded(answer).split("\n"))
    kept = [each for each in lines if each and not habits.passing.fullmatch(each)]
    safe = [_safe(each, fingerprint) for each in _without_blocks(kept, fingerprint)]
    return "".join(f"{each}\n" for each in _settled(safe, habits))


def renewed(family: Family, text: str, fingerprint: Callable[[str], str]) -> str:
    """The normal form of one that older rules made, whose masks stay as they are."""

    def kept(secret: str) -> str:
        return (match[1] or "") if (match := MASKED.fullmatch(secret.strip())) else fingerprint(secret)

    return normal(family, text.encode("utf-8", "surrogateescape"), kept)


def _shown(line: str) -> str:
    """What would not be seen, or would turn a line round, as its number: who approves it must see what there is."""
    if line.isascii():
        return line
    return "".join(f"<U+{ord(each):04X}>" if category(each) in UNSEEN else each for each in line)


def _safe(line: str, fingerprint: Callable[[str], str]) -> str:
    if len(line) <= LONGEST:
        return masked(line, fingerprint)
    return f"{masked(line[:LONGEST], fingerprint)} … {MASK}{fingerprint(line)}"


def decoded(answer: bytes) -> str:
    """Devices show names as they were typed: in UTF-8, or in GB18030 by older terminals; one file may have both."""
    try:
        return answer.decode()
    except UnicodeDecodeError:
        return "\n".join(map(_decoded, answer.split(b"\n")))


def _decoded(line: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def _without_blocks(lines: Sequence[str], fingerprint: Callable[[str], str]) -> Iterator[str]:
    """Certificates and keys that stand there as blocks of lines are left out, but for a line that says so."""
    hexadecimal, skipped = False, 0
    for place, line in enumerate(lines):
        if place < skipped:
            continue
        if hexadecimal and (HEXADECIMAL.match(line) or line.strip() == "quit"):
            continue
        hexadecimal = (match := CERTIFICATE.match(line)) is not None
        if match is not None:
            yield f"{match[1]} {MASK}"
        elif (begin := BEGIN.search(line)) is not None:
            skipped = place + 1 if END.search(line) else _end_of_block(lines, place + 1)
            body = "\n".join([line[begin.end() :], *lines[place + 1 : skipped]])
            yield f"{line[: begin.end()]} {MASK}{fingerprint(body)}"
        else:
            yield line


def _end_of_block(lines: Sequence[str], start: int) -> int:
    """Where what is no part of it begins: words alone end none, or they would hide all that stands below them."""
    for place in range(start, len(lines)):
        if END.search(lines[place]):
            return place + 1
        if not ENCODED.fullmatch(lines[place]):
            break
    else:
        place = len(lines)
    return next((each for each in range(start, place) if not LONG.fullmatch(lines[each])), place)


def _settled(lines: Sequence[str], habits: Habits) -> Iterator[str]:
    """Runs of lines whose order means nothing in one order; of dividing lines that follow each other, one."""
    run: list[str] = []
    kind: int | None = None
    before = ""
    for line in lines:
        now = next((place for place, loose in enumerate(habits.loose) if loose.match(line)), None)
        if now != kind or now is None:
            yield from sorted(run)
            run, kind = [], now
        if now is not None:
            run.append(line)
        elif line != habits.rule or before != habits.rule:
            yield line
        before = line
    yield from sorted(run)
