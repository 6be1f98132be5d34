"""Watched files and folders, by SHA-256; beside them signs of encryption: new extensions, names of ransom notes.

Windows has no timeout(1): each script ends itself in time, and says that it did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import Text, clean
from agent.core.unchanged import MISSING
from collectors.host import files
from collectors.host import words as common
from collectors.host.encryption import LONGEST, NOTES, news
from collectors.host.metrics import FILE_CHANGES, FILE_RENEWALS, NEW_EXTENSIONS, RANSOM_NOTE
from collectors.host.subject import HOUR, MINUTE, Subject, Turn
from collectors.host.windows import words
from collectors.host.windows.canaries import NOT_THERE, digest
from collectors.host.windows.script import document, number, possible, rows, script, text, texts, why

MOST_FILES = 1000  # of one path
LARGEST = 20 * 1024 * 1024  # bytes: larger files are no configuration, and take long to hash
SECONDS = 6.0  # for all paths together, a second at least for each
MOST, TOGETHER = 512 * 1024, 6 * 1024 * 1024  # bytes of what is told of one path, of all
MOST_SEEN = 1000  # files with one extension that count
# $given: the path, seconds, patterns. -LiteralPath takes no name for a pattern; of a file -Recurse would look for
# others of its name. EACH is done with each file ($_), TOLD is given in the end; `denied`: what could not be looked at.
# `break` leaves the loop of one turn, and the pipeline with it; without a loop it would end the script.
WALK = """$p=$given[0];$end=(Get-Date).AddSeconds([double]$given[1]);$cut=0;$denied=0;$w='';$rows=@();$k=@{}
$r=$null;$bad=$null
try{$r=Get-Item -LiteralPath $p -Force -ErrorAction Stop}catch{$w=[string]$_.CategoryInfo.Category}
$o=if($r.PSIsContainer){@{Recurse=$true;File=$true}}else{@{}}
if($r){foreach($once in 1){
Get-ChildItem -LiteralPath $p -Force @o -ErrorAction SilentlyContinue -ErrorVariable bad|ForEach-Object{
if((Get-Date) -gt $end){$cut=1;break}
EACH}}}
if($bad){$denied+=@($bad).Count}
give @{reason=$w;cut=$cut;denied=$denied;TOLD}"""
HASHES = f"""if($_.Length -lt {LARGEST}){{if($rows.Count -ge {MOST_FILES}){{$cut=1;break}}
$f=$_.FullName;try{{$h=(Get-FileHash -LiteralPath $f -Algorithm SHA256 -ErrorAction Stop).Hash
$rows+=@{{path=$f;hash=$h}}}}catch{{$denied++}}}}"""
NAMES = f"""$x=[string]$_.Extension;if($x.Length -gt 1 -and $x.Length -le {LONGEST + 1}){{$k[$x]=1+$k[$x]}}
for($j=2;$j -lt $given.Count;$j++){{if($_.Name -like $given[$j]){{$rows+=$_.FullName;break}}}}"""
HASHED = WALK.replace("EACH", HASHES).replace("TOLD", "files=@($rows)")
NAMED = WALK.replace("EACH", NAMES).replace(
    "TOLD", "kinds=@($k.Keys|ForEach-Object{@{name=$_;count=$k[$_]}});notes=@($rows|Select-Object -First 3)"
)


def _each(turn: Turn, name: str, body: str, *given: str) -> Sequence[Command]:
    paths = _paths(turn)
    seconds = f"{max(1.0, SECONDS / max(1, len(paths))):.1f}"
    limit = min(MOST, TOGETHER // max(1, len(paths)))
    return [script(name, body, path, seconds, *given, limit=limit) for path in paths]


def _paths(turn: Turn) -> Sequence[str]:
    return [path for path in turn.options.watch if possible(path)]


def ask(turn: Turn) -> Sequence[Command]:
    return _each(turn, "watched", HASHED)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    """A folder that was not read to its end is not compared; of one in which some files may not be read the others are,
    and none is called missing."""
    changed: list[str] = []
    told = False
    for path in [path for path in turn.options.watch if not possible(path)]:
        turn.remarks.append(common.NOT_WHOLE.format(path=clean(path, 80), why=words.NO_NAME))
    for path, answer in zip(_paths(turn), answers, strict=False):
        facts = document(answer)
        gone = text(facts, "reason") == NOT_THERE
        if (lacks := _not_whole(answer, facts)) and not gone:
            turn.remarks.append(common.NOT_WHOLE.format(path=clean(path, 80), why=lacks))
        found = {text(each, "path", 1024): digest(each) or MISSING for each in rows(facts, "files")}
        if not facts or number(facts, "cut") or (lacks and not gone and not found):
            continue
        told = True
        kept = turn.kept.setdefault(path, {})
        few = files.few(path, found, len(turn.options.watch))
        changed += files.unapproved(turn, kept, few, missing=gone or not lacks)
    yield from files.watched(turn, changed, told)


def _not_whole(answer: Answer, facts: Mapping[str, Any]) -> Text | str:
    """Why a path was not read to its end; empty where it was."""
    if not facts:
        return why(answer)
    if number(facts, "cut"):
        return common.TOO_MUCH
    denied = int(number(facts, "denied") or 0)
    return words.DENIED.format(count=denied) if denied else text(facts, "reason")


def ask_names(turn: Turn) -> Sequence[Command]:
    return _each(turn, "extensions", NAMED, *NOTES)


def read_names(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    """Of folders that this account may not read whole only what is found is told, not that there is nothing."""
    told = [(document(answer), answer) for answer in answers]
    if not told:
        return
    lacks = [each for facts, answer in told if (each := _not_whole(answer, facts))]
    whole = not lacks
    notes = [note for facts, _ in told for note in texts(facts, "notes", 200)]
    if notes or whole:
        yield Sample(RANSOM_NOTE, float(bool(notes)))
        turn.remarks.extend(common.RANSOM.format(path=clean(each, 120)) for each in notes[:3])
    kinds = [each for facts, _ in told for each in rows(facts, "kinds")]
    if kinds or whole:
        found = [name for each in kinds for name in _seen(each)]
        if (count := news(turn, found, not whole)) or whole:
            yield Sample(NEW_EXTENSIONS, float(count))
            return
    turn.remarks.append(common.LACKING.format(what=common.SUBJECTS["extensions"], why=lacks[0]))


def _seen(facts: Mapping[str, Any]) -> list[str]:
    """The extension without its dot, as often as it was seen."""
    name = text(facts, "name", LONGEST + 1).lower().removeprefix(".")
    return [name] * min(MOST_SEEN, int(number(facts, "count") or 0)) if name else []


SUBJECT = Subject("watched", (FILE_CHANGES, FILE_RENEWALS), ask, read, every=HOUR, heavy=True)
EXTENSIONS = Subject("extensions", (NEW_EXTENSIONS, RANSOM_NOTE), ask_names, read_names, every=5 * MINUTE, heavy=True)
