"""The prober icmp: one echo."""

from __future__ import annotations

from time import perf_counter

from agent.core.reach import ReachError
from exporters.probe.names import choose
from exporters.probe.run import Run
from exporters.probe.tcp import own

DURATION = ("probe_icmp_duration_seconds", "Duration of icmp request by phase")
HOPS = ("probe_icmp_reply_hop_limit", "Replied packet hop limit (TTL for ipv4)")
SIZE = 28  # bytes of payload where the module does not say
USUAL_TTL = 64  # as the system sends where the module has 0
LEAST = 8  # of ours carry what tells an answer to us from others


async def probe(run: Run) -> bool:
    wanted = run.module.icmp
    run.phases(*DURATION, {"resolve": 0, "setup": 0, "rtt": 0})
    address, lookup = await choose(run, run.target, wanted)
    if address is None:
        run.log.error("Error resolving address", err="no address")
        return False
    run.phases(*DURATION, {"resolve": lookup})
    return await _answered(run, address)


async def _answered(run: Run, address: str) -> bool:
    wanted = run.module.icmp
    began = perf_counter()
    run.log.info("Writing out packet", bytes=wanted.payload_size or SIZE)
    try:
        burst = await run.reach.icmp.burst(
            address,
            count=1,
            interval=0,
            timeout=run.left,
            size=max(wanted.payload_size or SIZE, LEAST),
            source=own(wanted.source_ip_address),
            whole=wanted.dont_fragment and ":" not in address,
            hops=wanted.ttl or USUAL_TTL,
        )
    except (ReachError, ValueError) as error:
        run.log.error("Error writing to socket", err=error)
        return False
    if not burst.received:
        run.log.error("Timeout reading from socket", err=burst.refusal or "no answer")
        return False
    rtt = burst.received[0]
    run.phases(*DURATION, {"setup": max(0.0, perf_counter() - began - rtt), "rtt": rtt})
    if burst.hops is not None:
        run.gauge(*HOPS, burst.hops)
    run.log.info("Found matching reply packet")
    return True
