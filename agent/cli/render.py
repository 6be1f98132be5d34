"""Readings and incidents as text for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agent.core.facts import diagnosis_of, name_of
from agent.core.incident import Incident, Playbook
from agent.core.model import Reading, Sample
from agent.core.site import Site
from agent.core.text import both, clean, spoken
from agent.core.units import moment
from exporters.web.failures import document
from exporters.web.failures import said as said_of


def readings_table(site: Site, readings: Iterable[Reading]) -> str:
    """One block per reading: what was read, or why not, what is concluded of it, then its samples."""
    return "\n\n".join("\n".join(_block(site, reading)) for reading in readings)


def _block(site: Site, reading: Reading) -> Iterable[str]:
    target = reading.target
    where = reading.collector if target is None else f"{target.kind} {target.id} ({target.name}), {reading.collector}"
    if reading.failure is None:
        yield f"{where}: {reading.duration:.2f} s"
    else:
        yield f"{where}: ✖ {said_of(reading.failure)[site.language]}"
        yield f"  ✖ {clean(reading.failure.message, 500)}"
    yield from (f"  ! {spoken(remark, site.language)}" for remark in reading.remarks)
    if said := diagnosis_of(site, [reading], site.language):
        yield f"  → {said}"
    for sample in reading.samples:
        labels = ", ".join(f"{k}={v}" for k, v in zip(sample.metric.labels, sample.labels, strict=True))
        yield f"  {sample.metric.name:<44} {sample.value:>16.6g} {sample.metric.unit:<14} {labels}".rstrip()


def readings_json(site: Site, readings: Iterable[Reading]) -> list[dict[str, Any]]:
    return [
        {
            "kind": reading.target.kind if reading.target else None,
            "target": reading.target.id if reading.target else None,
            "collector": reading.collector,
            "at": reading.started,
            "seconds": round(reading.duration, 6),
            "up": reading.up,
            "error": document(reading.failure),
            "diagnosis": {"zh": diagnosis_of(site, [reading], "zh"), "en": diagnosis_of(site, [reading], "en")}
            if reading.diagnoses
            else None,
            "remarks": [both(remark) for remark in reading.remarks],
            "samples": [_sample(sample) for sample in reading.samples],
        }
        for reading in readings
    ]


def _sample(sample: Sample) -> dict[str, Any]:
    labels = dict(zip(sample.metric.labels, sample.labels, strict=True))
    return {"metric": sample.metric.name, "labels": labels, "value": sample.value, "unit": sample.metric.unit}


def incidents_table(site: Site, incidents: Sequence[Incident], books: dict[str, Playbook]) -> str:
    if not incidents:
        return "没有事件" if site.language == "zh" else "no incidents"
    return "\n".join(_line(site, incident, books) for incident in incidents)


def _line(site: Site, incident: Incident, books: dict[str, Playbook]) -> str:
    since = moment(site.calendar, incident.opened)
    until = f" – {moment(site.calendar, incident.closed)}" if incident.closed is not None else ""
    owner = incident.acknowledged_by or ("未认领" if site.language == "zh" else "nobody owns it")
    return f"{incident.class_}  {incident.id}  {title(site, incident, books)}  {since}{until}  {owner}"


def title(site: Site, incident: Incident, books: dict[str, Playbook]) -> str:
    book = books.get(incident.playbook)
    return f"{name_of(site, incident)}: {book.title[site.language] if book else incident.playbook}"
