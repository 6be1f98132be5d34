"""The table of Python judges: what a metric rule in YAML cannot say. A judge that yields nothing objects to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.core.checklist import Result
from agent.core.text import Text
from checks import words
from checks.opinion import Facts, Opinion, evidence

Judge = Callable[[Facts], Iterator[Opinion]]


def device_restart(facts: Facts) -> Iterator[Opinion]:
    """Says when a device restarted without an approved change; the rule alone only counts."""
    restarted = any(sample.value > 0 for _, sample in facts.samples("device_restarts_unapproved"))
    for reading, sample in facts.samples("device_uptime_seconds"):
        if restarted:
            ago = words.duration(sample.value + facts.now - reading.ended)
            yield Opinion(
                Result.FAIL,
                Text(f"设备于 {ago.zh}前重启", f"the device restarted {ago.en} ago"),
                Text("运行时间连续,重启有变更单", "an uninterrupted uptime, restarts with an approved change"),
                (evidence(reading, sample),),
            )


JUDGES: dict[str, Judge] = {"device_restart": device_restart}
