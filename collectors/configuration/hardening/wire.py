"""What can be seen of a device's management from outside, without logging in: its clear-text ports, what SSH offers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.model import Target
from agent.core.reach import Poll, ReachError
from agent.core.ssh import Offer
from agent.core.tcp import Script, Step
from collectors.configuration.hardening.facts import Device, Ssh

PORTS = {"telnet": 23, "http": 80, "ftp": 21}
SSH = 22
SECONDS = 3.0  # for each look
RETRY = 900.0  # where SSH showed nothing
# What sends a browser on to HTTPS manages nothing in clear text itself.
REDIRECT = Script(
    (
        Step(send="GET / HTTP/1.0\r\n\r"),
        Step(expect="^HTTP/1.[01] 30[12378]"),
        Step(expect="(?i)^location: *https://"),
    )
)


@dataclass(frozen=True, slots=True)
class Seen:
    """`ports`: whether each answers, None for one of which nothing is known. `offer` of SSH, where it was shown."""

    ports: Mapping[str, bool] = field(default_factory=dict)
    redirected: bool = False
    offer: Offer | None = None


async def look(target: Target, poll: Poll, every: float) -> Seen:
    """At most every so many seconds; what was seen then stands till the next look."""
    since = poll.monotonic - poll.memory.get("looked", float("-inf"))
    known: Seen | None = poll.memory.get("seen")
    if since < (every if known is not None and known.offer is not None else min(every, RETRY)):
        return known or Seen()
    poll.memory["looked"] = poll.monotonic
    poll.memory["seen"] = found = await _seen(target, poll)
    return found


async def _seen(target: Target, poll: Poll) -> Seen:
    address = target.address or ""
    port = target.login.ssh.port if target.login and target.login.ssh else SSH
    asked = asyncio.gather(*(_answers(address, each, poll) for each in PORTS.values()))
    offer, answers = await asyncio.gather(_offered(address, port, poll), asked)
    # A device that says nothing at all may be away: then silence says nothing of its ports.
    there = offer is not None or any(each is not None for each in answers)
    ports = {name: bool(each) for name, each in zip(PORTS, answers, strict=True)} if there else {}
    redirected = ports.get("http", False) and await _redirects(address, poll)
    return Seen({**ports, "http": False} if redirected else ports, redirected, offer)


async def _offered(address: str, port: int, poll: Poll) -> Offer | None:
    try:
        return await poll.reach.ssh.offer(address, port, SECONDS)
    except ReachError:
        return None


async def _answers(address: str, port: int, poll: Poll) -> bool | None:
    """True: a connection stands; False: it is refused; None: nothing comes."""
    try:
        await poll.reach.tcp.connect(address, port, timeout=SECONDS)
    except ReachError as error:
        return False if error.kind == "refused" else None
    return True


async def _redirects(address: str, poll: Poll) -> bool:
    try:
        talk = await poll.reach.tcp.talk(address, PORTS["http"], REDIRECT, timeout=SECONDS)
    except ReachError:
        return False
    return talk.failure is None


def as_device(seen: Seen) -> Device:
    """A device of which nothing else is known, for the same rules."""
    if seen.offer is None:
        return Device(redirects=seen.redirected)
    banner, offer = seen.offer.banner, seen.offer
    lists = (offer.ciphers or None, offer.exchanges or None, offer.host_keys or None)
    ssh = Ssh(True, not banner.startswith("SSH-2.0-"), *lists, lines={"old": (banner,)})
    return Device(ssh=ssh, redirects=seen.redirected)
