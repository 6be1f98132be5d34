"""What the agent tells of attestations and inspection sheets, for the checklist's rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core import attestations as names
from agent.core import inspections
from agent.core.attestations import Register
from agent.core.calendar import Calendar
from agent.core.inspections import Inspection
from agent.core.model import Metric, Sample

ENTERED = Metric(
    names.ENTERED,
    "gauge",
    "Unix seconds",
    ("item",),
    "When the item was last attested, by those who must",
)
EXPIRY = Metric(
    names.EXPIRY,
    "gauge",
    "Unix seconds",
    ("item", "document"),
    "When a document ends that people entered",
)
VALUE = Metric(
    names.VALUE,
    "gauge",
    "as the figure says",
    ("item", "figure"),
    "A number that people entered with the evidence, in the unit that the item's figure has",
)
INSPECTION_SIGNED = Metric(names.SIGNED, "gauge", "0/1", (), "Today's inspection sheet is signed")
INSPECTIONS_MISSED = Metric(
    "checklist_inspections_missed",
    "gauge",
    "days",
    ("window",),
    "Service days before today without a signed inspection sheet, since the first that was signed",
)
METRICS = (ENTERED, EXPIRY, VALUE, INSPECTION_SIGNED, INSPECTIONS_MISSED)


def samples(register: Register, sheets: Sequence[Inspection], calendar: Calendar, now: float) -> Iterator[Sample]:
    """At `now`, Unix seconds. One that waits for confirmation says nothing yet."""
    entered: dict[str, float] = {}
    for each in register.standing.values():
        entered[each.item] = max(each.at, entered.get(each.item, each.at))
        if each.document:
            yield EXPIRY.sample(each.until, item=each.item, document=each.document)
        for figure, value in each.figures.items():
            yield VALUE.sample(value, item=each.item, figure=figure)
    for item, at in entered.items():
        yield ENTERED.sample(at, item=item)
    day = calendar.local(now).date()
    yield INSPECTION_SIGNED.sample(inspections.signed(sheets, day))
    if (missed := inspections.missed(sheets, day, calendar)) is not None:
        yield INSPECTIONS_MISSED.sample(missed, window="7d")
