"""What became better, worse or is new since an earlier report. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent.core.checklist import Finding, Result
from checks.scores import BEST_FIRST

Change = Literal["worse", "new", "better", "gone"]
ORDER: tuple[Change, ...] = ("worse", "new", "better", "gone")


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one item about one subject; `before` None: it was not on the earlier report, `after` None: it is not on this
    one."""

    change: Change
    item: str
    kind: str
    subject: str
    before: Result | None
    after: Result | None


def differences(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Difference, ...]:
    """The worst first. Left out: what is as it was, what came or went without being wrong, and that a source was
    connected or taken away without anything wrong."""
    old = {_key(each): each.verdict.result for each in before}
    new = {_key(each): each.verdict.result for each in after}
    keys = sorted({*old, *new})
    found = [(_change(old.get(key), new.get(key)), key) for key in keys]
    made = [Difference(change, *key, old.get(key), new.get(key)) for change, key in found if change]
    return tuple(sorted(made, key=lambda each: ORDER.index(each.change)))


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.item, finding.kind, finding.verdict.subject


def _change(before: Result | None, after: Result | None) -> Change | None:
    was, now = _badness(before), _badness(after)
    if was is None:
        return "new" if now else None
    if now is None:
        return "gone" if was else None
    if was == now:
        return None
    return "worse" if now > was else "better"


def _badness(result: Result | None) -> int | None:
    """What is not judged is neither better nor worse than what is."""
    return BEST_FIRST.index(result) if result in BEST_FIRST else None
