"""Canary files, at each poll by SHA-256 (Get-FileHash)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.unchanged import MISSING
from collectors.host import files, words
from collectors.host.metrics import CANARY
from collectors.host.subject import Subject, Turn
from collectors.host.windows.script import document, lacking, possible, rows, script, text

DIGEST = re.compile(r"[0-9A-F]{64}")
# Why a file was not read is a category, which has the same name in every language. A drive that is gone has no objects.
NOT_THERE = "ObjectNotFound"
BODY = """give @{files=@(for($i=0;$i -lt $given.Count;$i++){$p=$given[$i];$s='';$w=''
try{$f=Get-Item -LiteralPath $p -Force -ErrorAction Stop
$s=(Get-FileHash -LiteralPath $f.FullName -Algorithm SHA256 -ErrorAction Stop).Hash}
catch{$w=[string]$_.CategoryInfo.Category};@{at=$i;hash=$s;why=$w}})}"""


def ask(turn: Turn) -> Sequence[Command]:
    paths = _paths(turn)
    return (script("canaries", BODY, *paths, limit=16 * 1024),) if paths else ()


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        return
    told = {each.get("at"): each for each in rows(document(answers[0]), "files")}
    if not told:
        turn.remarks.append(lacking(answers[0], words.SUBJECTS["canaries"]))
        return
    found = {path: digest(told.get(at, {})) for at, path in enumerate(_paths(turn))}
    yield from files.canaries(turn, {path: found.get(path, MISSING) for path in turn.options.canaries})


def _paths(turn: Turn) -> Sequence[str]:
    return [path for path in turn.options.canaries if possible(path)]


def digest(facts: Mapping[str, Any]) -> str | None:
    """The SHA-256 of a file, MISSING if there is none, None if that is not known."""
    found = text(facts, "hash").upper()
    if DIGEST.fullmatch(found):
        return found.lower()
    return MISSING if text(facts, "why") == NOT_THERE else None


SUBJECT = Subject("canaries", (CANARY,), ask, read)
