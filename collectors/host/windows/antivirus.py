"""Protection from malware: Microsoft Defender, what registers with the Security Center of a desktop Windows, and others
by their processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host import words as common
from collectors.host.metrics import ANTIVIRUS, SIGNATURES
from collectors.host.subject import MINUTE, Subject, Turn
from collectors.host.windows import words
from collectors.host.windows.script import document, lacking, number, possible, rows, script, text, texts

# productState: the second byte says whether it is on, the lowest whether its signatures are too old.
ON, OLD = 0x1000, 0x10
# Processes of Huorong, 360 (two), Kingsoft, Tencent, Alibaba, Sangfor, Symantec, Kaspersky, ESET, Trend Micro.
OTHERS = (
    "hipsdaemon", "zhudongfangyu", "360rps", "kxescore", "ydservice", "aliyundun", "edr_monitor", "ccsvchst", "avp",
    "ekrn", "ntrtscan",
)  # fmt: skip
# Home editions and servers may lack Defender's commands, and servers the Security Center: `center`: it answered.
BODY = """$m=try{Get-MpComputerStatus -ErrorAction Stop}catch{}
$a=try{@(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct -ErrorAction Stop);$c=1}catch{}
$f=if($given.Count){Get-Item -LiteralPath $given[0] -Force -ErrorAction SilentlyContinue}
give @{defender=@($m|ForEach-Object{@{on=[int]($_.AntivirusEnabled -and $_.RealTimeProtectionEnabled)
signatures=(unix $_.AntivirusSignatureLastUpdated)}})
center=$(if($c){1}else{0});products=@($a|ForEach-Object{@{name=$_.displayName;state=[int]$_.productState}})
file=(utc $f.LastWriteTimeUtc);processes=@(Get-Process|Select-Object -ExpandProperty ProcessName -Unique)}"""
SCRIPT = script("antivirus", BODY)


def ask(turn: Turn) -> Sequence[Command]:
    chosen = turn.options.antivirus
    return (script("antivirus", BODY, chosen.signatures) if chosen and possible(chosen.signatures) else SCRIPT,)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    facts = document(answers[0])
    if not facts:
        turn.remarks.append(lacking(answers[0], common.PROTECTION))
        return
    processes = {each.lower() for each in texts(facts, "processes")}
    if turn.options.antivirus is not None:
        yield Sample(ANTIVIRUS, float(turn.options.antivirus.process.lower().removesuffix(".exe") in processes))
        if (date := number(facts, "file")) is not None:
            yield Sample(SIGNATURES, date)
        return
    yield from _found(turn, facts, any(each in processes for each in OTHERS))


def _found(turn: Turn, facts: Mapping[str, Any], another: bool) -> Iterator[Sample]:
    defender = next(rows(facts, "defender"), None)
    others = [each for each in rows(facts, "products") if int(number(each, "state") or 0) & ON]
    on = defender is not None and bool(number(defender, "on"))
    if on or others or another:
        yield Sample(ANTIVIRUS, 1.0)
    elif defender is not None or number(facts, "center"):
        yield Sample(ANTIVIRUS, 0.0)
    else:
        turn.remarks.append(words.NO_PROTECTION_SEEN)
    if on and defender is not None and (date := number(defender, "signatures")) is not None:
        yield Sample(SIGNATURES, date)
    for each in others:
        if int(number(each, "state") or 0) & OLD:
            turn.remarks.append(words.OLD_SIGNATURES.format(product=text(each, "name")))


SUBJECT = Subject("antivirus", (ANTIVIRUS, SIGNATURES), ask, read, every=5 * MINUTE)
