"""Verdict: what the outcomes of a host's tries say of the matrix, as samples and sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agent.core.model import Sample
from agent.core.others import Told
from agent.core.text import Text
from collectors.isolation import words
from collectors.isolation.matrix import Matrix, Try
from collectors.isolation.metrics import REACHABLE, UNEXPECTED
from collectors.isolation.outcome import SHUT, SNMP, Outcome

MANAGED = ("switch", "host")  # kinds whose management ports are told of each
MANAGEMENT = (22, 23, 161, 443)
SHOWN = 20  # sentences of a kind

Outcomes = Mapping[Try, Outcome]


def is_open(each: Try, outcome: Outcome) -> bool | None:
    """None where that is not known: a silent SNMP port may belong to a device that does not speak version 3. What is
    allowed needs a route."""
    if outcome == "open":
        return True
    if outcome == "no_route" and each.allowed:
        return False
    unsure = outcome == "silent" and each.port == SNMP and not each.answers
    return False if outcome in SHUT and not unsure else None


def settled(matrix: Matrix, found: Outcomes) -> bool:
    """Whether all is as it should be, or at least known."""
    return all(is_open(each, found[each]) is each.allowed for each in matrix.tries)


def unexpected(vantage: str, matrix: Matrix, found: Outcomes) -> Iterator[Sample]:
    """Of each pair and severity how many are open. Where none is, all must have been tried."""
    pairs: dict[tuple[str, str], list[bool | None]] = {}
    for each in (*matrix.tries, *matrix.left):
        if not each.allowed:
            opened = is_open(each, found.get(each, "untried"))
            pairs.setdefault((each.to, each.severity), []).append(opened)
    for (to, severity), known in pairs.items():
        if any(known) or None not in known:
            yield Sample(UNEXPECTED, float(known.count(True)), (vantage, to, severity))


def managed(vantage: str, matrix: Matrix, found: Outcomes) -> dict[str, Told]:
    """By the id of each target that others administer: which of its management ports can be reached, and a sentence
    where one can."""
    told: dict[str, Told] = {}
    for each in matrix.tries:
        opened = is_open(each, found.get(each, "untried"))
        if each.kind in MANAGED and each.port in MANAGEMENT and not each.allowed and opened is not None:
            samples = told.setdefault(each.to, Told()).samples
            samples.append(Sample(REACHABLE, float(opened), (vantage, str(each.port))))
    for to, text in _opened(vantage, (each for each in matrix.tries if each.kind in MANAGED and _open(each, found))):
        told.setdefault(to, Told()).remarks.append(text)
    return told


def remarks(vantage: str, matrix: Matrix, found: Outcomes) -> Iterator[Text]:
    """What is open and should not be, shut and should not be, or not known; the gravest first."""
    yield from matrix.remarks
    opened = _opened(vantage, (each for each in matrix.tries if _open(each, found)))
    yield from _few(text for _, text in opened)
    shut = {each: found[each] for each in matrix.tries if each.allowed and is_open(each, found[each]) is False}
    yield from _few(_told(words.SHUT, vantage, _grouped(shut)))
    unknown = {each: _why(each, found[each]) for each in matrix.tries if is_open(each, found[each]) is None}
    unknown.update(dict.fromkeys(matrix.left, "left"))
    yield from _few(_told(words.UNKNOWN, vantage, _grouped(unknown)))


def _open(each: Try, found: Outcomes) -> bool:
    return not each.allowed and found.get(each) == "open"


def _why(each: Try, outcome: Outcome) -> str:
    return "no_v3" if outcome == "silent" else outcome


def _opened(vantage: str, tries: Iterable[Try]) -> Iterator[tuple[str, Text]]:
    """Whom it concerns, and a sentence; what fails first."""
    grave = {each: each.severity for each in sorted(tries, key=lambda each: each.severity)}
    for (to, severity), ports in _grouped(grave).items():
        yield to, words.OPEN.format(vantage=vantage, to=to, ports=ports, grave=words.GRAVE[severity])


def _grouped(why: Mapping[Try, str]) -> dict[tuple[str, str], str]:
    """Ports by whom they belong to and why they are told, as a list for people."""
    ports: dict[tuple[str, str], list[int]] = {}
    for each, reason in why.items():
        ports.setdefault((each.to, reason), []).append(each.port)
    return {key: listed(found) for key, found in ports.items()}


def listed(ports: Iterable[int]) -> str:
    """In order; three or more in a row as a range."""
    runs: list[list[int]] = []
    for port in sorted(ports):
        if runs and port == runs[-1][-1] + 1:
            runs[-1].append(port)
        else:
            runs.append([port])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _told(text: Text, vantage: str, grouped: Mapping[tuple[str, str], str]) -> Iterator[Text]:
    for (to, why), ports in grouped.items():
        yield text.format(vantage=vantage, to=to, ports=ports, why=words.WHY[why])


def _few(texts: Iterable[Text]) -> Iterator[Text]:
    found = list(texts)
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield words.MORE.format(count=len(found) - SHOWN)
