"""The interfaces by SNMP of a switch, router or firewall, of a device in the machine room, of a host."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Literal

from agent.core.model import Collector, Sample, Section, Target
from agent.core.reach import Poll, SnmpSession
from agent.options import DeviceOptions, Duration
from collectors import interface_metrics as metrics
from collectors.configuration.options import ConfigOptions
from collectors.device_uptime import UPTIME_OIDS, Uptime, restarted, uptime
from collectors.if_mib import COUNTS, Interface, described, with_counts
from collectors.interface_baseline import against, modes
from collectors.interface_choice import InterfaceOptions, chosen, key_ports, unknown_ports
from collectors.interface_rates import Track, broadcasts, counted, error_ratio, flaps, noticed, utilization
from collectors.network_options import TABLES_EVERY, NetworkOptions

METRICS = (
    metrics.INTERFACE_UP,
    metrics.INTERFACE_ADMIN_UP,
    metrics.INTERFACE_INFO,
    metrics.SPEED,
    *dict.fromkeys(count.metric for count in COUNTS),
    metrics.UTILIZATION,
    metrics.ERROR_RATIO,
    metrics.BROADCASTS,
    metrics.BROADCAST_RATIO,
    metrics.FLAPS,
    metrics.CRITICAL_UP,
    metrics.BASELINE_MATCH,
    metrics.BASELINE_DEVIATION,
)
RETRY_ABSENT = 900.0  # seconds


class SwitchOptions(DeviceOptions):
    """`uplinks` are key ports, as are the ports that lines and hosts name. `tier` says what depends on the device.
    `tables`: how often the long tables are read, of who is plugged in and who answers for which address.
    `loops`: how often the device is asked over SSH whether it sees a loop; not at all where this is not said."""

    tier: Literal["core", "aggregation", "access", "firewall", "other"] = "other"
    uplinks: tuple[str, ...] = ()
    interfaces: InterfaceOptions = InterfaceOptions()
    networks: NetworkOptions = NetworkOptions()
    tables: Duration = TABLES_EVERY
    config: ConfigOptions = ConfigOptions()
    loops: Duration | None = None


async def collect(target: Target, options: DeviceOptions, poll: Poll) -> AsyncIterator[Sample]:
    """The states of all ports come before the first counter. Remarks on a key port that was never there: then its name
    is wrong, and nothing watches it. What is no switch and has no interfaces, as many sensors, is asked for them every
    quarter of an hour."""
    since: float | None = poll.memory.get("none_since")
    if since is not None and poll.monotonic - since < RETRY_ABSENT:
        return
    async with poll.reach.snmp.session(target) as snmp:
        up = uptime(await snmp.get(UPTIME_OIDS), poll.monotonic)
        rows = await described(snmp)
        bare = not rows and target.kind != "switch" and not target.key_ports and not poll.memory.get("interfaces")
        poll.memory["none_since"] = poll.monotonic if bare else None
        kept = chosen(rows, getattr(options, "interfaces", InterfaceOptions()))
        _notice(kept, poll, up)
        for sample in _states(target, poll, rows):
            yield sample
        # Of a slow device: where the counters did not come the last time, the others wait for them this time.
        missed, poll.memory["uncounted"] = poll.memory.get("uncounted", False), True
        kept = await with_counts(snmp, kept, urgent=missed)
        poll.memory["uncounted"] = False
        for sample in _counted(kept, poll):
            yield sample
        for sample in await _against_baseline(snmp, target, options, poll, rows):
            yield sample


def _counted(rows: Sequence[Interface], poll: Poll) -> Iterator[Sample]:
    tracks: dict[str, Track] = poll.memory["interfaces"]
    for row in rows:
        tracks[row.name] = counted(tracks[row.name], row, poll.monotonic)
        yield from _of_counts(tracks[row.name])


async def _against_baseline(
    snmp: SnmpSession, target: Target, options: DeviceOptions, poll: Poll, rows: Sequence[Interface]
) -> list[Sample]:
    ports = {port.index: port for port in key_ports(rows, target.key_ports).values()}
    if not ports:
        return []
    said = getattr(options, "interfaces", InterfaceOptions()).baseline
    accepted = {port.name: said[name] for name, port in key_ports(rows, said).items()}
    planned = poll.registers.changes.covers(target.id, poll.now, poll.now)
    return list(against(await modes(snmp, ports.values()), accepted, poll.kept, planned))


def _notice(kept: Sequence[Interface], poll: Poll, up: Uptime | None) -> None:
    again = restarted(poll.memory.get("uptime"), up)
    if up is not None:
        poll.memory["uptime"] = up
    known: dict[str, Track] = poll.memory.get("interfaces", {})
    # What is gone is forgotten: a port that comes back begins anew.
    ticks = None if up is None else up.seconds % up.wrap
    tracks = {row.name: noticed(known.get(row.name), row, poll.monotonic, again, ticks) for row in kept}
    poll.memory["interfaces"] = tracks


def _states(target: Target, poll: Poll, rows: Sequence[Interface]) -> Iterator[Sample]:
    for track in poll.memory["interfaces"].values():
        yield from _of_state(track)
    ports: dict[str, str] = poll.memory.setdefault("key_ports", {})
    found = key_ports(rows, target.key_ports)
    ports.update({name: port.name for name, port in found.items()})
    yield from _of_key_ports(found, target.key_ports, ports)
    if missing := [name for name in target.key_ports if name not in ports]:
        poll.remarks.append(unknown_ports(f"{target.kind} {target.id}", missing, rows))


def _of_state(track: Track) -> Iterator[Sample]:
    seen = track.seen
    label = (seen.name,)
    if seen.up is not None:
        yield Sample(metrics.INTERFACE_UP, seen.up, label)
    if seen.admin_up is not None:
        yield Sample(metrics.INTERFACE_ADMIN_UP, seen.admin_up, label)
    yield Sample(metrics.INTERFACE_INFO, 1, (seen.name, seen.alias, seen.type_name))
    if seen.speed is not None:
        yield Sample(metrics.SPEED, seen.speed, label)
    for window, changes in flaps(track):
        yield Sample(metrics.FLAPS, changes, (*label, window))


def _of_counts(track: Track) -> Iterator[Sample]:
    label = (track.seen.name,)
    for count, value in zip(COUNTS, track.counts, strict=True):
        if value is not None:
            yield Sample(count.metric, float(value), label + count.labels)
    for direction, ratio in utilization(track):
        yield Sample(metrics.UTILIZATION, ratio, (*label, direction))
    if (faults := error_ratio(track)) is not None:
        yield Sample(metrics.ERROR_RATIO, faults, label)
    if (storm := broadcasts(track)) is not None:
        yield Sample(metrics.BROADCASTS, storm[0], label)
        if storm[1] is not None:
            yield Sample(metrics.BROADCAST_RATIO, storm[1], label)


def _of_key_ports(
    found: Mapping[str, Interface], wanted: Mapping[str, str], ports: Mapping[str, str]
) -> Iterator[Sample]:
    up: dict[tuple[str, str], bool | None] = {}
    for name, role in wanted.items():
        if name in ports:
            up.setdefault((ports[name], role), _works(found.get(name)))
    yield from (Sample(metrics.CRITICAL_UP, works, labels) for labels, works in up.items() if works is not None)


def _works(port: Interface | None) -> bool | None:
    """A port that was there and is gone with its card is down. One that is down was shut on purpose only if the device
    says so; one of which it does not say that it is down is neither."""
    if port is None:
        return False
    return True if port.admin_up is False else port.up


def _watches(target: Target) -> bool:
    """Hosts only where they are read by SNMP; the collector `host` tells the interfaces of the agent's own machine."""
    login = target.login is not None and target.login.snmp is not None
    return login and (target.kind != "host" or getattr(target.options, "by", None) == "snmp")


SECTION = Section(key="switches", options=SwitchOptions, kind="switch")
COLLECTOR = Collector(
    name="switch",
    kinds=("switch", "machine_room", "host"),
    metrics=METRICS,
    collect=collect,
    watches=_watches,
)
