"""The audit of the kernel: whether its service runs, how many rules it has, when it last wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.host import words
from collectors.host.linux.figures import figures, number
from collectors.host.linux.processes import PROCESSES, running
from collectors.host.metrics import AUDIT, AUDIT_LOG, AUDIT_RULES
from collectors.host.subject import MINUTE, Subject, Turn

STATUS = Command(("/usr/sbin/auditctl", "-s"), root=True)
RULES = Command(("/usr/sbin/auditctl", "-l"), limit=256 * 1024, root=True)
LOG = Command(("/usr/bin/stat", "-c", "%Y", "--", "/var/log/audit/audit.log"), limit=64, root=True)
RULE = re.compile(r"-[aAwD] ")


def ask(turn: Turn) -> Sequence[Command]:
    return (PROCESSES, STATUS, RULES, LOG) if turn.system.has("auditctl") else (PROCESSES,)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    """Without its programs there is no audit; with them it runs if auditd does, and the kernel was not told to stop."""
    processes, *others = answers
    if not processes.ok:
        return
    runs = "auditd" in running(processes.text)
    if processes.cut and not runs:
        turn.remarks.append(words.LACKING.format(what=words.SUBJECTS["audit"], why="ps"))
        return
    status, rules, log = others or (None, None, None)
    if status is not None and status.ok:
        runs = runs and figures(status.text).get("enabled", 1) > 0
    yield Sample(AUDIT, float(runs))
    if rules is not None and rules.ok:
        yield Sample(AUDIT_RULES, float(sum(RULE.match(line) is not None for line in rules.text.split("\n"))))
    written = number(log.text) if log is not None and log.ok else None
    if written is not None:
        yield Sample(AUDIT_LOG, written)
    silent = [each for each in (status, rules) if each is not None and not (each.ok or each.forbidden or each.late)]
    if silent:
        why = clean(silent[0].stderr, 120) or silent[0].command.argv[0]
        turn.remarks.append(words.LACKING.format(what=words.SUBJECTS["audit"], why=why))


SUBJECT = Subject("audit", (AUDIT, AUDIT_RULES, AUDIT_LOG), ask, read, every=5 * MINUTE)
