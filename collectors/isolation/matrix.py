"""Matrix: which connections one host tries, of the entries of `isolation` that name it and the targets there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.core.model import Target
from agent.core.others import Known
from agent.core.text import Text, clean
from collectors.isolation import words
from collectors.isolation.options import MOST_PORTS, SECTIONS, IsolationOptions, Severity

MOST = 1000  # connections that one host tries


@dataclass(frozen=True, slots=True)
class Try:
    """One connection. `to` is the id of the target, where it is one, else its address; `kind` that of the target,
    empty where it is none; `answers`: a silent SNMP port is shut, for the target answers SNMPv3."""

    to: str
    address: str
    port: int
    allowed: bool
    severity: Severity
    kind: str = ""
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """`left` is what is wanted and not tried: too many ports of a pair, or too much in all."""

    tries: tuple[Try, ...]
    left: tuple[Try, ...] = ()
    remarks: tuple[Text, ...] = ()


def matrix(own: Target, tasks: Sequence[IsolationOptions], known: Known) -> Matrix:
    """What names a section goes before what names one thing, which then replaces it."""
    found: dict[tuple[str, int], Try] = {}
    remarks: list[Text] = []
    by_address = {target.address: target for target in reversed(known.targets()) if target.address}
    for task in sorted(tasks, key=lambda each: each.to not in SECTIONS):
        places = [each for each in _places(task, by_address, known) if not _is_own(own, *each)]
        for target, place in places:
            if place:
                found |= {(each.to, each.port): each for each in _tries(task, target, place)}
            elif task.to not in SECTIONS:
                remarks.append(words.NO_ADDRESS.format(to=clean(task.to, 64)))
        if task.to in SECTIONS and not any(place for _, place in places):
            remarks.append(words.NO_TARGET.format(to=task.to))
    wanted = sorted(found.values(), key=lambda each: (each.to, each.port))
    tried = list(_few_each(wanted))[:MOST]
    chosen = set(tried)
    left = tuple(each for each in wanted if each not in chosen)
    return Matrix(tuple(tried), left, tuple(dict.fromkeys(remarks)))


def _is_own(own: Target, target: Target | None, place: str | None) -> bool:
    return (place is not None and place == own.address) or (target is not None and target.id == own.id)


def _places(
    task: IsolationOptions, by_address: dict[str, Target], known: Known
) -> Iterator[tuple[Target | None, str | None]]:
    """Each target with its address, None where it has none."""
    if task.to in SECTIONS:
        yield from ((each, each.address) for each in known.targets() if each.kind == SECTIONS[task.to])
    elif (target := known.target(task.to)) is not None:
        yield target, target.address
    else:
        yield by_address.get(task.to), task.to


def _tries(task: IsolationOptions, target: Target | None, place: str) -> Iterator[Try]:
    login = target.login.snmp if target is not None and target.login is not None else None
    for port in task.port:
        yield Try(
            target.id if target is not None else place,
            place,
            port,
            task.allowed,
            task.gravity(port),
            target.kind if target is not None else "",
            login is not None and login.version == "3",
        )


def _few_each(wanted: Iterable[Try]) -> Iterator[Try]:
    count: dict[str, int] = {}
    for each in wanted:
        count[each.to] = count.get(each.to, 0) + 1
        if count[each.to] <= MOST_PORTS:
            yield each
