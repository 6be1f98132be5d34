"""Firewalls: when their signatures were released, and when what is licensed ends, by their command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from agent.core.console import Family, Question
from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from agent.core.text import Text
from collectors import signature_words
from collectors.shown import by_console, patience, shown

RELEASED = Metric(
    "device_signature_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("feature",),
    "Release of the signatures in use; feature ips, antivirus, application",
)
ENDS = Metric(
    "device_licence_expiry_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("feature",),
    "End of a licence; infinite where it has none",
)
NOTHING = Text(
    "{id}:设备答了,但从中读不出特征库日期和授权期限:没有装授权,或这个版本的写法不认识",
    "{id} answers, and tells no date of its signatures and no end of a licence that is understood: none is installed, "
    "or its release writes them in another way",
)
EVERY = 21600.0  # seconds
SIGNATURES: Mapping[str, Question] = {
    "ips": "ips_signatures",
    "antivirus": "antivirus_signatures",
    "application": "application_signatures",
}
FAMILIES: tuple[Family, ...] = ("huawei_vrp", "hp_comware")
MOST = 40  # licences of a device


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    found = await shown(target, options, (*SIGNATURES.values(), "licences"), EVERY, poll, FAMILIES)
    if found is not None:
        family, answers = found
        poll.memory["samples"] = list(_samples(family, answers, poll.now))
    if poll.memory.get("samples") == []:
        poll.remarks.append(NOTHING.format(id=target.id))
    for sample in poll.memory.get("samples", ()):
        yield sample


def _samples(family: Family, answers: Mapping[Question, str], now: float) -> Iterator[Sample]:
    for name, question in SIGNATURES.items():
        if (at := signature_words.released(family, answers.get(question, ""))) is not None:
            yield Sample(RELEASED, at, (name,))
    ends = signature_words.ends(family, answers.get("licences", ""), now)
    for name in sorted(ends, key=lambda each: ends[each])[:MOST]:
        yield Sample(ENDS, ends[name], (name,))


def _watches(target: Target) -> bool:
    return by_console(target) and target.options.tier == "firewall"


COLLECTOR = Collector("signatures", ("switch",), (RELEASED, ENDS), collect, _watches, patience)
