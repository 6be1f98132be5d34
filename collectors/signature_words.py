"""How command lines of firewalls tell the age of their signatures and the end of their licences; pure. By the command
references and screens of their makers:

- Huawei `display version ips-sdb` (av-sdb, sa-sdb) has sections of versions, each with the issue time of its file;
- H3C `display ips signature library` (anti-virus, apr) a table with a release time for each version;
- Huawei `display license` a line for each update service, `Enabled, service expire time: …`, and on switches one date
  for all; H3C `display license` a block of fields for each licence.

Of a date without its hour, a signature is from the day's beginning and a licence lasts to its end, in China's time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from agent.core.calendar import CHINA
from agent.core.console import Family
from agent.core.text import clean

A_DAY = 86400.0
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBERS = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
NAMES = re.compile(r"\b([A-Z][a-z]{2}) +(\d{1,2})(?: +\d\d:\d\d:\d\d)?,? +(\d{4})\b")
FEATURES = {
    "ips": re.compile(r"\bIPS\b|intrusion", re.IGNORECASE),
    "antivirus": re.compile(r"\bAV\b|anti-?\s?virus", re.IGNORECASE),
    "application": re.compile(r"\b(?:SA|ACG|APR)\b|application", re.IGNORECASE),
    "url": re.compile(r"\b(?:URL|UFLT)\b", re.IGNORECASE),
}
DEVICE = "device"  # one date for all that is licensed

VRP_CURRENT = re.compile(
    r"Current Version\b(.*?)(?=^\s*(?:Backup|Default|Rollback)\b.*Version|\Z)", re.DOTALL | re.MULTILINE
)
VRP_ISSUED = re.compile(r"^\s*(?:Issue|Release) (?:Time|Date)[^:\n]*:(.*)$", re.MULTILINE | re.IGNORECASE)
VRP_VERSION = re.compile(r"Database Version\s*:\s*(20\d\d)(\d\d)(\d\d)\d{0,4}\s*$", re.MULTILINE)
H3C_CURRENT = re.compile(r"^\s*Current\s+(\S.*)$", re.MULTILINE)

VRP_SERVICE = re.compile(r"^\s*(\S.*?)\s*:\s*Enabled\b(.*)$", re.MULTILINE | re.IGNORECASE)
VRP_DATE = re.compile(r"^\s*Expired? date\s*:\s*(\S.*)$", re.MULTILINE | re.IGNORECASE)
EXPIRES = re.compile(r"expir\w*[^:]*:(.*)", re.IGNORECASE)
H3C_FIELD = re.compile(r"^\s*([A-Z][^:\n]*?)\s*:\s*(\S.*?)\s*$", re.MULTILINE)
H3C_LEFT = re.compile(r"(?:left|remaining).*days?", re.IGNORECASE)
H3C_END = re.compile(r"expir|valid.*(?:to|until)|end (?:date|time)", re.IGNORECASE)
H3C_COUNTS = re.compile(r"\b(?:in use|usable|expired)\b", re.IGNORECASE)


def released(family: Family, answer: str) -> float | None:
    """Unix seconds of the day on which the maker released the signatures that the device uses."""
    if family == "hp_comware":
        current = H3C_CURRENT.search(answer)
        return None if current is None else day(current[1])
    found = VRP_CURRENT.search(answer)
    current_version = found[1] if found else answer
    issued = VRP_ISSUED.search(current_version)
    if issued is not None and (at := day(issued[1])) is not None:
        return at
    version = VRP_VERSION.search(current_version)
    return None if version is None else _midnight(*map(int, version.groups()))


def ends(family: Family, answer: str, now: float) -> Mapping[str, float]:
    """Unix seconds at which what is licensed ends, by feature; infinite where it does not. Of several licences for one
    feature the last counts. One that is said to have ended, without a date, ended `now` at the latest."""
    found: dict[str, float] = {}
    for name, end in _h3c(answer, now) if family == "hp_comware" else _vrp(answer):
        found[name] = max(found.get(name, -math.inf), end)
    return found


def day(text: str) -> float | None:
    """Its beginning; None for what is no date."""
    if (match := NUMBERS.search(text)) is not None:
        return _midnight(*map(int, match.groups()))
    if (match := NAMES.search(text)) is not None and match[1].lower() in MONTHS:
        return _midnight(int(match[3]), MONTHS.index(match[1].lower()) + 1, int(match[2]))
    return None


def _midnight(year: int, month: int, day_: int) -> float | None:
    try:
        return datetime(year, month, day_, tzinfo=CHINA).timestamp()
    except ValueError:
        return None


def _vrp(answer: str) -> Iterator[tuple[str, float]]:
    for name, rest in VRP_SERVICE.findall(answer):
        # What is counted, as virtual systems, and has no date, is no subscription.
        if (told := EXPIRES.search(rest)) is not None and (end := _end(told[1])) is not None:
            yield feature(name), end
    for date in VRP_DATE.findall(answer):
        if (end := _end(date)) is not None:
            yield DEVICE, end


def _end(text: str) -> float | None:
    if "permanent" in text.lower():
        return math.inf
    last = day(text)
    return None if last is None else last + A_DAY


def _h3c(answer: str, now: float) -> Iterator[tuple[str, float]]:
    for block in re.split(r"(?m)^(?=\s*Feature\s*:)", answer):
        fields = {name.lower(): value for name, value in H3C_FIELD.findall(block)}
        state = next((value for name, value in fields.items() if name.endswith("state")), "")
        if "feature" in fields and H3C_COUNTS.search(state) and (end := _h3c_end(fields, state, now)) is not None:
            yield feature(fields["feature"]), end


def _h3c_end(fields: Mapping[str, str], state: str, now: float) -> float | None:
    dates = [day(value) for name, value in fields.items() if H3C_END.search(name)]
    known = [each + A_DAY for each in dates if each is not None]
    if "expired" in state.lower():
        return min([*known, now])
    if known:
        return max(known)
    left = [value for name, value in fields.items() if H3C_LEFT.search(name) and re.fullmatch(r"\d{1,6}", value)]
    if left:
        return now + A_DAY * int(left[0])
    return math.inf if any("permanent" in value.lower() for value in fields.values()) else None


def feature(name: str) -> str:
    """By the names that all makers' have in common, else as the device says."""
    return next((known for known, pattern in FEATURES.items() if pattern.search(name)), clean(name, 40))
