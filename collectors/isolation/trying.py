"""Trying: connections put to the host that is their vantage, a few at once, by the way in that it has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll, ReachError, Unanswered
from agent.core.ssh import SshSession
from agent.core.text import Text, clean
from collectors.host.windows.script import document, why
from collectors.isolation import posix, windows, words
from collectors.isolation.matrix import Try
from collectors.isolation.outcome import SNMP, Outcome, Places

AT_ONCE = 32  # connections
SECONDS = 3.0  # for one: Linux asks again after one second and after three, Windows believes a refusal after two
BY_KIND: dict[str, Outcome] = {
    "refused": "refused",
    "unreachable": "unreachable",
    "timeout": "silent",
    "resolve": "unresolved",
    "permission": "forbidden",
}
KNOWS_NAMES = "python3"  # the means that tells a name's silent lookup from a silent port

Way = Callable[[Target, Poll, Places, float], Awaitable[list[Outcome]]]


async def tried(target: Target, poll: Poll, tries: Sequence[Try]) -> dict[Try, Outcome]:
    """CannotAsk or Unanswered where the host cannot be asked, or has no program that could; a remark says that, too."""
    ask = _way(target, poll)
    found: dict[Try, Outcome] = {}
    for first in range(0, len(tries), AT_ONCE):
        some = tries[first : first + AT_ONCE]
        outcomes = await ask(target, poll, [(each.address, each.port) for each in some], _seconds(target))
        found.update(zip(some, outcomes, strict=True))
    return found


def _way(target: Target, poll: Poll) -> Way:
    options = target.options
    if options.by == "ssh":
        return _by_powershell if options.system == "windows" else _by_shell
    if options.local:
        return _from_here
    raise _unable(poll, words.NOT_BY_SSH.format(host=target.id))


def _unable(poll: Poll, why: Text) -> CannotAsk:
    """For people in their language, for the log in English."""
    poll.remarks.append(why)
    return CannotAsk("missing", why.en)


def _sure(outcome: Outcome, address: str) -> Outcome:
    """Of a program that does not say whether it is the port that is silent or who knows the name."""
    return outcome if outcome != "silent" or _numeric(address) else "unsure"


def _seconds(target: Target) -> float:
    """What leaves the host time to answer, and to be asked by another program. Whole ones: nc takes no others."""
    return max(1.0, min(SECONDS, target.timeout // 3))


async def _by_shell(target: Target, poll: Poll, places: Places, seconds: float) -> list[Outcome]:
    async with poll.reach.ssh.session(target, apart=True) as session:
        return await _by_some_means(session, target, poll, places, seconds)


async def _by_some_means(
    session: SshSession, target: Target, poll: Poll, places: Places, seconds: float
) -> list[Outcome]:
    """By what could the last time, else by the first that can."""
    last, complaint = poll.memory.get("means"), b""
    for means in sorted(posix.MEANS, key=lambda each: each.name != last):
        (answer,) = await session.round([posix.asking(means, places, seconds)])
        if answer.ok and answer.stdout.strip():
            poll.memory["means"] = means.name
            found = posix.outcomes(means, answer.text, len(places))
            if means.name == KNOWS_NAMES:
                return found
            return [_sure(each, address) for each, (address, _) in zip(found, places, strict=True)]
        complaint = complaint or answer.stderr
    names = ", ".join(means.name for means in posix.MEANS)
    said = clean(complaint, 120) or words.NOTHING_SAID
    raise _unable(poll, words.NO_MEANS.format(host=target.id, names=names, why=said))


async def _by_powershell(target: Target, poll: Poll, places: Places, seconds: float) -> list[Outcome]:
    async with poll.reach.ssh.session(target, "windows", apart=True) as session:
        (answer,) = await session.round([windows.asking(places, seconds)])
    facts = document(answer)
    if "codes" not in facts:
        raise _unable(poll, words.POWERSHELL.format(host=target.id, why=why(answer)))
    found = windows.outcomes(facts, len(places))
    return [_sure(each, address) for each, (address, _) in zip(found, places, strict=True)]


async def _from_here(target: Target, poll: Poll, places: Places, seconds: float) -> list[Outcome]:
    """From the agent's own machine."""

    async def one(address: str, port: int) -> Outcome:
        if port == SNMP:
            return "untried"
        try:
            await poll.reach.tcp.connect(address, port, timeout=seconds)
        except ReachError as error:
            return _sure(_kind(error), address)
        return "open"

    return await asyncio.gather(*(one(*place) for place in places))


def _kind(error: ReachError) -> Outcome:
    refusal = error.refusal if isinstance(error, Unanswered) else None
    if refusal is not None and not refusal.by and refusal.why == "no_route":
        return "no_route"
    return BY_KIND.get(error.kind, "failed")


def _numeric(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True
