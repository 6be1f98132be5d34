"""Memory: what the next run of the checklist must know, and what of it outlives the agent.

While the agent was away nobody listened: what was connected counts as heard when the agent starts, so that a power cut
makes nothing unknown, let alone a failure, before it could be asked again. What was raised stays raised until it is
seen to be well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from agent.core.checklist import ITSELF, Finding, Item, Result, Rule
from checks.rules import Series, Watch

About = tuple[str, str, str]  # item, kind, target
STANDING = (Result.PASS, Result.WARN, Result.FAIL)
LONGEST = 86400.0  # seconds: an older verdict says nothing of now


@dataclass(frozen=True)
class Memory:
    """`verdicts` are the last that rest on fresh readings; `connected` says by source when it last spoke (Unix
    seconds)."""

    watches: Mapping[Series, Watch] = field(default_factory=dict)
    verdicts: Mapping[About, Finding] = field(default_factory=dict)
    connected: Mapping[str, float] = field(default_factory=dict)

    def spoke(self) -> Mapping[About, float]:
        """When any source of an item last spoke of a target, Unix seconds, also one that agent.yaml names no more."""
        found: dict[About, float] = {}
        for key, last in self.connected.items():
            item, kind, target, _ = key.split("/", 3)
            found[item, kind, target] = max(last, found.get((item, kind, target), last))
        return found

    def shifted(self, by: float) -> Memory:
        """After the wall clock was moved by so many seconds: everything stays as long ago as it was."""
        return Memory(
            {key: watch.shifted(by) for key, watch in self.watches.items()},
            {about: replace(finding, at=finding.at + by) for about, finding in self.verdicts.items()},
            {key: last + by for key, last in self.connected.items()},
        )


@dataclass(frozen=True)
class Left:
    """What an agent leaves to the next one on this state directory. `watches`: as `of` made them. `now`: when the next
    one starts, Unix seconds; what is dated later, by a clock that was wrong, is not believed."""

    connected: Mapping[str, float] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    watches: Sequence[Mapping[str, Any]] = ()
    now: float = 0.0

    def memory(self, items: Mapping[str, Item]) -> Memory:
        verdicts = {
            (each.item, each.kind, each.verdict.subject): each
            for each in self.findings
            if each.verdict.result in STANDING and each.who == ITSELF and 0 <= self.now - each.at < LONGEST
        }
        watches = dict(self._watches(items))
        return Memory(watches, verdicts, dict.fromkeys(self.connected, self.now))

    def _watches(self, items: Mapping[str, Item]) -> Iterable[tuple[Series, Watch]]:
        for said in self.watches:
            item, kind, target, place, labels = said["series"]
            rules = items[item].of_target(target).rules if item in items else ()
            watch = Watch(**said["watch"])
            if place < len(rules) and _mark(rules[place]) == said["rule"] and watch.at <= self.now:
                yield (item, kind, target, place, tuple(labels)), watch


def of(memory: Memory, items: Mapping[str, Item]) -> list[Mapping[str, Any]]:
    """The watches that say something, for the store: what holds or is raised, each with a mark of its rule, for another
    rule would know nothing of it."""
    telling = {series: watch for series, watch in memory.watches.items() if watch.raised or watch.holds_since}
    rules = {series: items[series[0]].of_target(series[2]).rules[series[3]] for series in telling}
    return [
        {"series": series, "watch": asdict(watch), "rule": _mark(rules[series])} for series, watch in telling.items()
    ]


def _mark(rule: Rule) -> str:
    return hashlib.sha256(repr(rule).encode()).hexdigest()[:16]
