"""The prober tcp: a connection, by TLS where wanted, and a conversation line by line."""

from __future__ import annotations

import ipaddress
import socket

from agent.core.reach import ReachError
from agent.core.tcp import Script, Step, Talk
from exporters.probe import tls_facts
from exporters.probe.names import choose, parted
from exporters.probe.run import Run

BY_REGEX = ("probe_failed_due_to_regex", "Indicates if probe failed due to regex")


async def probe(run: Run) -> bool:
    wanted = run.module.tcp
    run.gauge(*BY_REGEX, 0)
    try:
        host, port = parted(run.target)
    except ValueError as error:
        run.log.error("Error splitting target address and port", err=error)
        return False
    address, _ = await choose(run, host, wanted)
    if address is None:
        return False
    tls = wanted.tls_config.wanted(host)
    steps = tuple(Step(each.expect, each.send, each.starttls) for each in wanted.query_response)
    run.log.info("Dialing TCP with TLS" if wanted.tls else "Dialing TCP without TLS")
    try:
        source = own(wanted.source_ip_address)
        script = Script(steps, secure=wanted.tls, tls=tls)
        talk = await run.reach.tcp.talk(address, number(port), script, timeout=run.left, source=source)
    except (ReachError, ValueError) as error:
        run.log.error("Error dialing TCP", err=error)
        return False
    return _told(run, talk, script)


def _told(run: Run, talk: Talk, script: Script) -> bool:
    failure = talk.failure
    if talk.handshake is not None and (failure is None or failure.kind != "certificate"):
        tls_facts.tell(run, talk.handshake, script.tls)
    for said in talk.matched:
        run.log.info("Regexp matched", line=said)
    run.gauge(*BY_REGEX, talk.unmet)
    if failure is None:
        return True
    at_dialing = script.secure and talk.handshake is None
    run.log.error("Error dialing TCP" if at_dialing else "Conversation failed", step=talk.step, err=failure.message)
    return False


def own(source: str) -> str | None:
    """ValueError if it is no address."""
    if not source:
        return None
    try:
        return str(ipaddress.ip_address(source))
    except ValueError:
        raise ValueError(f"Error parsing source ip address: {source}") from None


def number(port: str, protocol: str = "tcp") -> int:
    """ValueError if it is neither a number of a port nor a service of /etc/services."""
    if port.isascii() and port.isdigit() and int(port[:6]) < 65536:
        return int(port)
    try:
        return socket.getservbyname(port, protocol)
    except (OSError, UnicodeError):
        raise ValueError(f"unknown port {port}") from None
