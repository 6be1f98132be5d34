"""Do key ports work as fast as they did, and in full duplex? Against what agent.yaml says of a port, else against how
it was first seen to work well; that may get better, but not worse, except while a planned change covers the device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agent.core.model import Sample
from agent.core.reach import SnmpSession
from agent.options import Bandwidth, Options
from collectors import interface_metrics as metrics
from collectors.if_mib import Interface

Duplex = Literal["full", "half"]
DUPLEX_STATUS = "1.3.6.1.2.1.10.7.2.1.19."  # EtherLike-MIB (RFC 3635) dot3StatsDuplexStatus, by ifIndex; 1: unknown
SAID: Mapping[Any, Duplex] = {2: "half", 3: "full"}
AGREE = 0.02  # of a speed: some devices round it
MOST = 256  # ports of a device that are remembered


class PortBaseline(Options):
    """What is left out is compared with how the port was first seen to work well."""

    speed: Bandwidth | None = None
    duplex: Duplex | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """How a port works: bytes per second, and duplex; None for what is not known."""

    speed: float | None = None
    duplex: Duplex | None = None

    @property
    def said(self) -> str:
        """`1Gbps full`, as it may be written in agent.yaml."""
        bits = 8 * (self.speed or 0)
        size, unit = next((each for each in ((1e9, "G"), (1e6, "M"), (1e3, "k")) if bits >= each[0]), (1.0, ""))
        return " ".join(each for each in (f"{bits / size:.4g}{unit}bps" if bits else "", self.duplex or "") if each)


async def modes(snmp: SnmpSession, ports: Iterable[Interface]) -> Mapping[str, Mode]:
    """By ifName, of those that are up and say something of it."""
    up = [port for port in ports if port.up]
    told = await snmp.get([DUPLEX_STATUS + port.index for port in up]) if up else {}
    found = {port.name: Mode(port.speed, SAID.get(told.get(DUPLEX_STATUS + port.index))) for port in up}
    return {name: mode for name, mode in found.items() if mode != Mode()}


def against(
    seen: Mapping[str, Mode],
    accepted: Mapping[str, PortBaseline],
    kept: MutableMapping[str, Any],
    planned: bool,
) -> Iterator[Sample]:
    """One sample for each port, and where it is not as it should be one more, with both. `accepted` by ifName; `kept`
    takes how ports were seen; `planned`: a change covers the device, so that how they work now is how they should."""
    learnt: MutableMapping[str, Sequence[Any]] = kept.setdefault("modes", {})
    for name, mode in seen.items():
        known = Mode(*learnt[name]) if name in learnt else Mode()
        best = mode if planned else better(known, mode)
        if best != known and (name in learnt or len(learnt) < MOST):
            learnt[name] = [best.speed, best.duplex]
        option = accepted.get(name, PortBaseline())
        wanted = Mode(option.speed or best.speed, option.duplex or best.duplex or ("full" if mode.duplex else None))
        matches = _alike(wanted, mode, exact=option.speed is not None)
        yield Sample(metrics.BASELINE_MATCH, matches, (name,))
        if not matches:
            yield Sample(metrics.BASELINE_DEVIATION, 1, (name, wanted.said, mode.said))


def better(known: Mode, now: Mode) -> Mode:
    """Half duplex is never how a port should work of itself, since it is what a failed agreement ends in."""
    if now.duplex == "half":
        return known
    faster = known.speed is None or (now.speed is not None and now.speed > known.speed)
    return Mode(now.speed if faster else known.speed, known.duplex or now.duplex)


def _alike(wanted: Mode, now: Mode, exact: bool) -> bool:
    if wanted.duplex is not None and now.duplex is not None and wanted.duplex != now.duplex:
        return False
    if wanted.speed is None or now.speed is None:
        return True
    low, high = wanted.speed * (1 - AGREE), wanted.speed * (1 + AGREE)
    return now.speed >= low and (now.speed <= high or not exact)
