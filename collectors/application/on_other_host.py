"""The process of an application and the files that wait for upload, as another host tells them by SSH."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.core.reach import CannotAsk
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.application import words
from collectors.application.host_round import Asked, usable
from collectors.application.on_host import Backlog, backlog_samples
from collectors.application.part import Fault, Part
from collectors.host.linux.processes import UTF8
from collectors.host.linux.processes import names as names_of

# procps and busybox have these; the text is the last column, so that it may hold spaces.
MOMENT = re.compile(rb"-?[0-9]{1,12}")  # Unix seconds
NAMES = Command((*UTF8, "ps", "-e", "-o", "pid=", "-o", "stat=", "-o", "comm="), limit=2**19)
ARGUMENTS = Command((*UTF8, "ps", "-e", "-o", "pid=", "-o", "stat=", "-o", "args="), limit=2**21)
MOST_TIMES = 2**21  # bytes of file times: 190,000 files


def of_process(wanted: str) -> Asked:
    def told(answers: Sequence[Answer]) -> Part:
        names, arguments = (usable(each, "the list of processes") for each in answers)
        runs = wanted in _names(names.text, arguments.text)
        if not runs and (names.cut or arguments.cut):
            raise CannotAsk("missing", "more processes than can be looked through")
        fault = None if runs else Fault(words.NO_PROCESS.format(process=words.of_config(wanted)))
        return Part(up=runs, fault=fault)

    return Asked((NAMES, ARGUMENTS), told)


def _names(names: str, arguments: str) -> set[str]:
    """Of all processes: names, program files, scripts that interpreters run. CannotAsk if others' are hidden."""
    listed = list(_columns(names))
    if "1" not in (number for number, _, _ in listed):
        raise CannotAsk(
            "permission", "the host hides the processes of others (mount option hidepid of /proc); let the account see"
        )
    found = {name for _, state, name in listed if not state.startswith("Z")}
    for _, state, line in _columns(arguments):
        found.update(names_of(line.split()) if not state.startswith("Z") else ())
    return found


def _columns(text: str) -> Iterator[tuple[str, str, str]]:
    """Process number, state, and the rest of each line."""
    for line in text.splitlines():
        parts = line.split(None, 2)
        if len(parts) == 3:
            yield parts[0], parts[1], parts[2].strip()


def of_spool(place: str, pattern: str, role: str) -> Asked:
    """Only times come back, so no name of a file has to be told from another."""
    # A trailing /. follows a link to the directory, and no place can be taken for an option.
    found = Command(
        ("find", f"{place}/.", "-maxdepth", "1", "-type", "f", *_fitting(pattern),
         "-exec", "stat", "-c", "%Y", "--", "{}", "+"),
        limit=MOST_TIMES,
    )  # fmt: skip

    def told(answers: Sequence[Answer]) -> Part:
        if not answers:
            raise CannotAsk("missing", f"spool {clean(place)} is no absolute path; write one that begins with /")
        return Part(backlog_samples(_backlog(answers, clean(place)), role))

    if not place.startswith("/"):
        return Asked((), told)
    return Asked((Command(("test", "-d", place)), found), told)


def _fitting(pattern: str) -> Sequence[str]:
    """Tests of find(1) that mean what fnmatch does, which knows no backslash."""
    hidden = () if pattern.startswith(".") else ("!", "-name", ".*")
    return (*hidden, "-name", pattern.replace("\\", "\\\\"))


def _backlog(answers: Sequence[Answer], place: str) -> Backlog:
    there, found = answers
    if there.status == 1:
        raise CannotAsk("missing", f"{place}: No such directory; put the path in agent.yaml right")
    usable(there, place)
    if found.cut:
        raise CannotAsk("timeout", f"{place}: too many files to count")
    if not (found.status == 1 and _taken_meanwhile(found)):
        usable(found, place)
    times = [int(each) for each in found.stdout.split() if MOMENT.fullmatch(each)]
    if len(times) < len(found.stdout.split()):
        raise CannotAsk("protocol", f"{place}: stat said {clean(found.stdout, 60)!r} instead of times")
    return Backlog(len(times), min(times, default=None))


def _taken_meanwhile(found: Answer) -> bool:
    """Whether it failed only at files that were uploaded between find and stat."""
    lines = found.stderr.splitlines()
    return bool(lines) and all(b"No such file" in line for line in lines)
