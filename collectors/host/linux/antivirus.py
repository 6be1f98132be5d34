"""Protection from malware: ClamAV by its process and data base, others by the process that agent.yaml names or that is
known here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command, reading
from collectors.host import words
from collectors.host.linux.figures import number
from collectors.host.linux.processes import PROCESSES, running
from collectors.host.metrics import ANTIVIRUS, SIGNATURES
from collectors.host.subject import MINUTE, Subject, Turn

CLAMAV = ("clamd", "clamonacc")
# Processes of QingTeng, Tencent, Alibaba, Trend Micro with AsiaInfo, Sangfor, Kaspersky, which also look for malware.
OTHERS = ("titanagent", "YDService", "AliYunDun", "ds_agent", "edr_monitor", "kesl")
HEADER = 512  # bytes: ClamAV-VDB:time:version:signatures:level:MD5:signature:builder:seconds
SECONDS = 8
DATA = tuple(reading(f"/var/lib/clamav/{name}", HEADER) for name in ("daily.cvd", "daily.cld"))


def ask(turn: Turn) -> Sequence[Command]:
    chosen = turn.options.antivirus
    if chosen is None:
        return (PROCESSES, *DATA)
    file = [Command(("stat", "-L", "-c", "%Y", "--", chosen.signatures), limit=64)] if chosen.signatures else []
    return (PROCESSES, *file)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    processes, *files = answers
    if not processes.ok:
        turn.remarks.append(words.LACKING.format(what=words.PROTECTION, why="ps"))
        return
    chosen = turn.options.antivirus
    there = running(processes.text)
    wanted = (*CLAMAV, *OTHERS) if chosen is None else (chosen.process,)
    runs = any(each in there for each in wanted)
    if runs or not processes.cut:
        yield Sample(ANTIVIRUS, float(runs))
    else:
        turn.remarks.append(words.LACKING.format(what=words.PROTECTION, why="ps"))
    dates = [number(each.text) if chosen is not None else built(each.stdout) for each in files if each.ok]
    known = [each for each in dates if each is not None]
    if known:
        yield Sample(SIGNATURES, max(known))


def built(header: bytes) -> float | None:
    """When a data base of ClamAV was built, in Unix seconds, by its header."""
    fields = header.decode("ascii", "replace").split(":")
    # The time itself holds no colon: "07 Nov 2026 09-30 +0000".
    return number(fields[SECONDS].strip()) if len(fields) > SECONDS and fields[0] == "ClamAV-VDB" else None


SUBJECT = Subject("antivirus", (ANTIVIRUS, SIGNATURES), ask, read, every=5 * MINUTE)
