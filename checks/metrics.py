"""The checklist's own metrics. `kind` and `target` are empty, which Prometheus takes for absent, where an item was
judged for the centre as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from agent.core.checklist import Area, Finding, Result
from agent.core.model import Metric, Sample
from checks import scores

RESULT = Metric(
    "checklist_result",
    "gauge",
    "state set",
    ("kind", "target", "area", "item", "result"),
    "1 on the result of this item; of kind and target only where the item is judged per target",
    states=tuple(result.value for result in Result),
)
SCORE = Metric("checklist_area_score_ratio", "gauge", "ratio", ("area",), "Score of the area")
ONBOARDING = Metric(
    "checklist_onboarding_ratio",
    "gauge",
    "ratio",
    ("area",),
    "Automatic items whose source is connected, of all automatic items of the area",
)
ATTESTED = Metric(
    "checklist_attested_ratio",
    "gauge",
    "ratio",
    ("area",),
    "Items that people attest and that have been attested, of all such items of the area",
)
JUDGED = Metric(
    "checklist_judged_ratio",
    "gauge",
    "ratio",
    ("area",),
    "Items with a result that counts in the score, of all that are asked of the area",
)
CONNECTED = Metric(
    "checklist_source_connected",
    "gauge",
    "0/1",
    ("item",),
    "The source of this item has been connected at least once",
)
CONNECTED_OF_ALL = Metric(
    "checklist_connected_ratio",
    "gauge",
    "ratio",
    (),
    "The same of all areas: automatic items whose source is connected",
)
OPENING = Metric(
    "checklist_opening_answer",
    "gauge",
    "state set",
    ("answer",),
    "1 on what the opening check answers as things are now",
    states=("ready", "not_ready", "unsure"),
)
HURT = Metric(
    "checklist_opening_counter_hurt",
    "gauge",
    "0/1",
    ("counter",),
    "What hinders the opening keeps this counter from working",
)
LAST_RUN = Metric("checklist_last_run_timestamp_seconds", "gauge", "Unix seconds", (), "Last full run")

METRICS = (
    RESULT,
    SCORE,
    ONBOARDING,
    CONNECTED_OF_ALL,
    ATTESTED,
    JUDGED,
    CONNECTED,
    OPENING,
    HURT,
    LAST_RUN,
)

CENTER = "center"  # the kind of a finding about the centre as a whole


def samples(areas: Sequence[Area], findings: Sequence[Finding], level: int, now: float) -> Iterator[Sample]:
    """Everything that one run says, as samples of the centre. Items above its level are judged and score nothing."""
    for finding in findings:
        about = ("", "") if finding.kind == CENTER else (finding.kind, finding.verdict.subject)
        for state in RESULT.states:
            holds = float(state == finding.verdict.result.value)
            yield Sample(RESULT, holds, (*about, finding.area, finding.item, state))
    connected = scores.connected(areas, findings)
    scored = scores.of_areas(areas, findings, level)
    if automatic := sum(score.automatic for score in scored):
        yield CONNECTED_OF_ALL.sample(sum(score.connected for score in scored) / automatic)
    for area, score in zip(areas, scored, strict=True):
        if score.ratio is not None:
            yield SCORE.sample(score.ratio, area=area.id)
        if score.automatic:
            yield ONBOARDING.sample(score.connected / score.automatic, area=area.id)
        if score.people:
            yield ATTESTED.sample(score.attested / score.people, area=area.id)
        if score.asked:
            yield JUDGED.sample(score.judged / score.asked, area=area.id)
        for item in area.items:
            yield CONNECTED.sample(item.id in connected, item=item.id)
    yield LAST_RUN.sample(now)


def opening(answer: str, counters: Iterable[str], hurt: Collection[str]) -> Iterator[Sample]:
    """What the opening check says of these counters (ids)."""
    for state in OPENING.states:
        yield OPENING.sample(state == answer, answer=state)
    for counter in counters:
        yield HURT.sample(counter in hurt, counter=counter)
