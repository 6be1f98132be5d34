"""Databases asked by psql or mysql on their host: do they answer, how full are they, how far behind is a replica?"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from agent.core.model import Sample
from agent.core.reach import CannotAsk
from agent.core.ssh import Answer, Command
from agent.core.text import Text, clean
from collectors.application import metrics, words
from collectors.application.database_options import DatabaseOptions
from collectors.application.host_round import Asked
from collectors.application.part import Fault, Part
from collectors.application.sql import MEASURES, command

# What servers say, by what it means for us. Servers may say it in Chinese; clients, which say the rest, are run in C.
LOGIN = re.compile(
    rb"authentication failed|no pg_hba\.conf entry|no password supplied|role .* does not exist|pg_hba\.conf"
    rb"|\xe8\xae\xa4\xe8\xaf\x81\xe5\xa4\xb1\xe8\xb4\xa5|ERROR (1045|1044|1130|1142|1227|1698|1820|2059) ",
    re.IGNORECASE,
)
ABSENT = re.compile(rb"database .* does not exist|ERROR 1049 ", re.IGNORECASE)
FULL = re.compile(
    rb"too many (clients|connections)|connection slots|\xe5\xa4\xaa\xe5\xa4\x9a|ERROR (1040|1203) ", re.IGNORECASE
)
STARTING = re.compile(rb"the database system is |ERROR 1053 ", re.IGNORECASE)
LATE = re.compile(
    rb"statement timeout|\xe8\xaf\xad\xe5\x8f\xa5\xe8\xb6\x85\xe6\x97\xb6|ERROR (1969|3024) ",
    re.IGNORECASE,
)
UNREACHED = re.compile(rb"could not connect|connection to server|server closed the connection|ERROR 20\d\d ")
DELAY = re.compile(r"Seconds_Behind_(?:Source|Master)\Z")


def of_database(options: DatabaseOptions, name: str, seconds: float) -> Asked:
    """`name` stands in the label `database`; a query may take `seconds`."""
    measures = MEASURES[options.kind]
    spaces = [Command(("df", "-P", "-k", "--", each)) for each in options.spaces]
    queries = [command(options, each, seconds) for each in ("SELECT 1", measures.connections, *measures.delay)]
    least = len(spaces) + 1

    def told(answers: Sequence[Answer]) -> Part:
        up, rest = answers[least - 1], answers[least:]
        found = tuple(_spaces(options.spaces, answers[: least - 1], name))
        fault = _fault(up, options)
        if fault is not None:
            return Part(found, False, Fault(fault))
        if not up.ok:
            raise CannotAsk("protocol", f"the client of the database ends with {up.status}: {clean(up.stderr, 160)}")
        numbers = ((metrics.CONNECTIONS, _connections(rest[:1], options)), (metrics.DELAY, _delay(rest[1:], options)))
        found += tuple(Sample(metric, value, (name,)) for metric, value in numbers if value is not None)
        return Part(found, True)

    return Asked((*spaces, *queries), told, least)


def value(answer: Answer, options: DatabaseOptions, what: str) -> str:
    """The one value of a query, empty for NULL and for no row. CannotAsk if there is none to be had."""
    if (fault := _fault(answer, options)) is not None:
        raise CannotAsk("refused", f"{what}: {fault.en}")
    if not answer.ok:
        raise CannotAsk("missing", f"{what}: {clean(answer.stderr, 160)}; put the query right")
    lines = answer.text.splitlines()[1 if options.kind == "mysql" else 0 :]
    found = lines[0].split("\t")[0].strip() if lines else ""
    return "" if options.kind == "mysql" and found == "NULL" else found


def _fault(answer: Answer, options: DatabaseOptions) -> Text | None:
    """Why the database gives no session, None where that is not why it failed. CannotAsk where it is for our account,
    or there is no client."""
    if answer.ok:
        return None
    if answer.late:
        return words.DATABASE_SILENT
    if answer.absent:
        raise CannotAsk("missing", f"the host has no {options.program or options.kind + ' client'}; install it")
    said = answer.stderr
    if LOGIN.search(said):
        raise CannotAsk("authentication", f"the database does not let us in: {clean(said, 160)}")
    if ABSENT.search(said):
        raise CannotAsk("missing", f"{clean(said, 160)}; put `name` of `database` right")
    return next((fault for pattern, fault in FAULTS.items() if pattern.search(said)), None)


FAULTS: Mapping[re.Pattern[bytes], Text] = {
    FULL: words.DATABASE_FULL,
    STARTING: words.DATABASE_STARTING,
    LATE: words.DATABASE_SILENT,
    UNREACHED: words.DATABASE_DOWN,
}


def _connections(answers: Sequence[Answer], options: DatabaseOptions) -> float | None:
    answer = next((each for each in answers if each.ok), None)
    if answer is None:
        return None
    if options.kind == "postgresql":
        return _number(answer.text)
    most = re.match(r"@@max_connections\n(\d{1,9})\n", answer.text)
    now = re.search(r"^Threads_connected\t(\d{1,9})$", answer.text, re.MULTILINE)
    return int(now[1]) / int(most[1]) if most and now and int(most[1]) else None


def _delay(answers: Sequence[Answer], options: DatabaseOptions) -> float | None:
    answer = next((each for each in answers if each.ok), None)
    if answer is None or options.kind == "postgresql":
        return _number(answer.text) if answer is not None else None
    lines = [line.split("\t") for line in answer.text.splitlines()]
    behind = [
        found for row in lines[1:] for name, told in zip(lines[0], row, strict=False)
        if DELAY.match(name) and (found := _number(told)) is not None
    ]  # fmt: skip
    return max(behind, default=None)


def _spaces(places: Sequence[str], answers: Sequence[Answer], name: str) -> Iterator[Sample]:
    for place, answer in zip(places, answers, strict=True):
        # The name of the file system may hold anything, also the look of these numbers: the last count.
        found = re.findall(r" (\d{1,18}) +(\d{1,18}) +(\d{1,18}) +\d+% ", answer.text) if answer.ok else []
        if found and (room := int(found[-1][1]) + int(found[-1][2])):
            yield Sample(metrics.SPACE, int(found[-1][1]) / room, (name, clean(place, 100)))


def _number(text: str) -> float | None:
    try:
        found = float(text.strip()[:40])
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


Read = Callable[[str], Part]


def of_query(options: DatabaseOptions, sql: str, seconds: float, what: str, read: Read) -> Asked:
    """One value, as `read` takes it; NULL says nothing."""

    def told(answers: Sequence[Answer]) -> Part:
        found = value(answers[0], options, what)
        return read(found) if found else Part()

    return Asked((command(options, sql, seconds),), told)
