"""Signs of encryption in watched folders: new extensions on many files, and file names of ransom notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import basename

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.host import words
from collectors.host.encryption import LONGEST, NOTES, news
from collectors.host.metrics import NEW_EXTENSIONS, RANSOM_NOTE
from collectors.host.subject import MINUTE, Subject, Turn

EVERY = 5 * MINUTE
SINCE = "15"  # minutes: no change between two cycles is missed, also where one was late
LONG = 8.0  # seconds
LISTED, NAMED = 4 * 1024 * 1024, 8 * 1024  # bytes of names: of all that is watched together; of ransom notes in one


def ask(turn: Turn) -> Sequence[Command]:
    """For each watched path: the ransom notes in it, and the files that were written or renamed of late; at first all
    files, to learn which extensions are usual."""
    named = [word for name in NOTES for word in ("-o", "-iname", name)][1:]
    age = () if "known" in turn.kept else ("-name", "*.*")
    late = age or ("(", "-cmin", f"-{SINCE}", "-o", "-mmin", f"-{SINCE}", ")", "-name", "*.*")
    return [
        Command(("find", path, "-xdev", "-type", "f", *tests, "-print"), limit=limit, seconds=LONG)
        for path in turn.options.watch
        for tests, limit in ((("(", *named, ")"), NAMED), (late, LISTED // len(turn.options.watch)))
    ]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        return
    notes, files = answers[::2], answers[1::2]
    # Of folders that this account may not read whole only what is found is told, not that there is nothing.
    names = [line for each in notes for line in each.text.split("\n") if line]
    if names or all(each.ok for each in notes):
        yield Sample(RANSOM_NOTE, float(bool(names)))
        turn.remarks.extend(words.RANSOM.format(path=clean(each, 120)) for each in names[:3])
    whole = all(each.ok or each.cut for each in files)  # what is cut ends by a signal
    if whole or any(each.stdout for each in files):
        found = [extension(line) for each in files for line in each.text.split("\n")]
        cut = any(each.cut or not each.ok for each in files)
        if (count := news(turn, [each for each in found if each], cut)) or whole:
            yield Sample(NEW_EXTENSIONS, float(count))
            return
    if not any(each.late for each in files):
        turn.remarks.append(words.LACKING.format(what=words.SUBJECTS["extensions"], why=_why(files)))


def _why(files: Sequence[Answer]) -> str:
    said = (clean(each.stderr, 120) for each in files if not each.ok)
    return next((each for each in said if each), "find")


def extension(path: str) -> str:
    """In lower case; empty for a name without one, for hidden files, and for what is too long to be one."""
    stem, dot, found = basename(path).rpartition(".")
    return found.lower() if dot and stem and len(found) <= LONGEST and found.isprintable() else ""


SUBJECT = Subject("extensions", (NEW_EXTENSIONS, RANSOM_NOTE), ask, read, every=EVERY, heavy=True)
