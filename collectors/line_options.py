"""What agent.yaml says about a private line: its business, carrier, port, and the probes from near to far."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from agent.core.model import Target
from agent.options import Address, Bandwidth, Duration, Endpoint, LineId, Options, SwitchId, TargetOptions

Layer = Literal["port", "gateway", "carrier", "far_gateway", "application"]
LAYERS: tuple[Layer, ...] = get_args(Layer)  # from near to far
Business = Literal["labor", "civil_affairs", "medical_insurance", "family_planning", "social_security", "other"]

INTERVAL = 0.2  # seconds between the packets of a burst
FEWEST, MOST = 5, 30  # packets of a burst by default: one lost packet must not flip a line
SHARE = 0.8  # of the deadline is for the probes, the rest for what is around them
LAST_WAIT = 2.0  # seconds to wait for the last packet, at most


def own_address(value: str) -> str:
    """An IP address, no name: a source is one of this machine's own."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError(f"not an IP address: {value!r}; allowed: an IPv4 or IPv6 address of this machine") from None


def url(value: Any) -> str:
    text = str(value).strip()
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not a URL: {text!r}; allowed: like https://10.20.1.10/ or http://host:8080/path")
    return text


def question(value: Any) -> Any:
    """`name@server` as a mapping."""
    if not isinstance(value, str):
        return value
    name, at, server = value.partition("@")
    if not at:
        raise ValueError(f"not a DNS question: {value!r}; allowed: name@server, like www.example.gov.cn@10.1.1.53")
    return {"name": name, "server": server}


class DnsQuestion(Options):
    name: Address
    server: Address
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] = "A"


class NqaTest(Options):
    """A test that a network device makes by itself (NQA, IP SLA) and whose result is read by SNMP."""

    device: SwitchId
    test: str = Field(min_length=1)


Source = Annotated[Address, AfterValidator(own_address)]
Url = Annotated[str, BeforeValidator(url), WithJsonSchema({"type": "string", "format": "uri"})]
Dns = Annotated[
    DnsQuestion,
    BeforeValidator(question),
    WithJsonSchema({"type": ["string", "object"], "examples": ["www.example.gov.cn@10.1.1.53"]}),
]

MEANS = ("icmp", "tcp", "http", "dns", "nqa")
PACING = ("count", "interval", "size")


class Probe(Options):
    """One question to one address at one layer. `count`, `interval`, `size` pace the burst of an icmp probe."""

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

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        given = [means for means in MEANS if getattr(self, means) is not None]
        if len(given) != 1:
            raise ValueError(f"a probe has exactly one of {', '.join(MEANS)}; given: {', '.join(given) or 'none'}")
        pacing = [name for name in PACING if getattr(self, name) is not None]
        if pacing and self.icmp is None:
            raise ValueError(f"{', '.join(pacing)}: only an icmp probe is paced; take it out, or probe with icmp")
        return self

    @property
    def watched(self) -> bool:
        """Whether a collector asks it already."""
        return self.icmp is not None or self.tcp is not None

    @property
    def text(self) -> str:
        """The address as configured: the label `probe`."""
        if self.tcp is not None:
            address, port = self.tcp
            return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        if self.dns is not None:
            return f"{self.dns.name}@{self.dns.server}"
        if self.nqa is not None:
            return f"{self.nqa.device} {self.nqa.test}"
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
        limit = self.timeout or Target.timeout
        for place, probe in enumerate(self.probes):
            if (probe.layer, probe.text) in seen:
                raise ValueError(f"probes[{place}]: {probe.layer} {probe.text} is there twice; take one out")
            seen.add((probe.layer, probe.text))
            if probe.icmp is not None and probe.count is not None:
                takes = (probe.count - 1) * (probe.interval or 0.0)
                if takes > SHARE * limit:
                    raise ValueError(
                        f"probes[{place}]: {probe.count} packets take {takes:g} s, more than {SHARE:.0%} of the line's "
                        f"timeout of {limit:g} s; lower count or interval, or raise timeout"
                    )
        return self

    @property
    def business_layer(self) -> Layer:
        """The layer whose probes are business endpoints: application, else the farthest that has a probe."""
        return max((probe.layer for probe in self.probes), key=LAYERS.index)


def pace(probe: Probe, target: Target) -> tuple[int, float, float]:
    """Count, interval and wait after the last packet of a burst, in seconds, so that it ends within the deadline.

    By default a packet for each second between two bursts: then 600 packets are ten minutes.
    """
    budget = time_to_ask(target)
    count = probe.count or min(MOST, max(FEWEST, round(target.every)))
    wait = min(LAST_WAIT, budget / 3)
    room = (budget - wait) / max(1, count - 1)
    return count, min(probe.interval or INTERVAL, room), wait


def time_to_ask(target: Target) -> float:
    """Seconds that the probes of one run may take."""
    return SHARE * min(target.timeout, target.every)
