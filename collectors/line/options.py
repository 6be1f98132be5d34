"""What agent.yaml says about a private line: its business, carrier, port, and the probes from near to far."""

from __future__ import annotations

import ipaddress
import re
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from agent.core.model import Target
from agent.options import (
    Address,
    Bandwidth,
    Business,
    Duration,
    Endpoint,
    LineId,
    Options,
    Refused,
    SwitchId,
    TargetOptions,
    Url,
    shown,
)
from collectors.application import DnsQuestion, question

Layer = Literal["port", "gateway", "carrier", "far_gateway", "application"]
LAYERS: tuple[Layer, ...] = get_args(Layer)  # from near to far

INTERVAL = 0.2  # seconds between the packets of a burst
FEWEST, MOST = 5, 30  # packets of a burst by default: one lost packet must not flip a line
PAYLOAD = 56  # bytes of an echo by default, as ping has it
TEST_NAME = 32  # bytes of the owner and of the name of a test
LAST_WAIT = 2.0  # seconds to wait for the last packet, at most
# Shares of the deadline: for sending a burst, for waiting for its last packet, for both together or a TCP probe.
SENDING, WAITING, ASKING = 0.6, 0.2, 0.8


def own_address(value: str) -> str:
    """An IP address, no name: a source is one of this machine's own."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise Refused(
            f"不是 IP 地址:{shown(value)};应为本机的 IPv4 或 IPv6 地址",
            f"not an IP address: {shown(value)}; allowed: an IPv4 or IPv6 address of this machine",
        ) from None


def test_name(value: str) -> str:
    """OWNER/NAME, or the number or tag of an IP SLA operation: at most 32 bytes each, as the MIBs have it."""
    if any(len(part.encode()) > TEST_NAME for part in re.split(r"[/ ]", value.strip(), maxsplit=1)):
        raise Refused(
            f"测试名太长:{shown(value)};管理者和测试名各最多 {TEST_NAME} 字节,写成 管理者/测试名",
            f"too long for a test: {shown(value)}; allowed: OWNER/NAME of at most {TEST_NAME} bytes each",
        )
    return value.strip()


class NqaTest(Options):
    """A test that a network device makes by itself (NQA, IP SLA) and whose latest result is read by SNMP."""

    device: SwitchId
    test: Annotated[str, AfterValidator(test_name)] = Field(
        min_length=1, description="OWNER/NAME, or the number or tag of an IP SLA operation"
    )


Source = Annotated[Address, AfterValidator(own_address)]
Dns = Annotated[DnsQuestion, BeforeValidator(question), WithJsonSchema({"type": ["string", "object"]})]

MEANS = ("icmp", "tcp", "http", "dns", "nqa")
PACING = ("count", "interval", "size", "dont_fragment")


class Probe(Options):
    """One question to one address at one layer. `count`, `interval`, `size` pace the burst of an icmp probe;
    with `dont_fragment` no router may cut its packets, which shows what size the way carries."""

    layer: Layer
    icmp: Address | None = None
    tcp: Endpoint | None = None
    http: Url | None = None
    dns: Dns | None = None
    nqa: NqaTest | None = None
    source: Source | None = None
    count: Annotated[int, Field(ge=1, le=600)] | None = None
    interval: Duration | None = None
    size: Annotated[int, Field(ge=8, le=8972)] | None = None
    dont_fragment: bool = False

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        given = [means for means in MEANS if getattr(self, means) is not None]
        if len(given) != 1:
            raise Refused(
                f"每个探针只写 {'、'.join(MEANS)} 之一;现有:{'、'.join(given) or '无'}",
                f"a probe has exactly one of {', '.join(MEANS)}; given: {', '.join(given) or 'none'}",
            )
        pacing = [name for name in PACING if getattr(self, name) not in (None, False)]
        if pacing and self.icmp is None:
            raise Refused(
                f"{'、'.join(pacing)} 只用于 icmp 探针;请去掉,或改用 icmp",
                f"{', '.join(pacing)}: only an icmp probe is paced; take it out, or probe with icmp",
            )
        return self

    @cached_property
    def text(self) -> str:
        """The address as configured, with the size where packets must not be cut: the label `probe`."""
        if self.tcp is not None:
            address, port = self.tcp
            return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        if self.dns is not None:
            return f"{self.dns.name}@{self.dns.server}" if self.dns.server else self.dns.name
        if self.nqa is not None:
            return f"{self.nqa.device} {self.nqa.test}"
        if self.dont_fragment:
            return f"{self.icmp} size {self.size or PAYLOAD}"
        return self.icmp or self.http or ""


class Via(Options):
    """The switch and port that the line leaves the centre by."""

    switch: SwitchId
    port: str = Field(min_length=1)


class Carrier(Options):
    name: str = ""
    circuit: str = ""
    fault_desk: str = ""


class LineOptions(TargetOptions):
    business: Business = "other"
    via: Via | None = None
    bandwidth: Bandwidth | None = None
    backup_of: LineId | None = None
    carrier: Carrier = Carrier()
    probes: tuple[Probe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _probes_fit(self) -> Self:
        seen: set[tuple[str, str]] = set()
        limit = SENDING * min(self.timeout or self.default_timeout, self.every or self.default_every)
        for place, probe in enumerate(self.probes):
            if (probe.layer, probe.text) in seen:
                raise Refused(
                    f"probes[{place}]:{probe.layer} {probe.text} 写了两次;请去掉一个",
                    f"probes[{place}]: {probe.layer} {probe.text} is there twice; take one out",
                )
            seen.add((probe.layer, probe.text))
            takes = ((probe.count or 2) - 1) * (probe.interval or 0.0)
            if takes > limit:
                raise Refused(
                    f"probes[{place}]:一组包要发 {takes:g} 秒,超过这条线 timeout 的六成({limit:g} 秒);"
                    "请减小 count 或 interval,或增大 timeout",
                    f"probes[{place}]: its packets take {takes:g} s, more than 60 % of the line's timeout "
                    f"({limit:g} s); lower count or interval, or raise timeout",
                )
        return self

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Ids of the devices that measure this line by themselves."""
        return tuple(dict.fromkeys(str(probe.nqa.device) for probe in self.probes if probe.nqa is not None))

    @cached_property
    def business_layer(self) -> Layer:
        """The layer whose probes are business endpoints: application, else the farthest that has a probe."""
        asked = [probe.layer for probe in self.probes if not probe.dont_fragment]
        return max(asked or [probe.layer for probe in self.probes], key=LAYERS.index)


def pace(probe: Probe, target: Target) -> tuple[int, float, float]:
    """Count, interval and wait after the last packet of a burst, in seconds, so that it ends within the deadline.

    By default a packet for each second between two bursts: then 600 packets are ten minutes.
    """
    deadline = min(target.timeout, target.every)
    sending = SENDING * deadline
    interval = probe.interval or INTERVAL
    fitting = 1 + int(sending / interval + 1e-9)
    count = probe.count or min(MOST, max(FEWEST, round(target.every)), fitting)
    if count > fitting:
        interval = sending / (count - 1)
    return count, interval, min(LAST_WAIT, WAITING * deadline)


def time_to_ask(target: Target) -> float:
    """Seconds that the probes of one run may take."""
    return ASKING * min(target.timeout, target.every)
