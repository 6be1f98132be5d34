"""The metrics of open incidents. A series is there while its incident is open, and gone with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from agent.core.calendar import WORKING_DAY, Calendar
from agent.core.incident import Incident
from agent.core.model import Metric, Sample
from agent.core.text import clean

OPEN = Metric(
    "incident_open",
    "gauge",
    "1",
    ("playbook", "target", "class"),
    "An open incident; these three labels are its identity",
)
ACKNOWLEDGED = Metric(
    "incident_acknowledged", "gauge", "0/1", ("playbook", "target", "class"), "Somebody owns this open incident"
)
UNOWNED = Metric("incident_unowned", "gauge", "incidents", (), "Open past the limit without a first responsible person")
IN_TIME = Metric(
    "incident_acknowledged_in_time_ratio",
    "gauge",
    "ratio",
    ("window",),
    "Of the incidents of the window 30d that were acknowledged or whose limit passed, those acknowledged in time",
)
WINDOW = 30 * 86400.0
TEXTS = ("summary", "description", "first_step", "impact", "call")
INFO = Metric(
    "incident_info",
    "gauge",
    "1",
    ("playbook", "target", "class", *TEXTS),
    "What an open incident says of itself: the district's rules give it as annotations, as the agent's own alert does",
)
METRICS = (OPEN, ACKNOWLEDGED, UNOWNED, INFO, IN_TIME)
LONGEST_TEXT = 300  # characters of a label

# The centre's own limits to acknowledge, in seconds: opened in service hours, and outside them.
WALL_LIMITS = {"P1": (300.0, 900.0), "P2": (600.0, 1800.0)}
# P3 and P4 run on working time only.
WORKING_LIMITS = {"P3": 1800.0, "P4": WORKING_DAY}


def samples(incidents: Iterable[Incident], calendar: Calendar, now: float) -> Iterator[Sample]:
    unowned = 0
    for incident in incidents:
        labels = (incident.playbook, incident.target, incident.class_)
        owned = incident.acknowledged_by is not None
        yield Sample(OPEN, 1.0, labels)
        yield Sample(ACKNOWLEDGED, float(owned), labels)
        unowned += not owned and late(incident, calendar, now)
    yield Sample(UNOWNED, float(unowned), ())


def in_time(incidents: Iterable[Incident], calendar: Calendar, now: float) -> Iterator[Sample]:
    """`incidents` are those of the window; nothing is said where none has to be acknowledged yet."""
    judged = [
        incident.acknowledged_at is not None and not late(incident, calendar, incident.acknowledged_at)
        for incident in incidents
        if incident.acknowledged_at is not None or late(incident, calendar, incident.closed or now)
    ]
    if judged:
        yield IN_TIME.sample(sum(judged) / len(judged), window="30d")


def info(incident: Incident, said: Mapping[str, str]) -> Sample:
    """`said` are the annotations of its alert."""
    texts = tuple(_label(said.get(name, "")) for name in TEXTS)
    return Sample(INFO, 1.0, (incident.playbook, incident.target, incident.class_, *texts))


@lru_cache(maxsize=16_384)
def _label(text: str) -> str:
    """Said every few seconds of every open incident, and nearly always the same."""
    return clean(text, LONGEST_TEXT)


def late(incident: Incident, calendar: Calendar, now: float) -> bool:
    """Whether the limit to acknowledge this incident has passed."""
    if incident.class_ in WALL_LIMITS:
        (served, otherwise), age = WALL_LIMITS[incident.class_], now - incident.opened
        # The calendar is asked only where it decides: every few seconds there may be a thousand to look at.
        return age > otherwise or (age > served and calendar.open("service", incident.opened))
    return calendar.time_within("working", incident.opened, now) > WORKING_LIMITS[incident.class_]
