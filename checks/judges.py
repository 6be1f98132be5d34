"""The table of Python judges: what a metric rule in YAML cannot say. A judge that yields nothing objects to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.core.attestations import EXPIRY
from agent.core.checklist import Result
from agent.core.model import Reading, Sample
from agent.core.text import Text, clean
from checks import words
from checks.metrics import CENTER
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


def device_components(facts: Facts) -> Iterator[Opinion]:
    """One of several power supplies or fans that failed is a warning, the only or the last one a failure."""
    for metric in ("device_power_supply_up", "device_fan_up"):
        found = list(facts.samples(metric))
        broken = [(reading, sample) for reading, sample in found if not sample.value]
        result = Result.WARN if len(found) - len(broken) > 0 else Result.FAIL
        for reading, sample in broken:
            observed = words.said(facts.item.words.get(metric), sample)
            yield Opinion(result, observed, Text("全部正常", "all work"), (evidence(reading, sample),))


OFTEN = 1  # changes within an hour that a key port may make


def interface_flaps(facts: Facts) -> Iterator[Opinion]:
    """A key port that changed twice within an hour: others do when people switch their machines on and off."""
    for reading, sample in facts.samples("interface_flaps"):
        key = sample.label("window") == "1h" and sample.label("interface") in facts.target.key_ports
        if key and sample.value > OFTEN:
            observed = words.said(facts.item.words.get(sample.metric.name), sample)
            expected = Text("关键口 1 小时内至多 1 次", "a key port changes at most once within an hour")
            yield Opinion(Result.WARN, observed, expected, (evidence(reading, sample),))


# What the rules over configurations are about, by item.
TOPICS = {
    "NET-11": "loops",
    "NET-13": "ports",
    "NET-14": "cleartext",
    "NET-15": "ssh",
    "NET-16": "snmp",
    "NET-17": "access",
    "NET-18": "isolation",
    "NET-20": "logging",
    "NET-21": "accounts",
    "NET-25": "policy",
}


def device_configuration(facts: Facts) -> Iterator[Opinion]:
    """Where a running configuration deviates, and what is expected there; counts alone do not say."""
    for reading, sample in facts.samples("device_hardening_finding_info"):
        if sample.label("topic") == TOPICS[facts.item.id]:
            said = words.said(facts.item.words.get(sample.metric.name), sample)
            observed = Text(said.zh.rstrip(": "), said.en.rstrip(": "))
            expected = Text("配置没有偏离", "a configuration without deviations")
            yield Opinion(Result(sample.label("result") or "fail"), observed, expected, (evidence(reading, sample),))


AWAY = 2  # kiosks and displays
GONE = 3  # counters


def displays_offline(facts: Facts) -> Iterator[Opinion]:
    """Of the centre: several kiosks or displays are away at once, in service hours."""
    away = [
        (reading, sample)
        for reading, sample in facts.samples("application_up")
        if sample.label("role") in ("kiosk", "display") and not sample.value and reading.target
    ]
    if facts.target.kind == CENTER and len(away) >= AWAY and facts.calendar.open("service", facts.now):
        names = ", ".join(clean(reading.target.name, 20) for reading, _ in away if reading.target)
        observed = Text(f"离线 {len(away)} 台:{names}", f"{len(away)} are away: {names}")
        yield Opinion(Result.FAIL, observed, Text("全部在线", "all answer"), tuple(evidence(*each) for each in away))


def counter_peripherals(facts: Facts) -> Iterator[Opinion]:
    """Of a counter: everything that it reads with is gone. Of the centre: the same device at several counters."""
    gone: dict[str, list[tuple[Reading, Sample]]] = {}
    for reading, sample in facts.samples("host_peripheral_up"):
        if not sample.value:
            gone.setdefault(sample.label("peripheral") or "", []).append((reading, sample))
    if not facts.calendar.open("service", facts.now):
        return
    said = facts.item.words.get("host_peripheral_up")
    if facts.target.kind == CENTER:
        for found in gone.values():
            if len(found) >= GONE:
                each = words.said(said, found[0][1])
                observed = Text(f"{len(found)} 个窗口的{each.zh}", f"{each.en} at {len(found)} counters")
                yield Opinion(Result.FAIL, observed, IN_PLACE, tuple(evidence(*each) for each in found))
    elif gone.keys() >= READERS:
        both = [gone[name][0] for name in sorted(READERS)]
        observed = words.joined(words.said(said, sample) for _, sample in both)
        yield Opinion(Result.FAIL, observed, IN_PLACE, tuple(evidence(*each) for each in both))


KEPT = 184 * 86_400  # seconds: six months, as long as they can be


def log_retention(facts: Facts) -> Iterator[Opinion]:
    """Logs that are kept for less than six months: in the central store, or by the host where that has none of it."""
    logs = [found for name in LOG_TIMES for _, found in facts.samples(name)]
    central = any(sample.label("source") == CENTRAL for sample in logs)
    for reading, sample in facts.samples("host_log_retention_seconds"):
        if sample.value < KEPT and (sample.label("source") == CENTRAL or not central):
            observed = words.said(facts.item.words.get(sample.metric.name), sample)
            expected = Text("保留 ≥184 天", "kept for 184 days or more")
            yield Opinion(Result.FAIL, observed, expected, (evidence(reading, sample),))


def documents(facts: Facts) -> Iterator[Opinion]:
    """What the item asks for and nobody has entered, by name; nothing while there is no document at all."""
    of_item = [each for each in facts.samples(EXPIRY) if each[1].label("item") == facts.item.id]
    known = [sample.label("document") or "" for _, sample in of_item]
    for each in facts.item.documents if known else ():
        if not any(map(each.named, known)):
            observed = Text(f"缺{each.says.zh}", f"missing: {each.says.en}")
            word = each.words[0]
            expected = Text(
                f"登记{each.says.zh},文件名称含“{word}”", f"{each.says.en} on record, under a name with “{word}”"
            )
            yield Opinion(each.result, observed, expected, tuple(evidence(*found) for found in of_item))


LOG_TIMES = ("host_log_newest_timestamp_seconds", "host_log_oldest_timestamp_seconds")
CENTRAL = "central"

READERS = {"card_reader", "document_camera"}
IN_PLACE = Text("应有外设全部在位", "all devices that should be there are")


JUDGES: dict[str, Judge] = {
    "device_restart": device_restart,
    "device_components": device_components,
    "device_configuration": device_configuration,
    "interface_flaps": interface_flaps,
    "displays_offline": displays_offline,
    "counter_peripherals": counter_peripherals,
    "log_retention": log_retention,
    "documents": documents,
}
