"""The prober dns: one question, and what is demanded of the records of its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from agent.core.dns import DnsAnswer, DnsTransport, Question, Record
from agent.core.reach import ReachError
from agent.options.pattern import search
from exporters.probe.module import Records
from exporters.probe.names import choose, parted
from exporters.probe.run import Run
from exporters.probe.tcp import number, own

DURATION = ("probe_dns_duration_seconds", "Duration of DNS request by phase")
ANSWERS = ("probe_dns_answer_rrs", "Returns number of entries in the answer resource record list")
AUTHORITIES = ("probe_dns_authority_rrs", "Returns number of entries in the authority resource record list")
ADDITIONALS = ("probe_dns_additional_rrs", "Returns number of entries in the additional resource record list")
SUCCEEDED = ("probe_dns_query_succeeded", "Displays whether or not the query was executed successfully")
SERIAL = ("probe_dns_serial", "Returns the serial number of the zone")
PORT, TLS_PORT = "53", "853"
CONNECTING = ("refused", "unreachable")  # kinds of failure before anything was asked
# What Go's library knows beyond the RFCs' names.
ALIASES = {"NOTIMPL": "NOTIMP"}


async def probe(run: Run) -> bool:
    wanted = run.module.dns
    for series in (ANSWERS, AUTHORITIES, ADDITIONALS, SUCCEEDED):
        run.gauge(*series, 0)
    run.phases(*DURATION, {"resolve": 0, "connect": 0, "request": 0})
    transport = wanted.transport_protocol or "udp"
    if transport not in ("udp", "tcp"):
        run.log.error("Configuration error: Expected transport protocol udp or tcp", protocol=transport)
        return False
    host, port = _place(run.target, by_tls=wanted.dns_over_tls)
    address, lookup = await choose(run, host, wanted)
    if address is None:
        run.log.error("Error resolving address", err="no address")
        return False
    run.phases(*DURATION, {"resolve": lookup})
    if wanted.dns_over_tls and transport != "tcp":
        run.log.error("Configuration error: Expected transport protocol tcp for DoT", protocol=transport)
        return False
    answer = await _asked(run, (address, port, host), "tls" if wanted.dns_over_tls else _way(transport))
    return answer is not None and _told(run, answer) and _valid(run, answer)


def _way(transport: str) -> DnsTransport:
    return "tcp" if transport == "tcp" else "udp"


def _place(target: str, *, by_tls: bool) -> tuple[str, str]:
    try:
        return parted(target)
    except ValueError:
        return target, TLS_PORT if by_tls else PORT


async def _asked(run: Run, place: tuple[str, str, str], transport: DnsTransport) -> DnsAnswer | None:
    wanted = run.module.dns
    address, port, host = place
    question = Question(
        wanted.query_name or ".",
        wanted.query_type or "ANY",
        wanted.query_class or "IN",
        recursion=wanted.recursion_desired,
        transport=transport,
        whole=False,
    )
    run.log.info("Making DNS query", target=address, query=question.name, type=question.type, dial_protocol=transport)
    began = perf_counter()
    try:
        tls = wanted.tls_config.wanted(host) if transport == "tls" else None
        to, source = number(port, "udp" if transport == "udp" else "tcp"), own(wanted.source_ip_address)
        answer = await run.reach.dns.ask(question, timeout=run.left, server=address, port=to, source=source, tls=tls)
    except (ReachError, ValueError) as error:
        at = "connect" if transport != "udp" and getattr(error, "kind", "") in CONNECTING else "request"
        run.phases(*DURATION, {at: perf_counter() - began})
        run.log.error("Error while sending a DNS query", err=error)
        return None
    run.phases(*DURATION, {"connect": max(0.0, perf_counter() - began - answer.request), "request": answer.request})
    run.log.info("Got response", rcode=answer.rcode, flags=" ".join(answer.flags))
    return answer


def _told(run: Run, answer: DnsAnswer) -> bool:
    run.gauge(*SUCCEEDED, 1)
    run.gauge(*ANSWERS, len(answer.answer))
    run.gauge(*AUTHORITIES, len(answer.authority))
    run.gauge(*ADDITIONALS, len(answer.additional))
    if run.module.dns.query_type == "SOA":
        run.gauge(*SERIAL, answer.serial or 0)
    return True


def _valid(run: Run, answer: DnsAnswer) -> bool:
    wanted = run.module.dns
    rcodes = [ALIASES.get(each, each) for each in wanted.valid_rcodes] or ["NOERROR"]
    if answer.rcode not in rcodes:
        run.log.error("Rcode is not one of the valid rcodes", rcode=answer.rcode, valid_rcodes=rcodes)
        return False
    run.log.info("Rcode is valid", rcode=answer.rcode)
    return (
        _fits(run, "Answer", answer.answer, wanted.validate_answer_rrs)
        and _fits(run, "Authority", answer.authority, wanted.validate_authority_rrs)
        and _fits(run, "Additional", answer.additional, wanted.validate_additional_rrs)
    )


def _fits(run: Run, section: str, records: Sequence[Record], wanted: Records) -> bool:
    run.log.info(f"Validating {section} RRs")
    for each in records:
        run.log.info("Validating RR", rr=each.text)
    broken = next((rule for rule, holds in RULES if not holds([each.text for each in records], wanted)), "")
    if broken:
        run.log.error(f"{section} RRs validation failed", rule=broken)
    return not broken


def _matches(patterns: Sequence[str], text: str) -> bool:
    return any(search(each, text) for each in patterns)


# What must hold of the records, by the key of the module that demands it; no records match nothing.
RULES: tuple[tuple[str, Callable[[Sequence[str], Records], bool]], ...] = (
    (
        "fail_if_matches_regexp",
        lambda records, wanted: not any(_matches(wanted.fail_if_matches_regexp, each) for each in records),
    ),
    (
        "fail_if_not_matches_regexp",
        lambda records, wanted: (
            not wanted.fail_if_not_matches_regexp
            or (
                bool(records)
                and all(search(rule, each) for rule in wanted.fail_if_not_matches_regexp for each in records)
            )
        ),
    ),
    (
        "fail_if_all_match_regexp",
        lambda records, wanted: (
            not wanted.fail_if_all_match_regexp
            or all(search(rule, each) for rule in wanted.fail_if_all_match_regexp for each in records)
        ),
    ),
    (
        "fail_if_none_matches_regexp",
        lambda records, wanted: (
            not wanted.fail_if_none_matches_regexp
            or any(_matches(wanted.fail_if_none_matches_regexp, each) for each in records)
        ),
    ),
)
