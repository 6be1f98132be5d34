"""Protection from malware: Microsoft Defender, and what registers with the Security Center of a desktop Windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words
from collectors.host.metrics import ANTIVIRUS, SIGNATURES
from collectors.host.subject import MINUTE, Turn
from collectors.host.windows.script import number, rows, script, subject, text

# productState: the second byte says whether it is on, the lowest whether its signatures are too old.
ON, OLD = 0x1000, 0x10
SCRIPT = script(
    "antivirus",
    """$m=Get-MpComputerStatus -ErrorAction SilentlyContinue
$a=Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct -ErrorAction SilentlyContinue
give @{defender=@($m|ForEach-Object{@{on=[int]($_.AntivirusEnabled -and $_.RealTimeProtectionEnabled)
signatures=(unix $_.AntivirusSignatureLastUpdated)}})
products=@($a|ForEach-Object{@{name=$_.displayName;state=[int]$_.productState}})}""",
    limit=16 * 1024,
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    defender = next(rows(facts, "defender"), {})
    others = [each for each in rows(facts, "products") if int(number(each, "state") or 0) & ON]
    on = bool(number(defender, "on"))
    yield Sample(ANTIVIRUS, float(on or bool(others)))
    if on and (date := number(defender, "signatures")) is not None:
        yield Sample(SIGNATURES, date)
    for each in others:
        if int(number(each, "state") or 0) & OLD:
            turn.remarks.append(words.OLD_SIGNATURES.format(product=text(each, "name")))


SUBJECT = subject("antivirus", words.PROTECTION, (ANTIVIRUS, SIGNATURES), SCRIPT, told, every=5 * MINUTE)
