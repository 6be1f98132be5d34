"""Name servers: does each answer, and with the addresses that are registered for the names?"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping

from agent.core.dns import DnsAnswer, Question
from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import CannotAsk, Poll, ReachError
from collectors.application import words
from collectors.application.metrics import UP
from collectors.application.options import ApplicationOptions, NameService
from collectors.application.part import Fault, diagnosis, since

SERVER_UP = Metric("application_dns_server_up", "gauge", "0/1", ("server",), "The DNS server answers one of the names")
ANSWERING = Metric("application_dns_servers_answering", "gauge", "servers", (), "DNS servers that answer")
EXPECTED = Metric(
    "application_dns_expected",
    "gauge",
    "0/1",
    ("server", "name"),
    "The answer has registered addresses only, 0 with another or none; absent without an answer",
)

ANSWERS = ("NOERROR", "NXDOMAIN")  # with other codes the server says that it cannot or will not
USUAL_PORT = 53

Server = tuple[str, int]
Answers = Mapping[tuple[Server, str], DnsAnswer]


async def collect(target: Target, options: ApplicationOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A server that is silent is a reading; CannotAsk if none could be asked."""
    asked = options.dns
    if asked is None:
        return
    wanted = {asked.name: options.expect.answer, **asked.names}
    servers = asked.asked or tuple((each, USUAL_PORT) for each in poll.reach.dns.resolvers())
    if not servers:
        raise CannotAsk("missing", f"{target.id}: this machine uses no name server; write `servers`")
    answers, servers = await _answers(target, servers, asked, poll)
    answering = {server for (server, _), answer in answers.items() if answer.rcode in ANSWERS}
    right = dict(_right(wanted, asked.type, answers))
    for server in servers:
        yield SERVER_UP.sample(server in answering, server=_shown(server))
    yield ANSWERING.sample(len(answering))
    for (server, name), value in right.items():
        yield EXPECTED.sample(value, server=_shown(server), name=name)
    codes = {answer.rcode for answer in answers.values()}
    wrong = {pair: bool(answers[pair].data(asked.type)) for pair, fine in right.items() if not fine}
    fault = _wrong(wrong) if wrong else _fault(wanted, right, None if answering else codes)
    yield UP.sample(fault is None, role=options.role)
    began = since(poll, "down", fault is not None)
    poll.diagnoses.extend([diagnosis(fault, began)] if fault is not None else [])


def _wrong(wrong: Mapping[tuple[Server, str], bool]) -> Fault:
    """Of servers and names whose answer is not registered; whether there was one that says something."""
    strange = any(wrong.values())
    told = [pair for pair, something in wrong.items() if something == strange]
    servers = dict.fromkeys(_shown(server) for server, _ in told)
    names = dict.fromkeys(name for _, name in told)
    said = words.NOT_REGISTERED if strange else words.NOT_RESOLVED
    return Fault(said.format(servers=words.of_config(", ".join(servers)), names=words.of_config(", ".join(names))))


def _fault(
    wanted: Mapping[str, Iterable[str]], right: Collection[tuple[Server, str]], useless: Collection[str] | None
) -> Fault | None:
    """What is missing in answers that are right as far as they go. `useless`: with what codes the servers answered
    where none gave a result."""
    if useless:
        return Fault(words.NAME_SERVERS_REFUSE.format(codes=", ".join(sorted(useless))))
    if useless is not None:
        return Fault(words.NO_NAME_SERVER)
    told = {name for _, name in right}
    untold = [name for name, answer in wanted.items() if answer and name not in told]
    return Fault(words.NO_ANSWER.format(names=words.of_config(", ".join(untold)))) if untold else None


async def _answers(
    target: Target, servers: Iterable[Server], asked: NameService, poll: Poll
) -> tuple[Answers, tuple[Server, ...]]:
    """What was answered, and the servers that could be asked; why another could not is remarked."""
    pairs = [(server, name) for server in dict.fromkeys(servers) for name in (asked.name, *asked.names)]
    told = await asyncio.gather(*(_ask(server, Question(name, asked.type), target, poll) for server, name in pairs))
    found = dict(zip(pairs, told, strict=True))
    closed = {server: answer for (server, _), answer in found.items() if isinstance(answer, CannotAsk)}
    put = tuple(dict.fromkeys(server for server, _ in pairs if server not in closed))
    if not put:
        raise next(iter(closed.values()))
    poll.remarks.extend(dict.fromkeys(str(each) for each in closed.values()))
    return {pair: answer for pair, answer in found.items() if isinstance(answer, DnsAnswer)}, put


async def _ask(server: Server, question: Question, target: Target, poll: Poll) -> DnsAnswer | ReachError:
    address, port = server
    try:
        return await poll.reach.dns.ask(question, server=address, port=port, timeout=target.timeout * 0.8)
    except ReachError as error:
        return error


def _right(
    wanted: Mapping[str, Iterable[str]], kind: str, answers: Answers
) -> Iterator[tuple[tuple[Server, str], bool]]:
    """By server and name; aliases on the way to an address do not count."""
    for (server, name), answer in answers.items():
        registered = {_spelled(each) for each in wanted[name]}
        if registered and answer.rcode in ANSWERS:
            found = {_spelled(each) for each in answer.data(kind)}
            yield (server, name), bool(found) and found <= registered


def _spelled(data: str) -> str:
    """An address in its one spelling, a name without its last dot, text without its quotes."""
    try:
        return str(ipaddress.ip_address(data))
    except ValueError:
        return data.strip('"').removesuffix(".").lower()


def _shown(server: Server) -> str:
    address, port = server
    if port == USUAL_PORT:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


COLLECTOR = Collector(
    name="name_servers",
    kinds=("application",),
    metrics=(UP, SERVER_UP, ANSWERING, EXPECTED),
    collect=collect,
    watches=lambda target: target.options.dns is not None,
)
