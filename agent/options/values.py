"""Values as they stand in agent.yaml: durations, bandwidths, addresses, web addresses, ids, time ranges, VLANs."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import urllib.parse
from datetime import date
from itertools import pairwise
from typing import Any

from agent.core.calendar import Span
from agent.options.base import Refused, shown

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
BITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\Z")
IDENTITY = re.compile(r"[A-Za-z0-9_一-鿿][A-Za-z0-9_.一-鿿-]{0,62}\Z")
VLAN_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
HIGHEST_VLAN = 4094
TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
TAKEN_LABELS = ("kind", "target", "collector", "center", "district", "job", "instance")
DASHES = re.compile(r"\s*(?:[-–—~～至到]+)\s*")


def duration(value: Any) -> float:
    """Seconds from `90`, `"90s"`, `"1h30m"`, `"250ms"`, `"1d"`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    else:
        parts = re.findall(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d|w)", str(value)[:60])
        if not parts or "".join(number + unit for number, unit in parts) != str(value).strip():
            raise Refused(
                f"不是时长:{shown(value)};可写秒数,或 30s、5m、1h30m、1d 这样",
                f"not a duration: {shown(value)}; allowed: a number of seconds, or like 30s, 5m, 1h30m, 1d",
            )
        seconds = sum(float(number) * UNITS[unit] for number, unit in parts)
    if not 0 < seconds <= 366 * 86400:
        raise Refused(
            f"时长 {shown(value)} 超出范围;应大于 0,最多 366d",
            f"duration {shown(value)} is out of range; allowed: more than 0, at most 366d",
        )
    return seconds


def interval(value: Any) -> float:
    """How often something is asked: a duration of at least a second. A typo must not flood a device or a line."""
    seconds = duration(value)
    if seconds < 1:
        raise Refused(
            f"间隔 {shown(value)} 太短;至少 1s",
            f"an interval of {shown(value)} is too short; allowed: at least 1s",
        )
    return seconds


def bandwidth(value: Any) -> float:
    """Bytes per second from `"10Mbps"`, `"512 kbit/s"`, `"1Gbps"`."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*([kKmMgG]?)\s*(?:bps|bit/s|b/s)", str(value)[:60].strip())
    if match is None or float(match[1]) <= 0:
        raise Refused(
            f"不是带宽:{shown(value)};可写 512kbps、10Mbps、1Gbps 这样",
            f"not a bandwidth: {shown(value)}; allowed: like 512kbps, 10Mbps, 1Gbps",
        )
    return float(match[1]) * BITS[match[2].lower()] / 8


def address(value: Any) -> str:
    """An IPv4 or IPv6 address or a host name, as text."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    labels = text.removesuffix(".").split(".")
    if re.fullmatch(r"[\d.]+", text) or len(text) > 253 or not all(HOST_LABEL.match(label) for label in labels):
        raise Refused(
            f"不是地址:{shown(value)};可写 IPv4、IPv6 或主机名,不带端口和路径",
            f"not an address: {shown(value)}; allowed: IPv4, IPv6 or a host name, without port or path",
        )
    return text


def endpoint(value: Any) -> tuple[str, int]:
    """(address, port) from `"10.0.0.1:443"` or `"[2001:db8::1]:443"`."""
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+)):(\d{1,7})", str(value)[:300].strip())
    if match is None:
        raise Refused(
            f"不是“地址:端口”:{shown(value)};可写 10.20.1.10:443 或 [fd00::1]:443",
            f"not an endpoint: {shown(value)}; allowed: address:port, like 10.20.1.10:443 or [fd00::1]:443",
        )
    port = int(match[3])
    if not 1 <= port <= 65535:
        raise Refused(f"端口 {port} 超出范围;应为 1 到 65535", f"port {port} is out of range; allowed: 1 to 65535")
    return address(match[1] or match[2]), port


def name_server(value: Any) -> tuple[str, int]:
    """(address, port) from an address alone, which means port 53, or an endpoint."""
    return _service(value, 53)


def time_server(value: Any) -> tuple[str, int]:
    """(address, port) from an address alone, which means port 123, or an endpoint."""
    return _service(value, 123)


def _service(value: Any, port: int) -> tuple[str, int]:
    text = value.strip() if isinstance(value, str) else ""
    return endpoint(text) if text.startswith("[") or text.count(":") == 1 else (address(text), port)


def url(value: Any) -> str:
    """An http or https address without user name and password (it is shown on pages and in metrics)."""
    text = value.strip() if isinstance(value, str) else ""
    if "@" in text.split("?")[0]:
        raise Refused("网址里不能写用户名和密码", "no user name or password in an address; use a secret of its own")
    try:
        parts = urllib.parse.urlsplit(text)
        valid = parts.scheme in ("http", "https") and parts.port != 0 and not re.search(r"\s", text)
        address(parts.hostname or "")
    except ValueError:
        valid = False
    if not valid:
        raise Refused(
            f"不是网址:{shown(value)};可写 http://10.1.0.5:9093 或 https://10.30.1.10/path 这样",
            f"not a web address: {shown(value)}; allowed: like http://10.1.0.5:9093 or https://10.30.1.10/path",
        )
    return text


def day_of(value: Any) -> date:
    """A date as people write it: 2026-10-10."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Refused(
            f"不是日期:{shown(value)};应写成 2026-10-10", f"not a date: {shown(value)}; allowed: like 2026-10-10"
        ) from None


def identity(value: Any) -> str:
    text = str(value)
    if not isinstance(value, str | int) or isinstance(value, bool) or not IDENTITY.match(text):
        raise Refused(
            f"不是合规的 id:{shown(value)};可用字母、数字、_ . - 和汉字,最多 63 个字符",
            f"not an id: {shown(value)}; allowed: letters, digits, _ . - and Chinese, at most 63 characters",
        )
    return text


def label_name(value: Any) -> str:
    """The name of a label of one's own; those that the frame and Prometheus set are taken."""
    text = str(value)
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]{0,60}", text) or text.startswith("__") or text in TAKEN_LABELS:
        raise Refused(
            f"不能作标签名:{shown(value)};用字母、数字和 _,不能是 {'、'.join(TAKEN_LABELS)}",
            f"not a label: {shown(value)}; allowed: letters, digits and _, but none of {', '.join(TAKEN_LABELS)}",
        )
    return text


def same_marks(text: Any) -> str:
    """Full-width digits, colons and dashes of a Chinese keyboard as plain ones."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", str(text)).strip())


def time_range(value: Any) -> Span:
    """Minutes from `"08:30-11:30"`; `"00:00-24:00"` is a whole day."""
    parts = [TIME.fullmatch(part) for part in same_marks(value)[:40].split("-")]
    if not isinstance(value, str) or len(parts) != 2 or parts[0] is None or parts[1] is None:
        raise Refused(
            f'不是时间段:{shown(value)};应写成 "08:30-11:30"',
            f'not a time range: {shown(value)}; allowed: "08:30-11:30"',
        )
    start, end = (int(part[1]) * 60 + int(part[2]) for part in parts if part is not None)
    if start > 1440 or end > 1440:
        raise Refused(f"{shown(value)} 超过 24:00", f"{shown(value)} goes beyond 24:00")
    if end < start:
        raise Refused(
            f"{shown(value)} 跨过了零点;请拆成当天到 24:00 和次日从 00:00 起两段",
            f"{shown(value)} goes over midnight; write one range until 24:00 and one from 00:00 on the next day",
        )
    if end == start:
        raise Refused(f"{shown(value)} 没有长度", f"{shown(value)} is empty; write a later end")
    return start, end


def in_order(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans by their beginning; two that overlap are refused, two that touch are not."""
    spans = tuple(sorted(spans))
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            raise Refused(
                f"时间段重叠:{clock(before)} 与 {clock(after)}", f"hours overlap: {clock(before)} and {clock(after)}"
            )
    return spans


def clock(span: Span) -> str:
    """`08:30-11:30` from minutes."""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span)


def vlans(value: Any) -> tuple[Span, ...]:
    """First and last VLAN of each range, from `10`, `"30-39"` or a list of these."""
    return tuple(_vlan_range(each) for each in (value if isinstance(value, list | tuple) else [value]))


def _vlan_range(value: Any) -> Span:
    match = VLAN_RANGE.fullmatch(same_marks(value)) if isinstance(value, str | int) else None
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last <= HIGHEST_VLAN:
        raise Refused(
            f"不是 VLAN:{shown(value)};可写 10 或 30-39,编号 1 到 {HIGHEST_VLAN}",
            f"not a VLAN: {shown(value)}; allowed: like 10 or 30-39, from 1 to {HIGHEST_VLAN}",
        )
    return first, last


def listed_hours(value: Any) -> Any:
    """One range alone stands for a list of one, `closed` for none."""
    if value == "closed":
        return []
    return [value] if isinstance(value, str) else value
