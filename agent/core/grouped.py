"""Findings that say the same about several subjects as one, and the subjects in few words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.core.checklist import Finding, Result
from agent.core.impact import span

DIGITS = re.compile(r"(\d{1,9})")
NUMBERED = re.compile(r"(.*?)(\d{1,9})\Z", re.DOTALL)
RUN = 3  # so many ids in a row are said by the first and the last

Named = tuple[str, str]  # id, name


def alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Together what is said in the same words about several subjects, and every subject that lacks the same source, in
    the order in which the first of each comes; the subjects by their numbers."""
    found: dict[object, list[Finding]] = {}
    for each in findings:
        verdict = each.verdict
        why = None if verdict.result is Result.NOT_CONNECTED else verdict.observed
        found.setdefault((each.item, verdict.result, each.waiver, why, verdict.expected), []).append(each)
    return [sorted(group, key=lambda each: natural(each.verdict.subject)) for group in found.values()]


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """To sort by: pc-2 stands before pc-10."""
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in DIGITS.split(name) if part)


def ranges(subjects: Iterable[Named]) -> list[str]:
    """`1-12 号窗口电脑(pc-1 … pc-12)`, `路由器(router)`: by their ids, those with numbers in a row as one."""
    runs: list[list[Named]] = []
    for each in sorted(subjects, key=lambda named: natural(named[0])):
        if runs and _next(runs[-1][-1][0], each[0]):
            runs[-1].append(each)
        else:
            runs.append([each])
    return [said for run in runs for said in _said(run)]


def fitting(names: Sequence[str], joint: str, room: int) -> int:
    """How many of them, joined, have room in so many characters: one at least."""
    return next((most for most in range(len(names), 1, -1) if len(joint.join(names[:most])) <= room), 1)


def _next(before: str, after: str) -> bool:
    first, second = NUMBERED.match(before), NUMBERED.match(after)
    return bool(first and second and first[1] == second[1] and int(first[2]) + 1 == int(second[2]))


def _said(run: Sequence[Named]) -> list[str]:
    if len(run) < RUN:
        return [identity if name in ("", identity) else f"{name}({identity})" for identity, name in run]
    ids = f"{run[0][0]} … {run[-1][0]}"
    names = span((name for _, name in run), "\n")
    return [ids if "\n" in names or names == span((identity for identity, _ in run), "\n") else f"{names}({ids})"]
