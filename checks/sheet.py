"""The day's inspection sheet (巡检单): what people must look at, for no source tells of it or an attestation ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.attestations import ENTERED, EXPIRY, SIGNED, Attestation, Register
from agent.core.checklist import Attesting, Finding, Item
from agent.core.text import Text
from checks import words
from checks.scores import without_source

DAY = 86400.0  # seconds
NOTHING = Text("–", "–")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `instead` of a source, or else an item of people's own; `ends` is when the standing attestation must be
    renewed (Unix seconds), None where there is none; `seen` what was last found, by target."""

    item: Item
    attesting: Attesting
    instead: bool
    due: bool
    ends: float | None
    waiting: str
    seen: Text

    @property
    def looks(self) -> Text:
        """What to look at: what an item of people's own verifies and how; else what is done in place of a source."""
        item = self.item
        if self.instead or item.how is None:
            return self.attesting.says
        return Text(f"{item.verify.zh}:{item.how.zh}", f"{item.verify.en}: {item.how.en}")

    @property
    def by_name(self) -> bool:
        """Whether it is never passed along with the others: what is critical, holds for longer than a day, or needs a
        photograph, figures or documents is said of this very item."""
        attesting = self.attesting
        return not self.instead or self.item.severity == "critical" or attesting.valid > DAY or attesting.photo


def lines(
    items: Iterable[Item], findings: Sequence[Finding], register: Register, level: int, end: float
) -> tuple[Line, ...]:
    """In the order of the items; `due` says what ends before `end`, Unix seconds, or holds no more. Items above the
    centre's level are no duty and stand on no sheet."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.item, []).append(finding)
    made = (_line(each, found.get(each.id, []), register, end) for each in items if each.level <= level)
    return tuple(each for each in made if each is not None)


def _line(item: Item, findings: Sequence[Finding], register: Register, end: float) -> Line | None:
    attesting = item.attested or item.fallback
    if attesting is None or SIGNED in item.metrics:
        return None
    instead = item.attested is None
    if instead and findings and not any(map(without_source, findings)):
        return None
    standing = register.of(item.id)
    ends = min((renewal(item, each) for each in standing), default=None)
    # One that ends before anybody has agreed is no reason not to look again.
    waiting = next((each.id for each in register.waiting if each.item == item.id and each.confirmable(end)), "")
    due = (ends is None or ends <= end) and not waiting
    return Line(item, attesting, instead, due, ends, waiting, _seen(findings)) if due or instead else None


def renewal(item: Item, entry: Attestation) -> float:
    """When this attestation ends, or the item's rules begin to object to its age."""
    moments = [entry.until]
    for rule in item.rules:
        since = {ENTERED: entry.at, EXPIRY: entry.until}.get(rule.condition.metric)
        if since is not None and rule.condition.age_above is not None:
            moments.append(since + rule.condition.age_above)
    return min(moments)


def _seen(findings: Sequence[Finding]) -> Text:
    return words.joined(each.verdict.observed for each in findings) if findings else NOTHING
