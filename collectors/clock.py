"""The clock of a switch: how far it is off, and whether the device calls it synchronised."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.ntp import ALARM, UNSYNCHRONIZED
from agent.core.reach import Poll
from agent.core.text import clean
from collectors.device import by_snmp

OFFSET = Metric(
    "device_clock_offset_seconds", "gauge", "seconds", (), "The device's clock minus the agent's; tenths at best"
)
SYNCHRONIZED = Metric("device_clock_synchronized", "gauge", "0/1", (), "The device says that its clock is synchronised")

HR_SYSTEM_DATE = "1.3.6.1.2.1.25.1.2.0"  # HOST-RESOURCES-MIB, DateAndTime
HH3C_LOCAL_CLOCK = "1.3.6.1.4.1.25506.2.3.1.1.1.0"  # HH3C-SYS-MAN-MIB hh3cSysLocalClock, DateAndTime
# HH3C-NTP-MIB hh3cNTPSysClock: NTP's 32.32 bits as hexadecimal text; before H3C had a number of its own, Huawei's.
HH3C_NTP, HUAWEI_3COM_NTP = "1.3.6.1.4.1.25506.8.22.1.1.", "1.3.6.1.4.1.2011.5.25.22.1.1."
CISCO_NTP = "1.3.6.1.4.1.9.9.168.1.1."  # CISCO-NTP-MIB cntpSystem
NTP_TEXTS = (HH3C_NTP + "14.0", HUAWEI_3COM_NTP + "14.0")
CISCO_CLOCK = CISCO_NTP + "10.0"  # cntpSysClock: NTP's 64 bits
# NTPv4-MIB (RFC 5907) ntpEntStatusCurrentMode
NTP_MODE = "1.3.6.1.2.1.197.1.2.1.0"
SYNC_MODES = {1: False, 2: False, 3: False, 4: True, 5: True, 6: True}  # 99: unknown
# SysLeap and SysStratum of the three: alarm means "not synchronised", stratum 16 too.
STATES = tuple((base + "1.0", base + "2.0") for base in (HH3C_NTP, HUAWEI_3COM_NTP, CISCO_NTP))
ASKED = (
    HR_SYSTEM_DATE,
    HH3C_LOCAL_CLOCK,
    *NTP_TEXTS,
    CISCO_CLOCK,
    NTP_MODE,
    *(oid for state in STATES for oid in state),
)
RETRY_ABSENT = 900.0  # seconds; until then only what the device has is asked
# A longer answer leaves the moment of the reading too uncertain to compare.
LONGEST_ANSWER = 1.0

NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
TEXT_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2}),(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d))?(?:,([+-])(\d{1,2}):(\d{1,2}))?"
)
NTP_TEXT = re.compile(r"\b([0-9a-fA-F]{8})\.([0-9a-fA-F]{8})\b")
CHINA = timedelta(hours=8)


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    clock = asyncio.get_running_loop().time
    asked = _asked(poll)
    async with poll.reach.snmp.session(target) as snmp:
        before = clock()
        facts = await snmp.get(asked)
        took = clock() - before
    _remember(poll, asked, facts)
    now = datetime.fromtimestamp(poll.now + took / 2, UTC)
    if took <= LONGEST_ANSWER and (offset := offset_of(facts, now)) is not None:
        yield Sample(OFFSET, offset)
    if (synchronized := synchronized_of(facts)) is not None:
        yield Sample(SYNCHRONIZED, synchronized)


def _asked(poll: Poll) -> tuple[str, ...]:
    known: tuple[float, tuple[str, ...]] | None = poll.memory.get("known")
    if known is None or poll.monotonic - known[0] >= RETRY_ABSENT:
        return ASKED
    return known[1] or (HR_SYSTEM_DATE,)


def _remember(poll: Poll, asked: tuple[str, ...], facts: Mapping[str, Any]) -> None:
    if asked is ASKED:
        poll.memory["known"] = poll.monotonic, tuple(oid for oid in ASKED if oid in facts)


def offset_of(facts: Mapping[str, Any], now: datetime) -> float | None:
    """Seconds by which the device is ahead; None if it tells no time."""
    found = next(_times(facts, now), None)
    return None if found is None else (found - now).total_seconds()


def _times(facts: Mapping[str, Any], now: datetime) -> Iterator[datetime]:
    for oid in (HR_SYSTEM_DATE, HH3C_LOCAL_CLOCK):
        if (found := date_and_time(facts.get(oid), now)) is not None:
            yield found
    for oid in (*NTP_TEXTS, CISCO_CLOCK):
        if (found := ntp_time(facts.get(oid))) is not None:
            yield found


def ntp_time(raw: Any) -> datetime | None:
    """NTP's 32.32 bits, as they are or as hexadecimal text with more around it; 0 is no time."""
    if not isinstance(raw, bytes):
        return None
    match = NTP_TEXT.search(clean(raw))
    bits = bytes.fromhex(match[1] + match[2]) if match else raw
    seconds, fraction = int.from_bytes(bits[:4], "big"), int.from_bytes(bits[4:], "big") / 2**32
    if len(bits) != 8 or not seconds:
        return None
    # RFC 4330 section 3: without its highest bit a time is in the era that begins in 2036.
    era = 0 if seconds >= 2**31 else 2**32
    return NTP_EPOCH + timedelta(seconds=era + seconds + fraction)


def date_and_time(raw: Any, now: datetime) -> datetime | None:
    """DateAndTime (RFC 2579), also as the text of its display hint, which some agents send instead."""
    if not isinstance(raw, bytes):
        return None
    if len(raw) in (8, 11) and raw[2] <= 12:
        fields = [int.from_bytes(raw[:2], "big"), *raw[2:8]]
        sign, hours, minutes = (chr(raw[8]), raw[9], raw[10]) if len(raw) == 11 else ("", 0, 0)
    elif match := TEXT_DATE.fullmatch(clean(raw)):
        fields = [int(each or 0) for each in match.groups()[:7]]
        sign, hours, minutes = match[8] or "", int(match[9] or 0), int(match[10] or 0)
    else:
        return None
    zone = (1 if sign == "+" else -1) * timedelta(hours=hours, minutes=minutes) if sign in ("+", "-") else None
    year, month, day, hour, minute, second, tenths = fields
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59), tenths * 100_000, tzinfo=UTC)
        return local - zone if zone is not None else _guessed(local, now)
    except (ValueError, OverflowError):
        return None


def _guessed(local: datetime, now: datetime) -> datetime:
    """A time without its zone is UTC or China's, whichever is nearer."""
    return min(local, local - CHINA, key=lambda each: abs(each - now))


def synchronized_of(facts: Mapping[str, Any]) -> bool | None:
    """By the standard MIB, else the vendor's; None if it does not say."""
    mode = SYNC_MODES.get(facts.get(NTP_MODE, 0))
    if mode is not None:
        return mode
    for leap, stratum in STATES:
        if isinstance(facts.get(leap), int) and isinstance(facts.get(stratum), int):
            return bool(facts[leap] != ALARM and 0 < facts[stratum] < UNSYNCHRONIZED)
    return None


COLLECTOR = Collector("clock", ("switch",), (OFFSET, SYNCHRONIZED), collect, by_snmp)
