"""Program files that agent.yaml names, by SHA-256 and by the version that stands in them: which copy this host has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.host import words as common
from collectors.host.metrics import SOFTWARE
from collectors.host.subject import HOUR, Subject, Turn
from collectors.host.windows import words
from collectors.host.windows.canaries import digest
from collectors.host.windows.script import document, lacking, number, possible, rows, script, text

BODY = """give @{files=@(for($i=0;$i -lt $given.Count;$i++){$p=$given[$i];$s='';$v='';$w=''
try{$f=Get-Item -LiteralPath $p -Force -ErrorAction Stop;$v=[string]$f.VersionInfo.FileVersion
$s=(Get-FileHash -LiteralPath $f.FullName -Algorithm SHA256 -ErrorAction Stop).Hash}
catch{$w=[string]$_.CategoryInfo.Category};@{at=$i;hash=$s;version=$v;why=$w}})}"""


def _paths(turn: Turn) -> Sequence[str]:
    return [path for path in turn.options.software if possible(path)]


def ask(turn: Turn) -> Sequence[Command]:
    return (script("software", BODY, *_paths(turn)),) if _paths(turn) else ()


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        return
    facts = document(answers[0])
    if not facts:
        turn.remarks.append(lacking(answers[0], words.SOFTWARE))
        return
    found = {number(each, "at"): each for each in rows(facts, "files")}
    for at, path in enumerate(_paths(turn)):
        told = found.get(at, {})
        if (hashed := digest(told)) is not None:
            yield Sample(SOFTWARE, 1.0, (clean(path, 120), hashed, text(told, "version", 40)))
        else:
            turn.remarks.append(common.NOT_WHOLE.format(path=clean(path, 80), why=text(told, "why")))


SUBJECT = Subject("software", (SOFTWARE,), ask, read, every=HOUR, heavy=True)
